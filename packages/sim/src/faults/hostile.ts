/**
 * A peer that keeps to no rule: known to all, its outer signature holds, and inside is whatever
 * could do harm. What it may not do has to end as a recorded refusal, and as nothing else (I9).
 */

import {
  builtInPolicy,
  policyHashOf,
  threadIdOf,
  type Digest,
  type Lane,
  type MessageId,
  type OrgId,
  type Part,
  type Statement,
  type ThreadId,
} from "@tearline/core"

import type { Line, Listener, WireAnswer } from "../network/network.ts"
import type { Organisation } from "../node/organisation.ts"
import { bytesOf } from "../suite/bytes.ts"
import { digestOf, gatewaySuiteOf, hashHex, hashing, unitOf, withOuter } from "../suite/suite.ts"
import type { Random } from "../time/random.ts"
import type { World } from "../world/world.ts"

const policy = policyHashOf(hashing, builtInPolicy)

/** What is sent, when the plain valid thing is not meant. */
interface Crafted {
  readonly statement?: Partial<Statement> | Readonly<Record<string, unknown>>
  readonly part?: Readonly<Record<string, unknown>>
  readonly lane?: Lane
  readonly number?: number
}

interface Trick {
  readonly rare: string
  readonly weight: number
  readonly isRefused: boolean
  readonly craft: (target: Organisation) => readonly Crafted[]
}

interface Injected {
  readonly target: Organisation
  readonly digest: Digest
  readonly isRefused: boolean
}

const plainWarning = {
  title: "A warning that may be a trap",
  threatToLife: false,
  elements: Object.fromEntries(
    ["what", "who", "where", "when", "how", "how-sure", "ask"].map((it) => [
      it,
      { state: "unknown" },
    ]),
  ),
  marking: { tlp: "TLP:AMBER", pap: "PAP:GREEN" },
}

export class Hostile implements Listener {
  readonly #world: World
  readonly #random: Random
  readonly #numbers = new Map<string, number>()
  readonly #threads = new Map<Organisation, { thread: ThreadId; warning: MessageId }>()
  readonly #captured: { unit: Uint8Array; to: OrgId }[] = []
  #injected: Injected[] = []

  constructor(world: World) {
    this.#world = world
    this.#random = world.random.split("hostile")
  }

