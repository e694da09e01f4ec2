/**
 * That nothing waits behind what is less urgent: watched where an exchange hands units to its
 * gateway, and where a gateway gives arrivals to its exchange.
 */

import type { Digest, HeldArrival, Outbox, OutboxItem, OrgId } from "@tearline/core"

import type { Organisation } from "../node/organisation.ts"

/** A queue that is nearly full gives back what has no room; who waits is then not known here. */
const roomMax = 250

interface Held {
  readonly item: OutboxItem
  isFlying: boolean
  /** The event in which it left the outbox: whoever sent it may not know before the next. */
  goneIn: number | undefined
}

type Fail = (message: string) => void

/** What one run of an exchange has in hand, by peer. */
export class InHand {
  readonly #byPeer = new Map<OrgId, Map<string, Held>>()
  readonly #peerOf = new Map<string, OrgId>()
  readonly #places: { readonly flash: number }
  readonly #fail: Fail
  readonly #ran: () => number

  /** `ran`: how many events have run. */
  constructor(places: { readonly flash: number }, ran: () => number, fail: Fail) {
    this.#places = places
    this.#ran = ran
    this.#fail = fail
  }

  add(item: OutboxItem): void {
    const held = this.#byPeer.get(item.peer) ?? new Map<string, Held>()
    this.#byPeer.set(item.peer, held)
    this.#peerOf.set(item.id, item.peer)
    if (!held.has(item.id)) held.set(item.id, { item, isFlying: false, goneIn: undefined })
  }

  drop(id: string): void {
    const peer = this.#peerOf.get(id)
    if (peer === undefined) return
    this.#peerOf.delete(id)
    this.#byPeer.get(peer)?.delete(id)
  }

  /** Has left the outbox, durably. */
  gone(id: string): void {
    const peer = this.#peerOf.get(id)
    const held = peer && this.#byPeer.get(peer)?.get(id)
    if (held) held.goneIn = this.#ran()
  }

  /** Goes to the gateway now; gives what to call when nobody has taken it. */
  handed(item: OutboxItem): () => void {
    this.add(item)
    const held = this.#byPeer.get(item.peer) as Map<string, Held>
    if (item.lane > 0 && held.size < roomMax) this.#mustBeFirst(item, held)
    const own = held.get(item.id) as Held
    own.isFlying = true
    // What was taken keeps its place until that is durable, and it is dropped.
    return () => {
      own.isFlying = false
    }
  }

  #forgetGone(held: ReadonlyMap<string, Held>): void {
    for (const { item, goneIn } of held.values()) {
      if (goneIn !== undefined && goneIn < this.#ran()) this.drop(item.id)
    }
  }

  #mustBeFirst({ lane }: OutboxItem, held: ReadonlyMap<string, Held>): void {
    let flashesFlying = 0
    let waiting: OutboxItem | undefined
    this.#forgetGone(held)
    for (const { item, isFlying } of held.values()) {
      if (isFlying) flashesFlying += item.lane === 0 ? 1 : 0
      else if (item.lane < (waiting?.lane ?? lane)) waiting = item
    }
    const isFull = waiting?.lane === 0 && flashesFlying >= this.#places.flash
    if (waiting === undefined || isFull) return
    this.#fail(`lane ${lane} goes while ${waiting.id} of lane ${waiting.lane} waits`)
  }

  /** The same outbox, watched. */
  watched(outbox: Outbox): Outbox {
    return {
      ...outbox,
      claim: async (limit, full) => {
        const items = await outbox.claim(limit, full)
        for (const it of items) this.add(it)
        return items
      },
      release: (ids, delayMs) => {
        for (const id of ids) this.drop(id)
        return outbox.release(ids, delayMs)
      },
      renewLease: async (ids) => {
        const ours = await outbox.renewLease(ids)
        const kept = new Set(ours)
        for (const id of ids) if (!kept.has(id)) this.drop(id)
        return ours
      },
    }
  }
}

/** FLASH that one stream from a gateway to its exchange has not given yet. */
export class FlashWaiting {
  readonly #waiting: Set<Digest>
  readonly #fail: Fail

  constructor({ gatewayDisk }: Organisation, fail: Fail) {
    const untaken = [...gatewayDisk.untaken.values()]
    this.#waiting = new Set(untaken.filter((it) => it.lane === 0).map((it) => it.digest))
    this.#fail = fail
  }

  held({ digest, lane }: HeldArrival): void {
    if (lane === 0) this.#waiting.add(digest)
  }

  taken(digests: readonly Digest[]): void {
    for (const it of digests) this.#waiting.delete(it)
  }

  given({ digest, lane }: HeldArrival): void {
    if (lane === 0) this.#waiting.delete(digest)
    else if (this.#waiting.size > 0) this.#fail(`lane ${lane} is given while a FLASH waits`)
  }
}
