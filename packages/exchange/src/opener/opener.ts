/**
 * Opening units in a child process that may crash, hang or be taken over, without losing one.
 *
 * Several units are in the child's hands at a time, few enough that a FLASH does not wait behind
 * many. When the child dies, each unit it held is tried once more in a fresh child of its own,
 * alone: the one that kills that one too is poison, and the others come out as if nothing had been.
 * So one poison message costs one message (I9).
 */

import type { Lane } from "@tearline/core"

import { OpenerChild } from "./child.ts"
import type { Content, FromOpener, ToOpen } from "./exchanged.ts"

/** What a unit came to. `poison`: two openers died of it. */
export type Opening =
  | { readonly kind: "opened"; readonly content: Content }
  | { readonly kind: "refused"; readonly code: string }

export interface OpenerOptions {
  readonly seedOf: (prekeyId: Uint8Array) => Uint8Array | undefined
  /** A child has died with this many units in hand. */
  readonly onCrash: (inHand: number) => void
  /** One of them, at each crash; what it returns is awaited before the unit is tried again. */
  readonly onStrike: (unit: ToBeOpened) => Promise<void>
  /** Openings after which a child is replaced by a fresh one. */
  readonly openingsMax?: number
  readonly silenceMsMax?: number
  readonly entry?: string
}

export type ToBeOpened = Omit<ToOpen, "kind" | "ticket">

interface Job {
  readonly work: ToOpen
  readonly lane: Lane
  readonly resolve: (opening: Opening) => void
  crashes: number
}

const openingsMaxDefault = 5_000
/** Enough that the child never waits for us; a FLASH finds few in front of it. */
const inHandMax = { flash: 8, common: 3 }
const silenceMsMaxDefault = 5_000
const restartDelayMs = 1_000

export class Opener {
  readonly #options: OpenerOptions
  readonly #jobs = new Map<number, Job>()
  readonly #lanes: Job[][] = [[], [], [], []]
  /** What a dead child held, to be tried alone. */
  readonly #suspects: Job[] = []
  #child: OpenerChild
  /** A fresh child on its way, to take over once it is ready. */
  #next: OpenerChild | undefined
  /** Where suspects are tried. */
  #ward: OpenerChild | undefined
  #tickets = 0
  #isClosing = false

  constructor(options: OpenerOptions) {
    this.#options = options
    this.#child = this.#start()
  }

  /** Units that wait or are being opened. */
  get waiting(): number {
    return this.#jobs.size
  }

  open(unit: ToBeOpened, lane: Lane): Promise<Opening> {
    const { promise, resolve } = Promise.withResolvers<Opening>()
    const work: ToOpen = { ...unit, kind: "open", ticket: (this.#tickets += 1) }
    const job = { work, lane, resolve, crashes: 0 }
    this.#jobs.set(work.ticket, job)
    this.#lanes[lane]?.push(job)
    this.#dispatch()
    return promise
  }

  /** What has not been opened stays unanswered: it arrives again after the next start. */
  close(): void {
    this.#isClosing = true
    for (const child of [this.#child, this.#next, this.#ward]) child?.kill()
  }

  #start(): OpenerChild {
    const { seedOf, silenceMsMax, entry } = this.#options
    return new OpenerChild({
      seedOf,
      silenceMsMax: silenceMsMax ?? silenceMsMaxDefault,
      ...(entry === undefined ? {} : { entry }),
      onAnswer: (answer) => this.#answer(answer),
      onReady: () => this.#dispatch(),
      onGone: (child, inHand) => this.#gone(child, inHand),
    })
  }

  #dispatch(): void {
    if (this.#isClosing) return
    this.#renew()
    while (this.#child.isReady) {
      const lane = this.#lanes.findIndex((jobs) => jobs.length > 0)
      if (this.#child.inHand >= (lane === 0 ? inHandMax.flash : inHandMax.common)) break
      const job = this.#lanes[lane]?.shift()
      if (job === undefined) break
      this.#child.give(job.work)
    }
    this.#tryAlone()
  }

  /** Replaces a child that has opened enough, without a pause: the fresh one is awaited first. */
  #renew(): void {
    const openingsMax = this.#options.openingsMax ?? openingsMaxDefault
    if (this.#child.given < openingsMax) return
    this.#next ??= this.#start()
    if (!this.#next.isReady || this.#child.inHand > 0) return
    const old = this.#child
    this.#child = this.#next
    this.#next = undefined
    old.kill()
  }

  #tryAlone(): void {
    if (this.#ward !== undefined && this.#ward.inHand > 0) return
    const suspect = this.#suspects[0]
    if (suspect === undefined) {
      this.#ward?.kill()
      return
    }
    this.#ward ??= this.#start()
    if (!this.#ward.isReady) return
    this.#suspects.shift()
    this.#ward.give(suspect.work)
  }

  #answer(answer: Extract<FromOpener, { ticket: number }>): void {
    if (answer.kind === "opened") this.#settle(answer.ticket, this.#fitting(answer))
    else this.#settle(answer.ticket, { kind: "refused", code: answer.code })
    this.#dispatch()
  }

  /** What was opened must be what was given: no opener speaks of another's envelope. */
  #fitting(answer: Extract<FromOpener, { kind: "opened" }>): Opening {
    const work = this.#jobs.get(answer.ticket)?.work
    const { digest, sender } = answer.content
    const isFitting =
      work !== undefined &&
      Buffer.compare(digest, work.digest) === 0 &&
      Buffer.compare(sender, work.sender) === 0
    return isFitting ? answer : { kind: "refused", code: "wrong_context" }
  }

  #settle(ticket: number, opening: Opening): void {
    const job = this.#jobs.get(ticket)
    this.#jobs.delete(ticket)
    job?.resolve(opening)
  }

  #gone(child: OpenerChild, inHand: readonly number[]): void {
    if (this.#isClosing) return
    if (inHand.length > 0) this.#options.onCrash(inHand.length)
    for (const ticket of inHand) void this.#suspect(ticket)
    // One that never came up is not started again at once, or it would fill the machine.
    const delayMs = child.isReady ? 0 : restartDelayMs
    if (child === this.#ward) this.#ward = undefined
    if (child === this.#next) this.#next = undefined
    if (child === this.#child) this.#replace(delayMs)
    else setTimeout(() => this.#dispatch(), delayMs)
  }

  async #suspect(ticket: number): Promise<void> {
    const job = this.#jobs.get(ticket)
    if (job === undefined) return
    job.crashes += 1
    await this.#options.onStrike(job.work)
    if (job.crashes >= 2) this.#settle(ticket, { kind: "refused", code: "poison" })
    else this.#suspects.push(job)
    this.#dispatch()
  }

  #replace(delayMs: number): void {
    setTimeout(() => {
      if (this.#isClosing) return
      this.#child = this.#next ?? this.#start()
      this.#next = undefined
      this.#dispatch()
    }, delayMs)
  }
}