  /** As a gateway it takes what comes, and now and then says that it will not. */
  async receive(unit: Uint8Array, carrier: OrgId): Promise<WireAnswer> {
    const suite = gatewaySuiteOf(this.#world.hostile, this.#world.peers)
    const check = suite.check(unit)
    if (check.kind === "bad") return { kind: "turned-away" }
    const { nowMs } = this.#world.schedule
    if (this.#random.isLucky(0.05)) {
      const refused = { digest: check.unit.digest, sender: carrier, code: "not_today" }
      return { kind: "refused", refusal: suite.refusal(refused, Math.floor(nowMs)) }
    }
    return { kind: "custody", receipt: suite.custody(check.unit, Math.floor(nowMs)) }
  }

  /** Units of others, as seen on a line. */
  overhear({ to }: Line, unit: Uint8Array): void {
    if (!this.#random.isLucky(0.02)) return
    this.#captured.push({ unit, to })
    if (this.#captured.length > 20) this.#captured.shift()
  }

  strike(): void {
    const target = this.#random.pick([...this.#world.organisations.values()])
    const trick = this.#random.weighted(this.#tricks)
    this.#world.see(trick.rare)
    if (trick.rare === "hostile peer brings a captured unit") return this.#bringCaptured()
    if (trick.rare === "hostile peer sends noise") return this.#bringNoise(target)
    for (const crafted of trick.craft(target)) this.#send(target, crafted, trick.isRefused)
  }

  /** Each refused thing is on record under a code, and nowhere else (I9). */
  mustBeRecorded(): void {
    for (const { target, digest, isRefused } of this.#injected) {
      const row = target.exchangeDisk.arrivals.get(digest)
      if (!target.gatewayDisk.arrivals.has(digest)) continue
      const message = `${target.name}: ${digest} of a hostile peer is`
      if (row === undefined) this.#world.checkers.fail("I9", `${message} not on record`)
      else if (isRefused && row.code === null) {
        this.#world.checkers.fail("I9", `${message} taken in`)
      } else if (!isRefused && row.code !== null) {
        this.#world.checkers.fail(
          "I9",
          `${message} refused for ${row.code} although it is in order`,
        )
      }
    }
    this.#injected = []
  }

  readonly #tricks: readonly Trick[] = [
    this.#trick("hostile peer warns in good order", 3, false, (it) => [this.#warning(it)]),
    this.#trick("hostile peer sends a malformed statement", 1, true, () => [
      { statement: { answers: "none" } },
    ]),
    this.#trick("hostile peer sends malformed content", 1, true, () => [
      { statement: { kind: "warning", content: { title: "" } } },
    ]),
    this.#trick("hostile peer sends a malformed part", 1, true, () => [{ part: { number: -1 } }]),
    this.#trick("hostile peer signs in another's name", 1, true, (it) => [
      { statement: { author: it.org } },
    ]),
    this.#trick("hostile peer uses another lane", 1, true, () => [
      { statement: { precedence: "FLASH" }, lane: 3 },
    ]),
    this.#trick("hostile peer speaks in a foreign thread", 3, true, (it) => this.#foreign(it)),
    this.#trick("hostile peer sends an unknown kind", 1, false, () => [
      { statement: { kind: "telepathy" } },
    ]),
    this.#trick("hostile peer names a thread that is not its nonce's", 1, true, (it) => [
      {
        ...this.#warning(it),
        part: { subject: { thread: "ab".repeat(16), nonce: "cd".repeat(16) } },
      },
    ]),
    this.#trick("hostile peer changes the status of a thread", 1, true, (it) =>
      this.#inOwn(it, { kind: "mend", status: "test", content: { how: "dropped", ground: "x" } }),
    ),
    this.#trick("hostile peer answers its own warning", 1, true, (it) =>
      this.#inOwn(it, { kind: "acceptance", content: { verdict: "accepted", owner: "desk" } }),
    ),
    this.#trick("hostile peer uses one number twice", 1, false, (it) => [
      ...this.#inOwn(it, { kind: "mend", content: { how: "dropped", ground: "one" } }),
      ...this.#inOwn(it, { kind: "mend", content: { how: "re-sent", ground: "two" } }),
    ]),
    this.#trick("hostile peer jumps far ahead in its lane", 1, false, () => [
      { number: 1_000_000 + this.#random.below(1_000_000) },
    ]),
    this.#trick("hostile peer brings a captured unit", 1, true, () => []),
    this.#trick("hostile peer sends noise", 1, true, () => []),
  ]

  #trick(rare: string, weight: number, isRefused: boolean, craft: Trick["craft"]): Trick {
    return { rare, weight, isRefused, craft }
  }

  #warning(target: Organisation): Crafted {
    const nonce = this.#random.bytes(16).toHex()
    const { hostile } = this.#world
    const seed = { originator: hostile, addressee: target.org, status: "actual" as const, nonce }
    const thread = threadIdOf(hashing, seed)
    return {
      statement: { kind: "warning", content: plainWarning },
      part: { subject: { thread, nonce }, number: 1 },
    }
  }

  #foreign(target: Organisation): readonly Crafted[] {
    const threads = [...target.exchangeDisk.threads.values()].slice(-200)
    const row = threads.length === 0 ? undefined : this.#random.pick(threads)
    const answered = row?.messages[0]?.id
    if (row === undefined || answered === undefined) return []
    if (row.head.peer === this.#world.hostile) return []
    const { id: thread, status } = row.head.thread
    const content = { verdict: "accepted", owner: "desk" }
    return [
      {
        statement: { kind: "acceptance", status, answers: [answered], content },
        part: { subject: { thread } },
      },
    ]
  }

  #inOwn(target: Organisation, statement: Readonly<Record<string, unknown>>): readonly Crafted[] {
    const own = this.#threads.get(target)
    if (own === undefined || !target.exchangeDisk.threads.has(own.thread)) return []
    const { thread, warning } = own
    return [
      { statement: { answers: [warning], ...statement }, part: { subject: { thread }, number: 2 } },
    ]
  }

  #send(target: Organisation, crafted: Crafted, isRefused: boolean): void {
    const { hostile, checkers, network, schedule } = this.#world
    const lane = crafted.lane ?? 3
    const statement = this.#statement(crafted)
    const key = `${target.org}/${lane}`
    const next = (this.#numbers.get(key) ?? 0) + 1
    if (crafted.number === undefined) this.#numbers.set(key, next)
    const place = { epoch: 1, lane, number: crafted.number ?? next }
    const part = { ...this.#part(), ...crafted.part }
    const signed = JSON.stringify([statement, this.#random.hex(16)])
    const id = hashHex(signed) as MessageId
    const digest = digestOf(id)
    // The truth is who signed, not who is said to have.
    const addressee = {
      org: target.org,
      part: part as Part,
      place: { ...place, previousSlotHash: null },
    }
    checkers.sealed({
      id,
      statement: { ...(statement as Statement), author: hostile },
      addressees: [addressee],
      signed,
    })
    this.#injected.push({ target, digest, isRefused })
    if (statement["kind"] === "warning" && !isRefused) {
      this.#threads.set(target, { thread: part.subject?.thread as ThreadId, warning: id })
    }
    const text = { id, digest, sender: hostile, addressee: target.org, lane, place, signed }
    const unit = unitOf({ ...text, part: JSON.stringify(part) })
    schedule.after(0, () => {
      network.post({ from: hostile, to: target.org }, withOuter(unit, hostile), () => undefined)
    })
  }

  #statement({ statement }: Crafted): Readonly<Record<string, unknown>> {
    return {
      version: 1,
      kind: "heartbeat",
      author: this.#world.hostile,
      atMs: Math.floor(this.#world.schedule.nowMs),
      status: "actual",
      precedence: "ROUTINE",
      evidence: "signed",
      policy,
      answers: [],
      content: statement !== undefined && "content" in statement ? {} : { held: [] },
      ...statement,
    }
  }

  #part() {
    return {
      subject: null as { thread: string; nonce?: string } | null,
      epoch: 1,
      number: 1,
      previous: null,
      asks: [],
      releasableTo: [],
      policy,
      held: [],
    }
  }

  #bringCaptured(): void {
    const captured = this.#captured.at(-1)
    if (captured === undefined) return
    const { hostile, network } = this.#world
    network.post({ from: hostile, to: captured.to }, captured.unit, () => undefined)
  }

  #bringNoise(target: Organisation): void {
    const { hostile, network } = this.#world
    const noise = bytesOf(this.#random.bytes(this.#random.below(400)).toHex())
    network.post({ from: hostile, to: target.org }, noise, () => undefined)
  }
}
