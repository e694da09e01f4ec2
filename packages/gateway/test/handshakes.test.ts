/** Who goes when the places of unfinished handshakes are full. */

import { EventEmitter } from "node:events"

import fc from "fast-check"
import { expect, test } from "vitest"

import { type Handshaking, Handshakes } from "../src/handshakes.ts"

const limits = { countMax: 8, addressCountMax: 6, pressedMsMax: 1000 }

/** As much of the platform's socket as is asked for; nothing is sent. */
class Connection extends EventEmitter {
  readonly remoteAddress: string
  readonly remotePort: number
  bytesRead = 0
  isDropped = false

  constructor(remoteAddress: string, remotePort: number) {
    super()
    this.remoteAddress = remoteAddress
    this.remotePort = remotePort
  }

  destroy(): this {
    this.isDropped = true
    this.emit("close")
    return this
  }
}

/** Starts that many handshakes from one address, on ports of their own from `port` up. */
function started(all: Handshakes, address: string, count: number, port = 1): Connection[] {
  return Array.from({ length: count }, (_, at) => {
    const connection = new Connection(address, port + at)
    all.started(connection as unknown as Handshaking)
    return connection
  })
}

const standing = (connections: readonly Connection[]) => connections.filter((it) => !it.isDropped)

test("a newcomer always enters, and both limits hold, whoever connects (M-CAR-16)", () => {
  const events = fc.record({
    address: fc.constantFrom("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"),
    hasSpoken: fc.boolean(),
    isDone: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(events, { maxLength: 60 }), (arrivals) => {
      const all = new Handshakes(() => 0, limits)
      const unfinished: Connection[] = []
      for (const [at, { address, hasSpoken, isDone }] of arrivals.entries()) {
        const [newcomer] = started(all, address, 1, at) as [Connection]
        expect(newcomer.isDropped).toBe(false)
        if (hasSpoken) newcomer.bytesRead = 1
        if (isDone) all.finished(newcomer)
        else unfinished.push(newcomer)
        expect(all.count).toBe(standing(unfinished).length)
        expect(all.count).toBeLessThanOrEqual(limits.countMax)
      }
    }),
  )
})

test("of one address the oldest goes first (M-CAR-16)", () => {
  const all = new Handshakes(() => 0, limits)
  const flood = started(all, "192.0.2.1", 9)
  expect(standing(flood)).toEqual(flood.slice(3))
})

test("a flood from elsewhere, however many its addresses of one /64, costs an address nothing (M-CAR-16)", () => {
  const all = new Handshakes(() => 0, limits)
  const few = started(all, "192.0.2.2", 3)
  for (let host = 1; host <= 40; host += 1) started(all, `2001:db8::${host.toString(16)}`, 1)
  expect(standing(few)).toHaveLength(3)
})

test("who has spoken is not dropped for those who keep silent (M-CAR-16)", () => {
  const all = new Handshakes(() => 0, limits)
  const [speaker] = started(all, "192.0.2.1", 1) as [Connection]
  speaker.bytesRead = 1
  started(all, "192.0.2.1", 100, 2)
  expect(speaker.isDropped).toBe(false)
})

test("a handshake that is done is never dropped for one that is not (M-CAR-16)", () => {
  const all = new Handshakes(() => 0, limits)
  const peers = started(all, "192.0.2.1", 5)
  for (const peer of peers) all.finished(peer)
  started(all, "192.0.2.1", 100, 10)
  expect(standing(peers)).toHaveLength(5)
})

test("under pressure a handshake has less time (M-CAR-16)", () => {
  let nowMs = 0
  const all = new Handshakes(() => nowMs, limits)
  const early = started(all, "192.0.2.1", 3)
  nowMs = 1001
  const late = started(all, "192.0.2.1", 1, 10)
  expect(standing(early), "four of six places are pressure").toHaveLength(0)
  nowMs = 3000
  started(all, "192.0.2.2", 1)
  expect(standing(late), "two places are none").toHaveLength(1)
})
