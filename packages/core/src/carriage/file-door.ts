/**
 * The gateway's door for files: what a courier brings is admitted as what comes over a line is, and
 * what it is to take lies here until an answer to it comes back.
 *
 * A courier can lose, delay, double and forge. So nothing that it says counts: a unit passes the
 * same check as any, an answer ends a unit's waiting only if the addressee's gateway signed it, and
 * what has no answer goes on every stick again.
 */

import type { ArrivalAnswer } from "../gateway/machine.ts"
import type { Clock } from "../host/ports.ts"
import type { Digest, OrgId } from "../ids.ts"
import type { Lane } from "../vocabulary/precedence.ts"
import { decodeDrop, encodeDrop, type Drop } from "./drop.ts"

type AnswerKind = "custody" | "refusal"

/** What a peer's gateway has signed about a unit of ours, exact bytes. */
export interface CarriedAnswer {
  readonly kind: AnswerKind
  readonly bytes: Uint8Array
}

/** What a courier is to take: a unit of ours, or what we answer to a unit of a peer. */
export interface Carried {
  readonly peer: OrgId
  readonly digest: Digest
  readonly kind: "unit" | AnswerKind
  readonly lane: Lane
  readonly atMs: number
  readonly content: Uint8Array
}

/** Where a page of what is to be taken ends, so that the next begins there. */
export type CarriedPlace = Pick<Carried, "lane" | "atMs" | "digest" | "peer" | "kind">

/** The gateway's durable memory of what travels by file. All calls are durable on return. */
export interface CarriedStore {
  /** A unit stays as it was; an answer takes the place of the one before. */
  put(carried: Carried): Promise<void>
  /** Units without answer and answers, most urgent first, oldest first within a lane. */
  toTake(page: {
    readonly limit: number
    readonly after: CarriedPlace | null
    readonly peer: OrgId | null
  }): Promise<readonly Carried[]>
  /** Notes what was answered to a unit; false when no unit waits for it. */
  answer(peer: OrgId, digest: Digest, answer: CarriedAnswer): Promise<boolean>
  answerTo(peer: OrgId, digest: Digest): Promise<CarriedAnswer | undefined>
  /** Forgets what we answered before this: to one peer, or to all. */
  forgetAnswersBefore(atMs: number, peer?: OrgId): Promise<void>
}

/** A receipt or refusal whose signature holds. */
export interface OpenedAnswer {
  readonly digest: Digest
  /** Who signed it, and when. */
  readonly recipient: OrgId
  readonly atMs: number
  readonly sender: OrgId
}

type OwnAnswer = Omit<OpenedAnswer, "recipient">

export interface FileDoorParts {
  readonly own: OrgId
  readonly store: CarriedStore
  readonly clock: Clock
  /** The gateway's one way in. */
  readonly submit: (unit: Uint8Array, lane: Lane) => Promise<ArrivalAnswer>
  /** What a unit's header says before anything is verified. */
  readonly laneOf: (unit: Uint8Array) => Lane
  /** What we have just signed ourselves. */
  readonly readOwn: (kind: AnswerKind, bytes: Uint8Array) => OwnAnswer
  /** Undefined unless a trusted peer's gateway signed it. */
  readonly openAnswer: (kind: AnswerKind, bytes: Uint8Array) => OpenedAnswer | undefined
  readonly unitBytesMax: number
  /** Where one record's file is asked for again and again it may be kept; made anew otherwise. */
  readonly encode?: (drop: Drop) => Uint8Array
}

/** What became of a file that a courier brought. */
export type Brought =
  /** The unit is held; its receipt is laid out for its `sender`. `isNew`: it was not here before. */
  | { readonly kind: "held"; readonly sender: OrgId; readonly isNew: boolean }
  /** What was answered to a unit of ours, now or before. */
  | { readonly kind: "settled"; readonly isNew: boolean }
  /** Nothing of it was taken; `isSigned`: its sender will hear of it. */
  | { readonly kind: "refused"; readonly code: string; readonly isSigned: boolean }

export interface TakePage {
  /** Only what goes to this peer. */
  readonly to: OrgId | null
  readonly after: CarriedPlace | null
}

export interface Taken {
  readonly files: readonly Uint8Array[]
  /** Null when there is no more. */
  readonly next: CarriedPlace | null
}

/** How long an answer goes on sticks: a unit whose sender has not heard comes again by itself. */
const answersMs = 14 * 86_400_000
const pageCount = 64
const pageBytes = 4 * 1024 * 1024

