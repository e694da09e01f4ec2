/**
 * Who keeps a connection, once its handshake is done.
 *
 * Peers keep theirs open for the next unit, and a large node has more peers than places. So what is
 * full gives up a connection on which nothing is asked: the peer opens another when it needs one. A
 * connection with a request in hand is never dropped for another, and no peer, whatever it opens,
 * takes the places of others.
 */

import type { Socket } from "node:net"

/** As much of a socket as is needed. */
export type Established = Pick<Socket, "destroy" | "once">

export interface ConnectionLimits {
  readonly countMax: number
  /** Of one pin. */
  readonly ownerCountMax: number
  /** Of all who show no pin that is known. */
  readonly strangerCountMax: number
}

const strangers = Symbol("strangers")
type Owner = string | typeof strangers

/** The connections of one owner and the requests in hand on each; longest without one first. */
type Held = Map<object, { readonly socket: Established; requests: number }>

export class Connections {
  readonly #limits: ConnectionLimits
  readonly #owners = new Map<Owner, Held>()
  readonly #ownerOf = new WeakMap<object, Owner>()
  #count = 0

  constructor(limits: ConnectionLimits) {
    this.#limits = limits
  }

  get count(): number {
    return this.#count
  }

  /** Keeps a new connection, or drops it where no other can go for it. `pin`: of a known peer. */
  established(socket: Established, pin: string | undefined): void {
    const { countMax, ownerCountMax, strangerCountMax } = this.#limits
    const owner = pin ?? strangers
    const held: Held = this.#owners.get(owner) ?? new Map()
    const ownMax = pin === undefined ? strangerCountMax : ownerCountMax
    const hasRoom =
      (held.size < ownMax || this.#dropIdle(held)) && (this.#count < countMax || this.#dropAny())
    if (!hasRoom) {
      socket.destroy()
      return
    }
    held.set(socket, { socket, requests: 0 })
    this.#owners.set(owner, held)
    this.#ownerOf.set(socket, owner)
    this.#count += 1
    socket.once("close", () => this.#forget(socket))
  }

  /** A request has begun on it. */
  begun(socket: object): void {
    const held = this.#heldOf(socket)?.get(socket)
    if (held !== undefined) held.requests += 1
  }

  /** A request on it has been answered, or given up. */
  ended(socket: object): void {
    const all = this.#heldOf(socket)
    const held = all?.get(socket)
    if (all === undefined || held === undefined) return
    held.requests -= 1
    // Behind those that have been idle for longer.
    all.delete(socket)
    all.set(socket, held)
  }

  #heldOf(socket: object): Held | undefined {
    const owner = this.#ownerOf.get(socket)
    return owner === undefined ? undefined : this.#owners.get(owner)
  }

  /** One of whoever holds most, and has one without a request. */
  #dropAny(): boolean {
    const bySize = [...this.#owners.values()].toSorted((a, b) => b.size - a.size)
    return bySize.some((held) => this.#dropIdle(held))
  }

  #dropIdle(held: Held): boolean {
    const idle = [...held.values()].find((it) => it.requests === 0)
    if (idle === undefined) return false
    // At once rather than with its event, so that the newcomer finds the place free.
    this.#forget(idle.socket)
    idle.socket.destroy()
    return true
  }

  #forget(socket: object): void {
    const owner = this.#ownerOf.get(socket)
    const held = this.#heldOf(socket)
    if (owner === undefined || held?.delete(socket) !== true) return
    this.#count -= 1
    if (held.size === 0) this.#owners.delete(owner)
  }
}
