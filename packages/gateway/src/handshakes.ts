/**
 * Connections whose handshake is not done, bounded apart from those that are established.
 *
 * Whoever connects and says nothing costs us a place and itself nearly nothing. Were the newcomer
 * refused when the places are taken, silence alone would keep peers out. So the newcomer always
 * enters and somebody else goes: of the address that holds most, the oldest of whichever kind is in
 * the majority, those that have sent something or those that have not. A flood from elsewhere thus
 * costs an address nothing, and a flood of silence costs nothing to who has spoken.
 * spec/carriage.md 2.
 */

import type { Socket } from "node:net"

export interface HandshakeLimits {
  readonly countMax: number
  /** Of one remote address; of one /64 where it is IPv6. */
  readonly addressCountMax: number
  /** How old an unfinished handshake may get while more than half of the places are taken. */
  readonly pressedMsMax: number
}

const defaults: HandshakeLimits = { countMax: 1024, addressCountMax: 512, pressedMsMax: 1000 }

/** What is asked of a connection; a socket of the platform fits. */
export type Handshaking = Pick<
  Socket,
  "bytesRead" | "destroy" | "once" | "remoteAddress" | "remotePort"
>

/** One end of a connection, whatever object stands for it before and after TLS. */
type End = Pick<Socket, "remoteAddress" | "remotePort">

interface Unfinished {
  readonly socket: Handshaking
  readonly end: string
  readonly network: string
  readonly startedMs: number
}

export class Handshakes {
  readonly #nowMs: () => number
  readonly #limits: HandshakeLimits
  /** Oldest first, in each network and among the networks. */
  readonly #networks = new Map<string, Set<Unfinished>>()
  readonly #byEnd = new Map<string, Unfinished>()
  #count = 0

  /** `nowMs` is any clock that does not step back. */
  constructor(nowMs: () => number, limits: HandshakeLimits = defaults) {
    this.#nowMs = nowMs
    this.#limits = limits
  }

  get count(): number {
    return this.#count
  }

  /** Takes in a connection that has just been made, at the cost of another where places are full. */
  started(socket: Handshaking): void {
    const network = networkOf(socket.remoteAddress ?? "")
    const unfinished = { socket, end: endOf(socket), network, startedMs: this.#nowMs() }
    const members = this.#networks.get(network) ?? new Set()
    this.#networks.set(network, members.add(unfinished))
    this.#byEnd.set(unfinished.end, unfinished)
    this.#count += 1
    socket.once("close", () => this.#forget(unfinished))
    this.#dropLate(members)
    if (members.size > this.#limits.addressCountMax) this.#drop(oldestOfMost(members))
    else if (this.#count > this.#limits.countMax) this.#drop(oldestOfMost(this.#largest()))
  }

  /** A handshake is done: from here on the connection is somebody else's to count. */
  finished(end: End): void {
    const unfinished = this.#byEnd.get(endOf(end))
    if (unfinished !== undefined) this.#forget(unfinished)
  }

  /** Drops whatever is unfinished. */
  close(): void {
    for (const unfinished of this.#byEnd.values()) this.#drop(unfinished)
  }

  #dropLate(members: ReadonlySet<Unfinished>): void {
    const { countMax, addressCountMax, pressedMsMax } = this.#limits
    const isPressed = this.#count > countMax / 2 || members.size > addressCountMax / 2
    if (!isPressed) return
    const startedMsMin = this.#nowMs() - pressedMsMax
    for (const unfinished of members) {
      if (unfinished.startedMs >= startedMsMin) return
      this.#drop(unfinished)
    }
  }

  #largest(): ReadonlySet<Unfinished> {
    let largest: ReadonlySet<Unfinished> = new Set()
    for (const members of this.#networks.values()) {
      if (members.size > largest.size) largest = members
    }
    return largest
  }

  #drop(unfinished: Unfinished | undefined): void {
    if (unfinished === undefined) return
    // At once rather than with its event, so that the next newcomer finds the place free.
    this.#forget(unfinished)
    unfinished.socket.destroy()
  }

  #forget(unfinished: Unfinished): void {
    const members = this.#networks.get(unfinished.network)
    if (members?.delete(unfinished) !== true) return
    this.#count -= 1
    if (members.size === 0) this.#networks.delete(unfinished.network)
    // The same end may have come again before the close of its former connection was heard.
    if (this.#byEnd.get(unfinished.end) === unfinished) this.#byEnd.delete(unfinished.end)
  }
}

function oldestOfMost(members: ReadonlySet<Unfinished>): Unfinished | undefined {
  const silent = [...members].filter(({ socket }) => socket.bytesRead === 0)
  if (silent.length * 2 > members.size) return silent[0]
  return [...members].find(({ socket }) => socket.bytesRead > 0)
}

function endOf({ remoteAddress, remotePort }: End): string {
  return `${remoteAddress} ${remotePort}`
}

/** What one holder of addresses is likely to have: an IPv4 address, or a /64 of IPv6. */
function networkOf(address: string): string {
  if (address.includes(".") || !address.includes(":")) return address
  const [head = [], tail = []] = address.split("::").map((it) => it.split(":").filter(Boolean))
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => "0")
  return [...head, ...zeros, ...tail].slice(0, 4).join(":")
}
