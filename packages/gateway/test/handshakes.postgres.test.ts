/** Strangers who hold the listener's places, against a gateway that is a process of its own. */

import { once } from "node:events"
import { type Socket, connect } from "node:net"

import { afterAll, beforeAll, expect, test } from "vitest"

import { Caller } from "./caller.ts"
import { type Database, gatewayDatabase } from "./database.ts"
import { type GatewayProcess, startGateway } from "./gateway-process.ts"
import { type Organisation, configOf, organisation, peerEntry, signedUnit } from "./organisation.ts"

const floodMs = 20_000
const dialsMax = 100_000

let database: Database
let alder: Organisation
let birch: Organisation
let gateway: GatewayProcess

beforeAll(async () => {
  ;[database, alder, birch] = await Promise.all([gatewayDatabase(), organisation(), organisation()])
  gateway = await startGateway(configOf(birch, database.url))
  const exchange = new Caller(gateway.innerPort, birch.exchangeTls)
  await exchange.putPeers([peerEntry(alder)])
  exchange.close()
})

afterAll(async () => {
  await gateway.kill("SIGTERM")
  await database.end()
})

interface Flood {
  /** Every place is taken: one of the connections has been dropped. */
  readonly isFelt: Promise<void>
  readonly dials: () => number
  readonly stop: () => void
}

/** So many connections that send `first` and then nothing, each dialled anew when dropped. */
function flood(port: number, count: number, first?: Uint8Array): Flood {
  const sockets = new Set<Socket>()
  const untilMs = performance.now() + floodMs
  const { promise: isFelt, resolve } = Promise.withResolvers<void>()
  let dials = 0
  let isOver = false
  const dial = () => {
    if (isOver || dials >= dialsMax || performance.now() > untilMs) return
    dials += 1
    const socket = connect({ host: "127.0.0.1", port })
    sockets.add(socket)
    socket.on("error", () => socket.destroy())
    socket.on("connect", () => first !== undefined && socket.write(first))
    socket.on("close", () => {
      sockets.delete(socket)
      resolve()
      dial()
    })
    // Read, so that the end of the other side is seen.
    socket.resume()
  }
  for (let at = 0; at < count; at += 1) dial()
  const stop = () => {
    isOver = true
    for (const socket of sockets) socket.destroy()
  }
  return { isFelt, dials: () => dials, stop }
}

/** The beginning of a TLS record that never goes on. */
const begunHello = Uint8Array.of(0x16, 3, 1, 2, 0, 1)

test.each([
  { name: "say nothing", first: undefined },
  { name: "begin a greeting and stop", first: begunHello },
])(
  "600 connections that $name keep no peer out, nor end its connection (M-CAR-16)",
  async (it) => {
    const standing = new Caller(gateway.outerPort, alder.outerTls, { maxSockets: 1 })
    const unit = await signedUnit(alder, birch)
    const held = await standing.open("/tearline/v1/envelopes", {
      headers: { "content-length": unit.length },
      body: unit,
    })
    const { socket } = held
    held.resume()
    await once(held, "end")
    const { isFelt, dials, stop } = flood(gateway.outerPort, 600, it.first)
    await isFelt
    for (let count = 0; count < 20; count += 1) {
      const caller = new Caller(gateway.outerPort, alder.outerTls)
      expect((await caller.deliver(unit)).status).toBe(200)
      caller.close()
    }
    expect((await standing.deliver(unit)).status).toBe(200)
    expect(socket.destroyed, "the connection made before is in use").toBe(false)
    expect(dials(), "some were dropped, and came again").toBeGreaterThan(600)
    stop()
    standing.close()
  },
  30_000,
)
