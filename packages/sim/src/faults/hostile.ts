/**
 * A peer that keeps to no rule: known to all, its outer signature holds, and inside is whatever
 * could do harm. What it may not do has to end as a recorded refusal, and as nothing else (I9).
 */

import {
  builtInPolicy,
  policyHashOf,
  threadIdOf,
  type MessageId,
  type OrgId,
  type Part,
  type Statement,
  type ThreadId,
} from "@tearline/core"

import type { Line, Listener, WireAnswer } from "../network/network.ts"
import type { Organisation } from "../node/organisation.ts"
import { bytesOf } from "../suite/bytes.ts"
import {
  digestOf,
  gatewaySuiteOf,
  hashHex,
  hashing,
  readUnit,
  unitOf,
  withOuter,
} from "../suite/suite.ts"
import type { Random } from "../time/random.ts"
import type { World } from "../world/world.ts"
import {
  deceiving,
  misplaced,
  ofAddressees,
  ofOriginators,
  plainWarning,
  publicLine,
  type Crafted,
  type Place,
  type Said,
  type Trick,
} from "./foul-play.ts"
import { mustBeOnRecord, type Injected } from "./injected.ts"

const minute = 60_000
const policy = policyHashOf(hashing, builtInPolicy)

type OnAnswer = (answer: WireAnswer | undefined) => void

interface Sent extends Crafted, Pick<Trick, "isRefused"> {
  readonly onAnswer: OnAnswer
}

