/**
 * The lines between gateways: each direction is cut, lossy, slow or held by a relay on its own.
 *
 * A line carries a unit one way and an answer the other. The sender knows only what comes back: a
 * unit that was taken and whose receipt was lost looks to it like one that never left.
 */

import type { OrgId } from "@tearline/core"

import type { Random } from "../time/random.ts"
import type { Schedule } from "../time/schedule.ts"
import { relayed, type Relay } from "./relay.ts"

export type WireAnswer =
  | { readonly kind: "custody"; readonly receipt: Uint8Array }
  | { readonly kind: "refused"; readonly refusal: Uint8Array }
  /** Unsigned: busy, or nobody's. */
  | { readonly kind: "turned-away" }

/** One fault, of one line or several; it is seen once. */
export interface Cause {
  readonly rare: string
  isSeen: boolean
}

/** One direction between two gateways. */
export interface Line {
  readonly from: OrgId
  readonly to: OrgId
  cutSinceMs: number | undefined
  cutUntilMs: number
  /** What is seen when the cut keeps something from passing. */
  cutCause: Cause | undefined
  loss: number
  slowMs: number
  relay: Relay | undefined
  /** How many of the next answers on this line are lost. */
  answersToLose: number
  /** How many of the next units are brought twice. */
  unitsToDouble: number
  /** Of the next unit a copy comes this much later. */
  lateCopyMs: number | undefined
}

/** Whoever answers at a gateway's address. */
export interface Listener {
  receive(unit: Uint8Array, carrier: OrgId): Promise<WireAnswer | undefined>
}

export interface NetworkParts {
  readonly schedule: Schedule
  readonly random: Random
  readonly see: (rare: string) => void
  /** Undefined while the gateway is down. */
  readonly listener: (org: OrgId) => Listener | undefined
  /** An answer as it passes on the wire, before anything can happen to it. */
  readonly onAnswer: (line: Line, unit: Uint8Array, answer: WireAnswer) => void
  readonly onUnit: (line: Line, unit: Uint8Array) => void
}

interface Posting {
  readonly line: Line
  readonly back: Line
  readonly unit: Uint8Array
  readonly done: (answer: WireAnswer | undefined) => void
}

const latencyMs = { min: 15, max: 150 }
const answerMsMax = 15_000
const day = 86_400_000

export class Network {
  readonly #parts: NetworkParts
  readonly #lines = new Map<string, Line>()
  readonly #lostAnswers = new Map<Uint8Array, number>()

  constructor(parts: NetworkParts) {
    this.#parts = parts
  }

  line(from: OrgId, to: OrgId): Line {
    const key = `${from}/${to}`
    const known = this.#lines.get(key)
    if (known !== undefined) return known
    const line: Line = {
      from,
      to,
      cutSinceMs: undefined,
      cutUntilMs: 0,
      cutCause: undefined,
      loss: 0,
      slowMs: 0,
      relay: undefined,
      answersToLose: 0,
      unitsToDouble: 0,
      lateCopyMs: undefined,
    }
    this.#lines.set(key, line)
    return line
  }

  get lines(): Iterable<Line> {
    return this.#lines.values()
  }

  /** Every line is whole again. */
  heal(): void {
    for (const line of this.#lines.values()) {
      line.cutSinceMs = undefined
      line.cutUntilMs = 0
      line.cutCause = undefined
      line.loss = 0
      line.slowMs = 0
      line.relay = undefined
      line.answersToLose = 0
      line.unitsToDouble = 0
      line.lateCopyMs = undefined
    }
    this.#lostAnswers.clear()
  }

  /** Brings a unit to the gateway of `to`; `done` is called once, with nothing after a time. */
  post(
    { from, to }: { readonly from: OrgId; readonly to: OrgId },
    unit: Uint8Array,
    done: (answer: WireAnswer | undefined) => void,
  ): void {
    const { schedule } = this.#parts
    let isDone = false
    const once = (answer: WireAnswer | undefined) => {
      if (isDone) return
      isDone = true
      cancel()
      done(answer)
    }
    const cancel = schedule.after(answerMsMax, () => {
      this.#parts.see("no answer in time")
      once(undefined)
    })
    const line = this.line(from, to)
    this.#parts.onUnit(line, unit)
    this.#send({ line, back: this.line(to, from), unit, done: once })
  }

