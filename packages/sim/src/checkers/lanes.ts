/**
 * Links, as the rows of an exchange's disk tell of them: numbers without a hole, each naming the
 * slot before; what is told of the other's lanes; signs of life; refusals within their bound.
 */

import type {
  Digest,
  ExchangeWrite,
  LaneHeld,
  Link,
  MessageWrite,
  OrgId,
  OutboxItem,
} from "@tearline/core"

import type { Organisation } from "../node/organisation.ts"
import { heartbeatMs } from "../node/times.ts"
import type { Addressed } from "./signed.ts"

const hour = 3_600_000
/** A disk may be slow while a heartbeat is written. */
const slackMs = 600_000
const refusalsMax = 60

/** What one organisation's disk says of its dealings with one peer. */
interface Dealings {
  /** The last slot given in each lane of each epoch. */
  readonly slots: Map<string, { readonly number: number; readonly slot: string }>
  /** What is held of the peer's lanes, and was before the last transaction. */
  held: readonly LaneHeld[]
  heldBefore: readonly LaneHeld[]
  told: Link["toldHeld"]
  epoch: number
  /** By the node's clock: when something was last sealed to the peer, and last came of it. */
  sealedAtMs: number | undefined
  heardAtMs: number | undefined
  /** When refusals were said, the last hour's. */
  refusedAtMs: number[]
}

interface Committed {
  readonly own: Organisation
  readonly placeOf: (digest: Digest, peer: OrgId) => Addressed | undefined
}

const isOf = (row: Pick<LaneHeld, "epoch" | "lane">) => (it: LaneHeld) =>
  it.epoch === row.epoch && it.lane === row.lane

/** How many numbers a row says are here. */
export function countOf({ upTo, beyond }: LaneHeld): number {
  return beyond.reduce((sum, [from, to]) => sum + to - from + 1, upTo)
}

/** Whether everything that `told` tells is in `held`. */
function covers(held: LaneHeld, told: LaneHeld): boolean {
  const isHeld = ([from, to]: readonly [number, number]) =>
    to <= held.upTo || held.beyond.some((run) => run[0] <= from && to <= run[1])
  return told.upTo <= held.upTo && told.beyond.every(isHeld)
}

export class Lanes {
  readonly #of = new Map<string, Dealings>()
  readonly #fail: (invariant: string, message: string) => void

  constructor(fail: (invariant: string, message: string) => void) {
    this.#fail = fail
  }

  of(own: Organisation, peer: OrgId): Dealings {
    const key = `${own.org}/${peer}`
    const known = this.#of.get(key)
    if (known !== undefined) return known
    const fresh: Dealings = {
      slots: new Map(),
      held: [],
      heldBefore: [],
      told: undefined,
      epoch: 1,
      sealedAtMs: undefined,
      heardAtMs: undefined,
      refusedAtMs: [],
    }
    this.#of.set(key, fresh)
    return fresh
  }

  /** The link's own rows go back to a backup; what was sealed and said stays so. */
  restored(own: Organisation, peers: Iterable<OrgId>): void {
    for (const peer of peers) {
      const dealings = this.of(own, peer)
      const link = own.exchangeDisk.links.get(peer)?.link
      dealings.held = link?.held ?? []
      dealings.heldBefore = dealings.held
      dealings.told = link?.toldHeld
      dealings.heardAtMs = undefined
      dealings.sealedAtMs = undefined
      // Its clock may be behind them.
      dealings.refusedAtMs = []
    }
  }

  /** All writes of one transaction, durable together. */
  committed(writes: readonly ExchangeWrite[], at: Committed): void {
    for (const it of writes) if (it.kind === "link") this.#linked(at.own, it.link)
    for (const it of writes) {
      if (it.kind === "enqueue") this.#enqueued(it.item, at)
      else if (it.kind === "message") this.#said(it, at)
    }
  }