export class FileDoor {
  readonly #parts: FileDoorParts
  /** When each peer's gateway last said by file what was not known. Of one run: it is short. */
  readonly #newsMs = new Map<OrgId, number>()

  constructor(parts: FileDoorParts) {
    this.#parts = parts
  }

  /** Lays a signed unit out for the courier, or gives what was answered to it. */
  async depart(unit: Omit<Carried, "kind" | "atMs">): Promise<CarriedAnswer | undefined> {
    const { store, clock } = this.#parts
    const answer = await store.answerTo(unit.peer, unit.digest)
    if (answer !== undefined) return answer
    await store.put({ ...unit, kind: "unit", atMs: clock.nowMs() })
    return undefined
  }

  async take({ to, after }: TakePage): Promise<Taken> {
    const { store, clock, own, encode = encodeDrop } = this.#parts
    if (after === null) await store.forgetAnswersBefore(clock.nowMs() - answersMs)
    const rows = await store.toTake({ limit: pageCount, after, peer: to })
    const files: Uint8Array[] = []
    let bytes = 0
    for (const row of rows) {
      const { kind, lane, peer, content } = row
      files.push(encode({ kind, lane, from: own, to: peer, content }))
      bytes += content.length
      // Full before the rows are out, or by the last of a whole page: there may be more.
      if (bytes >= pageBytes || files.length === pageCount) return { files, next: row }
    }
    return { files, next: null }
  }

  /** A courier begins to hand in a stick: the moment, for `close`. */
  open(): number {
    return this.#parts.clock.nowMs()
  }

  /**
   * All that a stick brought from these is in. What we answered them earlier, to units that were
   * not on it, they seem to have; where they have not, the unit comes again and is answered again.
   * Only those count whose signature on something new has come since: anybody can write a name on a
   * file, or carry an old one once more.
   */
  async close(openedMs: number, from: readonly OrgId[]): Promise<void> {
    for (const peer of from) {
      const isHeard = (this.#newsMs.get(peer) ?? -1) >= openedMs
      if (isHeard) await this.#parts.store.forgetAnswersBefore(openedMs, peer)
    }
  }

  /** Throws only when it could not be written: it is brought again. */
  async bring(file: Uint8Array): Promise<Brought> {
    const drop = decodeDrop(file)
    if (drop === undefined) return refused("malformed")
    if (drop.to !== this.#parts.own) return refused("foreign_addressee")
    switch (drop.kind) {
      case "unit":
        return await this.#unit(drop.content)
      case "custody":
      case "refusal":
        return await this.#answer(drop.kind, drop)
    }
  }

  async #unit(unit: Uint8Array): Promise<Brought> {
    const { submit, laneOf, unitBytesMax, clock } = this.#parts
    if (unit.length > unitBytesMax) return refused("too_large")
    const lane = laneOf(unit)
    const broughtMs = clock.nowMs()
    const answer = await submit(unit, lane)
    if (answer.kind === "custody") {
      const { sender, atMs } = await this.#layOut({ kind: "custody", bytes: answer.receipt }, lane)
      // A retry gets the first receipt, of its time.
      const isNew = atMs >= broughtMs
      if (isNew) this.#noteNews(sender)
      return { kind: "held", sender, isNew }
    }
    if (answer.refusal === null) return refused(answer.code)
    await this.#layOut({ kind: "refusal", bytes: answer.refusal }, lane)
    return { kind: "refused", code: answer.code, isSigned: true }
  }

  /** For the way back to the sender, who is the one that the receipt names. */
  async #layOut({ kind, bytes }: CarriedAnswer, lane: Lane): Promise<OwnAnswer> {
    const { readOwn, store, clock } = this.#parts
    const own = readOwn(kind, bytes)
    const { digest, sender } = own
    await store.put({ peer: sender, digest, kind, lane, atMs: clock.nowMs(), content: bytes })
    return own
  }

  #noteNews(peer: OrgId): void {
    this.#newsMs.set(peer, this.#parts.clock.nowMs())
  }

  async #answer(kind: AnswerKind, { content, from }: Drop): Promise<Brought> {
    const { openAnswer, store, own } = this.#parts
    const opened = openAnswer(kind, content)
    if (opened === undefined) return refused("bad_receipt")
    const { digest, recipient, sender } = opened
    if (sender !== own || recipient !== from) return refused("foreign_receipt")
    const isNew = await store.answer(recipient, digest, { kind, bytes: content })
    if (isNew) this.#noteNews(recipient)
    return { kind: "settled", isNew }
  }
}

function refused(code: string): Brought {
  return { kind: "refused", code, isSigned: false }
}