export class Hostile implements Listener {
  readonly #world: World
  readonly #random: Random
  readonly #numbers = new Map<string, number>()
  readonly #threads = new Map<Organisation, Place>()
  /** The latest warning that each has sent here. */
  readonly #given = new Map<OrgId, Place>()
  readonly #captured: { unit: Uint8Array; to: OrgId }[] = []
  /** Messages that whatever reads them breaks on. */
  readonly poison = new Set<MessageId>()
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
    this.#note(unit)
    return { kind: "custody", receipt: suite.custody(check.unit, Math.floor(nowMs)) }
  }

  #note(bytes: Uint8Array): void {
    const unit = readUnit(bytes)
    if (unit === undefined) return
    const [statement] = JSON.parse(unit.signed) as [Statement]
    const { subject } = JSON.parse(unit.part) as Part
    if (statement.kind !== "warning" || subject?.nonce === undefined) return
    const warning = hashHex(unit.signed) as MessageId
    const { thread, nonce } = subject
    this.#given.set(unit.sender, { thread, nonce, warning, status: statement.status })
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
    const onAnswer = this.#once(trick.rare)
    if (trick.rare === "hostile peer brings a captured unit") return this.#bringCaptured(onAnswer)
    if (trick.rare === "hostile peer sends noise") return this.#bringNoise(target, onAnswer)
    if (trick.rare === "hostile peer sends a hundred at once") {
      return this.#flood(target, trick, onAnswer)
    }
    for (const it of trick.craft(target)) this.#send(target, { ...it, ...trick, onAnswer })
  }

  /** Seen once, and only when somebody's gateway has answered to it. */
  #once(rare: string): OnAnswer {
    let isSeen = false
    return (answer) => {
      if (isSeen || answer === undefined) return
      isSeen = true
      this.#world.see(rare)
    }
  }

  mustBeRecorded(): void {
    for (const it of this.#injected) mustBeOnRecord(this.#world.checkers, it)
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
    this.#trick("hostile peer says in its own thread what the other end says", 2, true, (it) =>
      this.#inOwn(it, { ...this.#random.pick(ofAddressees) }),
    ),
    this.#trick("hostile peer says what the originator says", 2, true, (it) =>
      this.#inGiven(it, this.#random.pick(ofOriginators)),
    ),
    this.#trick("hostile peer answers what cannot be answered so", 2, false, (it) =>
      this.#misplaced(it),
    ),
    this.#trick("hostile peer warns twice in one thread", 1, false, (it) => this.#second(it)),
    this.#trick("hostile peer takes back its word as refused", 1, false, (it) =>
      this.#refusal(this.#threads.get(it)?.warning),
    ),
    this.#trick("hostile peer refuses what it was sent", 1, false, (it) =>
      this.#refusal(this.#given.get(it.org)?.warning),
    ),
    this.#trick("hostile peer refuses what went to another", 1, false, (it) =>
      this.#refusal(this.#lastOf(it)),
    ),
    this.#trick("hostile peer names two policies", 1, true, (it) => [
      {
        ...this.#warning(it),
        statement: { kind: "warning", content: plainWarning, policy: "ab".repeat(32) },
      },
    ]),
    this.#trick("hostile peer speaks of the link in a thread", 1, true, () => [
      { part: { subject: { thread: "ef".repeat(16) } } },
    ]),
    this.#trick("hostile peer speaks of a thread on the link", 1, true, () => [
      { statement: { ...ofAddressees[0], answers: ["ab".repeat(32)] } },
    ]),
    this.#trick("hostile peer writes what reads otherwise", 1, true, (it) => [
      {
        ...this.#warning(it),
        statement: { kind: "warning", content: { ...plainWarning, title: deceiving } },
      },
    ]),
    this.#trick("hostile peer brings what is addressed to another", 1, true, (it) => [
      { addressee: this.#anotherThan(it) },
    ]),
    this.#trick("hostile peer sends what breaks its reader", 1, true, (it) => [
      { ...this.#warning(it), isPoison: true },
    ]),
    this.#trick("hostile peer opens many epochs", 0.1, false, () =>
      Array.from({ length: 70 }, (_, at) => ({
        epoch: at + 2,
        number: 1,
        part: { epoch: at + 2 },
      })),
    ),
    this.#trick("hostile peer sends a hundred at once", 0.2, true, () => [
      { statement: { answers: "none" } },
    ]),
    this.#trick("hostile peer uses one number twice", 1, false, (it) => this.#doubled(it)),
    this.#trick("hostile peer answers its own words", 2, false, (it) => this.#selfish(it)),
    this.#trick("hostile peer's slot is of another lane", 1, true, () => [{ slotLane: 0 }]),
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
    const { thread, nonce, warning } = own
    const part = { subject: { thread, nonce }, number: 2 }
    return [{ statement: { answers: [warning], ...statement }, part }]
  }

  #inGiven(target: Organisation, { kind, content }: Said): readonly Crafted[] {
    const given = this.#given.get(target.org)
    if (given === undefined || !target.exchangeDisk.threads.has(given.thread)) return []
    const { thread, nonce, warning, status } = given
    const part = { subject: { thread, nonce }, number: 1 + this.#random.below(9) }
    return [{ statement: { kind, content, status, answers: [warning] }, part }]
  }

  /** An acceptance, and then a decision, an acceptance or an outcome about that acceptance. */
  #misplaced(target: Organisation): readonly Crafted[] {
    const [said] = this.#inGiven(target, this.#random.pick(misplaced))
    if (said === undefined) return []
    const row = target.exchangeDisk.threads.get(this.#given.get(target.org)?.thread as ThreadId)
    const answered = row?.messages.findLast((it) => it.direction === "in")
    if (answered === undefined) return this.#inGiven(target, ofAddressees[0] as Said)
    return [{ ...said, statement: { ...said.statement, answers: [answered.id] } }]
  }

  /** A second warning that would be the stricter one, or the milder. */
  #second(target: Organisation): readonly Crafted[] {
    const own = this.#threads.get(target)
    if (own === undefined || !target.exchangeDisk.threads.has(own.thread)) return []
    const { thread, nonce } = own
    const isStrict = this.#random.isLucky(0.5)
    const earliestMs = Math.floor(this.#world.schedule.nowMs) + 86_400_000
    const window = { earliestMs, basis: "x", timeZone: "UTC", atEnd: "x" }
    const strict = { threatToLife: true, loweredBecause: "to be trusted", window }
    const content = { ...plainWarning, ...(isStrict ? strict : {}) }
    this.doubled.add(thread)
    return [
      { statement: { kind: "warning", content }, part: { subject: { thread, nonce }, number: 3 } },
    ]
  }

  #doubled(target: Organisation): readonly Crafted[] {
    const own = this.#threads.get(target)
    if (own !== undefined) this.doubled.add(own.thread)
    return [
      ...this.#inOwn(target, { kind: "mend", content: { how: "dropped", ground: "one" } }),
      ...this.#inOwn(target, { kind: "mend", content: { how: "re-sent", ground: "two" } }),
    ]
  }

  /** Receipts for its own warning, a public line, and then an agreement with its own line. */
  #selfish(target: Organisation): readonly Crafted[] {
    const own = this.#threads.get(target)
    const row = own && target.exchangeDisk.threads.get(own.thread)
    const line = row?.messages.find((it) => this.#lines.has(it.id))
    if (own !== undefined && line !== undefined) {
      const agreed = { kind: "public-line-reply", content: { verdict: "agree" } }
      return this.#inOwn(target, { ...agreed, answers: [line.id] })
    }
    const { warning: of } = own ?? {}
    const step = this.#random.pick(["read", "unsealed"])
    return [
      ...this.#inOwn(target, { kind: "public-line", content: publicLine }),
      ...this.#inOwn(target, { kind: "receipt", content: { step, of, role: "duty-officer" } }),
    ]
  }

  /** Public lines of its own. */
  readonly #lines = new Set<MessageId>()

  /** Threads in which it has warned twice, or given a number twice. */
  readonly doubled = new Set<ThreadId>()

  #refusal(refused: MessageId | undefined): readonly Crafted[] {
    if (refused === undefined) return []
    const content = { step: "refused", envelope: digestOf(refused), code: "cannot_open" }
    return [{ statement: { kind: "receipt", content } }]
  }

  /** Something that the target has lately sent to an honest peer. */
  #lastOf(target: Organisation): MessageId | undefined {
    const rows = [...target.exchangeDisk.threads.values()].slice(-20)
    const honest = rows.findLast((it) => it.head.peer !== this.#world.hostile)
    return honest?.messages.findLast((it) => it.direction === "out")?.id
  }

  #anotherThan(target: Organisation): OrgId {
    const others = [...this.#world.organisations.keys()].filter((it) => it !== target.org)
    return this.#random.pick(others)
  }

  #flood(target: Organisation, { craft, isRefused }: Trick, onAnswer: OnAnswer): void {
    const send = (count: number) => {
      const all = Array.from({ length: count }, () => craft(target)).flat()
      for (const crafted of all) this.#send(target, { ...crafted, isRefused, onAnswer })
    }
    send(40)
    // The last comes an hour after the first, and not after those between.
    this.#world.schedule.after(40 * minute, () => send(100))
    this.#world.schedule.after(80 * minute, () => send(1))
  }

  #send(target: Organisation, crafted: Sent): void {
    const { isRefused, onAnswer } = crafted
    const { hostile, checkers, network, schedule } = this.#world
    const lane = crafted.lane ?? 3
    const statement = this.#statement(crafted)
    const key = `${target.org}/${lane}`
    const next = (this.#numbers.get(key) ?? 0) + 1
    if (crafted.number === undefined) this.#numbers.set(key, next)
    const slotLane = crafted.slotLane ?? lane
    const place = { epoch: crafted.epoch ?? 1, lane: slotLane, number: crafted.number ?? next }
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
    if (crafted.isPoison === true) this.poison.add(id)
    if (statement["kind"] === "public-line") this.#lines.add(id)
    if (statement["kind"] === "warning" && !isRefused) this.#opened(target, id, part.subject)
    const to = crafted.addressee ?? target.org
    const text = { id, digest, sender: hostile, addressee: to, lane, place, signed }
    const unit = unitOf({ ...text, part: JSON.stringify(part) })
    schedule.after(0, () => {
      network.post({ from: hostile, to: target.org }, withOuter(unit, hostile), onAnswer)
    })
  }

  /** Remembers a thread that it has just opened; a second warning opens none. */
  #opened(
    target: Organisation,
    warning: MessageId,
    subject: { readonly thread: string; readonly nonce?: string } | null,
  ): void {
    const { thread, nonce = "" } = subject ?? {}
    if (this.#threads.get(target)?.thread === thread) return
    this.#threads.set(target, { thread: thread as ThreadId, nonce, warning, status: "actual" })
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

  #bringCaptured(onAnswer: OnAnswer): void {
    const captured = this.#captured.at(-1)
    if (captured === undefined) return
    const { hostile, network } = this.#world
    network.post({ from: hostile, to: captured.to }, captured.unit, onAnswer)
  }

  #bringNoise(target: Organisation, onAnswer: OnAnswer): void {
    const { hostile, network } = this.#world
    const noise = bytesOf(this.#random.bytes(this.#random.below(400)).toHex())
    network.post({ from: hostile, to: target.org }, noise, onAnswer)
  }
}