  #linked(own: Organisation, link: Link): void {
    const dealings = this.of(own, link.peer)
    dealings.heldBefore = dealings.held
    dealings.held = link.held
    const { told } = dealings
    dealings.told = link.toldHeld
    dealings.epoch = link.epoch
    if (told === undefined || link.toldHeld === undefined) return
    if (link.toldHeld.peerEpoch < told.peerEpoch) {
      this.#fail("I12", `${own.name} believes a past epoch of ${link.peer}`)
    }
    if (link.toldHeld.peerEpoch !== told.peerEpoch) return
    for (const before of told.rows) {
      const after = link.toldHeld.rows.find(
        (it) => it.lane === before.lane && it.epoch === before.epoch,
      )
      if (before.epoch === link.epoch && (after?.upTo ?? 0) < before.upTo) {
        this.#fail("I12", `${own.name} forgets what ${link.peer} told that it holds`)
      }
    }
  }

  #enqueued({ digest, peer, createdAtMs }: OutboxItem, { own, placeOf }: Committed): void {
    const place = placeOf(digest, peer)
    const dealings = this.of(own, peer)
    dealings.sealedAtMs = createdAtMs
    if (place === undefined) return
    const { epoch, lane, number, previousSlotHash, part } = place
    const key = `${epoch}/${lane}`
    const last = dealings.slots.get(key)
    const slot = digest.slice(32) + digest.slice(0, 32)
    if (number !== (last?.number ?? 0) + 1 || previousSlotHash !== (last?.slot ?? null)) {
      this.#fail("I12", `${own.name} seals ${key}/${number} to ${peer} after ${last?.number ?? 0}`)
    }
    dealings.slots.set(key, { number, slot })
    this.#tells(own, dealings, part.held)
  }

  /** What is told is held, and nothing that was held before the step is kept silent (M-LNK-3). */
  #tells(own: Organisation, { held, heldBefore }: Dealings, told: readonly LaneHeld[]): void {
    // Rows of long past epochs are let go of; one may still have been told a step before.
    const known = [...held, ...heldBefore]
    const isTooMuch = told.some((row) => !known.filter(isOf(row)).some((it) => covers(it, row)))
    const newestEpoch = Math.max(0, ...held.map((it) => it.epoch))
    const newest = held.filter((it) => it.epoch === newestEpoch)
    const isTooLittle = heldBefore.some(
      (row) => newest.some(isOf(row)) && (told.find(isOf(row))?.upTo ?? -1) < row.upTo,
    )
    if (isTooMuch) this.#fail("I12", `${own.name} tells that it holds what it does not`)
    if (isTooLittle) this.#fail("I12", `${own.name} does not tell what it holds`)
  }

  #said({ direction, peer, message, learnedAtMs }: MessageWrite, at: Committed): void {
    const dealings = this.of(at.own, peer)
    if (direction === "in") {
      dealings.heardAtMs = Math.max(dealings.heardAtMs ?? 0, learnedAtMs)
      this.#notes(at.own, dealings, message.part)
      return
    }
    const { kind, content } = message.statement
    const { sealedAtMs = Number.NEGATIVE_INFINITY } = dealings
    if (kind === "heartbeat" && learnedAtMs - sealedAtMs < heartbeatMs) {
      this.#fail("I10", `${at.own.name} sends a heartbeat that nobody owes`)
    }
    if (kind !== "receipt" || content["step"] !== "refused") return
    const lastHour = dealings.refusedAtMs.filter((it) => learnedAtMs - it < hour)
    dealings.refusedAtMs = [...lastHour, learnedAtMs]
    // The hour begins at a fixed time: two of them may meet in the middle.
    if (dealings.refusedAtMs.length > 2 * refusalsMax) {
      this.#fail("I9", `${at.own.name} refuses without end`)
    }
  }

  /** A node has looked at its links, and what came of it is durable: nobody is left unspoken to. */
  ticked(own: Organisation, peers: Iterable<OrgId>, nowMs: number): void {
    for (const peer of peers) {
      const { sealedAtMs = 0 } = this.of(own, peer)
      if (nowMs - sealedAtMs <= heartbeatMs + slackMs) continue
      this.#fail("I10", `${own.name} is silent towards ${peer} for too long`)
    }
  }

  /** Whether as many were refused in the last hour as may be: then no more is said. */
  hasRefusedEnough(own: Organisation, peer: OrgId, nowMs: number): boolean {
    const lastHour = this.of(own, peer).refusedAtMs.filter((it) => nowMs - it < hour)
    return lastHour.length >= refusalsMax
  }

  /** What the peer tells that it holds of ours is kept, as far as it was ever given (M-LNK-9). */
  #notes(own: Organisation, dealings: Dealings, part: MessageWrite["message"]["part"]): void {
    const { told, epoch } = dealings
    const isPastEpoch = (told?.peerEpoch ?? 0) > part.epoch
    const heldOf = (row: LaneHeld) => told?.rows.find(isOf(row))?.upTo ?? 0
    for (const row of part.held) {
      const last = dealings.slots.get(`${row.epoch}/${row.lane}`)?.number ?? 0
      const upTo = heldOf(row)
      if (upTo > last) this.#fail("I12", `${own.name} believes that more is held than it sent`)
      const isPast = row.epoch !== epoch || isPastEpoch
      if (!isPast && upTo < Math.min(last, row.upTo)) {
        this.#fail("I12", `${own.name} does not keep what it was told is held`)
      }
    }
  }
}
