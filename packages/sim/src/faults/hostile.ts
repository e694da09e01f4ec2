/**
 * A peer that keeps to no rule: known to all, its outer signature holds, and inside is whatever
 * could do harm. What it may not do has to end as a recorded refusal, and as nothing else (I9).
 */

import {
  builtInPolicy,
  policyHashOf,
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
import { Crafts } from "./crafts.ts"
import type { Crafted, Trick } from "./foul-play.ts"
import { mustBeOnRecord, type Injected } from "./injected.ts"
import { tricksOf } from "./tricks.ts"

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
  readonly #crafts: Crafts
  readonly #tricks: readonly Trick[]
  readonly #captured: { unit: Uint8Array; to: OrgId }[] = []
  /** Messages that whatever reads them breaks on. */
  readonly poison = new Set<MessageId>()
  #injected: Injected[] = []

  constructor(world: World) {
    this.#world = world
    this.#random = world.random.split("hostile")
    this.#crafts = new Crafts(world, this.#random)
    this.#tricks = tricksOf(this.#crafts, this.#random)
  }

  /** Threads in which it has warned twice, or given a number twice. */
  get doubled(): Set<ThreadId> {
    return this.#crafts.doubled
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
    this.#crafts.given(unit)
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
    this.#crafts.said(target, { id, kind: statement["kind"], subject: part.subject, isRefused })
    const to = crafted.addressee ?? target.org
    const text = { id, digest, sender: hostile, addressee: to, lane, place, signed }
    const unit = unitOf({ ...text, part: JSON.stringify(part) })
    schedule.after(0, () => {
      network.post({ from: hostile, to: target.org }, withOuter(unit, hostile), onAnswer)
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