  isCut(line: Line): boolean {
    if (line.cutUntilMs > this.#parts.schedule.nowMs) return true
    if (line.cutSinceMs !== undefined) this.#mended(line, line.cutSinceMs)
    return false
  }

  #mended(line: Line, sinceMs: number): void {
    const { see } = this.#parts
    const lastedMs = line.cutUntilMs - sinceMs
    line.cutSinceMs = undefined
    see("partition mended and used again")
    if (lastedMs > day) see("partition longer than a day")
    if (lastedMs > 7 * day) see("partition longer than a week")
  }

  #send(posting: Posting): void {
    const { schedule, see } = this.#parts
    const { line, back } = posting
    const { relay } = line
    if (relay !== undefined && relay.untilMs > schedule.nowMs) {
      const changed = relayed(relay, { ...this.#parts, line }, posting.unit)
      for (const it of changed) this.#bring({ ...posting, unit: it.unit }, it.delayMs)
      return
    }
    if (this.#isLost(line)) {
      see("unit lost on the line")
      if (!this.isCut(back) && this.isCut(line)) see("one-way partition: units lost, answers pass")
    } else this.#bring(posting, this.#latencyMs(line))
    this.#copies(posting)
  }

  #copies(posting: Posting): void {
    const { random } = this.#parts
    const { line } = posting
    const later = { ...posting, done: () => undefined }
    if (line.unitsToDouble > 0) {
      line.unitsToDouble -= 1
      this.#bring(later, this.#latencyMs(line) * random.between(0.5, 20), "unit brought twice")
    }
    if (line.lateCopyMs === undefined) return
    const rare = line.lateCopyMs > day ? "copy comes days later" : "copy comes hours later"
    this.#bring(later, line.lateCopyMs, rare)
    line.lateCopyMs = undefined
  }

  /** `rare`: what is seen when it is there. */
  #bring(posting: Posting, delayMs: number, rare?: string): void {
    const { schedule, listener, see } = this.#parts
    const { line, unit, done } = posting
    schedule.after(delayMs, () => {
      const gateway = listener(line.to)
      if (gateway === undefined) {
        see("gateway down at arrival")
        done(undefined)
        return
      }
      if (rare !== undefined) see(rare)
      void gateway.receive(unit, line.from).then((answer) => this.#answer(posting, answer))
    })
  }

  #answer(posting: Posting, answer: WireAnswer | undefined): void {
    const { schedule, see, onAnswer } = this.#parts
    const { line, back, unit, done } = posting
    if (answer === undefined) return
    onAnswer(line, unit, answer)
    const isArmed = back.answersToLose > 0
    if (isArmed) back.answersToLose -= 1
    if (isArmed || this.#isLost(back)) {
      this.#lose(unit, answer)
      if (this.isCut(back) && !this.isCut(line)) see("one-way partition: answers lost, units pass")
      return
    }
    const told = this.#flipped(back, answer)
    schedule.after(this.#latencyMs(back), () => done(told))
  }

  #lose(unit: Uint8Array, answer: WireAnswer): void {
    const { see } = this.#parts
    const times = (this.#lostAnswers.get(unit) ?? 0) + 1
    this.#lostAnswers.set(unit, times)
    if (answer.kind === "custody") see("custody receipt lost")
    if (times === 2) see("custody receipt lost twice")
    if (times === 3) see("custody receipt lost three times")
  }

  /** A relay on the way back can only make a receipt that nobody believes. */
  #flipped(back: Line, answer: WireAnswer): WireAnswer {
    const { schedule, random, see } = this.#parts
    const isHeld = back.relay !== undefined && back.relay.untilMs > schedule.nowMs
    if (!isHeld || answer.kind !== "custody" || !random.isLucky(0.3)) return answer
    see("receipt changed by a relay")
    const receipt = answer.receipt.slice()
    const at = random.below(receipt.length)
    receipt[at] = (receipt[at] ?? 0) ^ (1 << random.below(7))
    return { kind: "custody", receipt }
  }

  #isLost(line: Line): boolean {
    if (this.isCut(line)) {
      this.#seeOnce(line.cutCause)
      return true
    }
    return line.loss > 0 && this.#parts.random.isLucky(line.loss)
  }

  #seeOnce(cause: Cause | undefined): void {
    if (cause === undefined || cause.isSeen) return
    cause.isSeen = true
    this.#parts.see(cause.rare)
  }

  #latencyMs({ slowMs }: Line): number {
    const { random, see } = this.#parts
    if (slowMs > 0) see("unit on a slow line")
    return random.between(latencyMs.min, latencyMs.max) + random.unit() * slowMs
  }
}
