/** Two gateways as processes of their own, under the permission flags, and the line between them. */

import { once } from "node:events"
import { globSync, readFileSync, statSync } from "node:fs"

import { afterAll, beforeAll, expect, test } from "vitest"

import type { Lane } from "@tearline/core"
import { departureOf, openCustody } from "@tearline/crypto"

import { ArrivalReader, outsideOf } from "./arrival-reader.ts"
import { type Answer, Caller } from "./caller.ts"
import { type Database, gatewayDatabase } from "./database.ts"
import { type GatewayProcess, startGateway } from "./gateway-process.ts"
import {
  type Organisation,
  configOf,
  organisation,
  peerEntry,
  toHex,
  unsignedUnits,
} from "./organisation.ts"

interface Node {
  readonly own: Organisation
  readonly database: Database
  gateway: GatewayProcess
  exchange: Caller
}

let alder: Node
let birch: Node

beforeAll(async () => {
  ;[alder, birch] = await Promise.all([startNode(), startNode()])
  await putPeers(alder, birch)
  await putPeers(birch, alder)
})

afterAll(async () => {
  for (const node of [alder, birch]) {
    node.exchange.close()
    await node.gateway.kill("SIGTERM")
    await node.database.end()
  }
})

async function startNode(): Promise<Node> {
  const [own, database] = await Promise.all([organisation(), gatewayDatabase()])
  const gateway = await startGateway(configOf(own, database.url))
  return { own, database, gateway, exchange: new Caller(gateway.innerPort, own.exchangeTls) }
}

async function restart(node: Node): Promise<void> {
  const { outerPort: outer, innerPort: inner } = node.gateway
  node.exchange.close()
  node.gateway = await startGateway(configOf(node.own, node.database.url, { outer, inner }))
  node.exchange = new Caller(node.gateway.innerPort, node.own.exchangeTls)
}

async function putPeers(node: Node, peer: Node): Promise<void> {
  const entry = peerEntry(peer.own, { port: peer.gateway.outerPort })
  const { status } = await node.exchange.putPeers([entry])
  expect(status).toBe(204)
}

async function depart(departing: Uint8Array, lane: Lane = 3): Promise<Answer> {
  const path = `/inner/v1/departures?to=${birch.own.org}&lane=${lane}`
  return await alder.exchange.call(path, { body: departing })
}

async function unit(text: string, lane: Lane = 3): Promise<Uint8Array> {
  const [made] = await unsignedUnits(alder.own, [birch.own], { text, lane })
  return made ?? new Uint8Array()
}

const birchKey = () => birch.own.gateway.verifying

async function look(node: Node, path: string): Promise<Answer> {
  return await node.exchange.call(path, { method: "GET" })
}

test("a unit handed over by one exchange reaches the other, with custody (M-CAR-4)", async () => {
  const departing = await unit("an attack is prepared", 0)
  const answer = await depart(departing, 0)
  expect(answer.status).toBe(200)
  const custody = openCustody(answer.body, birchKey)
  expect(toHex(custody.digest)).toBe(toHex(departureOf(departing).digest))
  const reader = new ArrivalReader(await birch.exchange.open("/inner/v1/arrivals?window=64", {}))
  const [frame] = await reader.frames(1)
  expect(toHex(frame?.receipt ?? new Uint8Array())).toBe(toHex(answer.body))
  expect(frame?.atMs).toBe(custody.atMs)
  reader.close()
})

test("a running gateway may write no file, start no process, load no add-on", async () => {
  const { status, body } = await look(alder, "/ready")
  expect(status).toBe(200)
  expect((JSON.parse(body.toString()) as { permissions: unknown }).permissions).toEqual({
    fsWrite: false,
    childProcess: false,
    worker: false,
    addons: false,
  })
})

test("a gateway under the launcher's flags can do nothing to its machine, its code included", async () => {
  const main = new URL("prying-gateway.ts", import.meta.url).pathname
  const config = configOf(alder.own, alder.database.url)
  const gateway = await startGateway(config, { main })
  await expect.poll(() => gateway.output.length, { timeout: 60_000 }).toBe(2)
  const denied = "ERR_ACCESS_DENIED"
  expect(JSON.parse(gateway.output[1] ?? "")).toEqual({
    read: denied,
    write: denied,
    stateBesideTheCode: denied,
    ownCode: denied,
    child: denied,
    worker: denied,
    addon: "ERR_DLOPEN_DISABLED",
    wasi: denied,
    inspector: denied,
    sqlite: "ERR_UNKNOWN_BUILTIN_MODULE",
    code: "refused",
  })
  await gateway.kill("SIGTERM")
})

test("kill -9 in the middle loses nothing that was acknowledged (I1, M-CAR-4, M-CAR-5, M-RCP-1)", async () => {
  const units = await Promise.all(
    Array.from({ length: 40 }, (_, at) => unit(`number ${at}`, (at % 4) as Lane)),
  )
  const receipts = new Map<Uint8Array, string>()
  const killed = Promise.withResolvers<number | null>()
  await Promise.all(
    units.map(async (it, at) => {
      const { status, body } = await depart(it, (at % 4) as Lane)
      if (status === 200) receipts.set(it, toHex(body))
      if (receipts.size === 10) killed.resolve(birch.gateway.kill("SIGKILL"))
    }),
  )
  await killed.promise
  expect(receipts.size, "some were cut off").toBeLessThan(40)
  await restart(birch)
  for (const it of units) {
    const { status, body } = await depart(it)
    expect(status).toBe(200)
    expect(toHex(body)).toBe(receipts.get(it) ?? toHex(body))
    receipts.set(it, toHex(body))
  }
  const reader = new ArrivalReader(await birch.exchange.open("/inner/v1/arrivals?window=512", {}))
  const wanted = new Map(units.map((it) => [toHex(departureOf(it).digest), receipts.get(it)]))
  const trust = {
    ownOrg: Buffer.from(birch.own.org, "hex"),
    gatewayKeyOf: () => alder.own.gateway.verifying,
  }
  // The first test's unit was never taken, so that it comes again too.
  for (const frame of await reader.frames(41)) {
    const digest = toHex(outsideOf(frame, trust).digest)
    expect(wanted.get(digest) ?? toHex(frame.receipt)).toBe(toHex(frame.receipt))
    wanted.delete(digest)
  }
  expect(wanted.size).toBe(0)
  reader.close()
})

test("what was sealed shows nowhere in a gateway (M-CAR-15, I13)", async () => {
  const marker = "Canary of the North Quay"
  const departing = await unit(marker)
  const answers = [
    await depart(departing),
    await depart(departing.subarray(1)),
    await alder.exchange.call("/inner/v1/departures?to=x&lane=9", { body: Buffer.from(marker) }),
    await alder.exchange.putPeers([marker]),
    await alder.exchange.call("/inner/v1/taken", { body: Buffer.from(marker) }),
  ]
  expect(answers.map((it) => it.status)).toEqual([200, 400, 400, 400, 400])
  const peer = new Caller(birch.gateway.outerPort, alder.own.outerTls)
  answers.push(await peer.deliver(Buffer.from(marker)))
  peer.close()
  for (const node of [alder, birch]) {
    answers.push(await look(node, "/metrics"), await look(node, "/ready"))
  }
  const said = answers.map((it) => `${JSON.stringify(it.headers)}\n${it.body.toString("latin1")}`)
  const lines = [alder, birch].flatMap(({ gateway }) => [...gateway.diagnostics, ...gateway.output])
  expect(lines.length).toBeGreaterThan(4)
  for (const text of [...said, ...lines]) {
    for (const hidden of disguisesOf(marker)) expect(text).not.toContain(hidden)
  }
  const there = slicesOf(departing.subarray(-1200), 48)
  const found = foundIn(birch.database.folder, there)
  expect(found.length, "a search for what is there must find it").toBeGreaterThan(there.length / 2)
  for (const { database } of [alder, birch]) {
    expect(foundIn(database.folder, slicesOf(Buffer.from(marker), marker.length / 2))).toEqual([])
  }
})

/** The text as it is, and as it would look in the usual encodings. */
function disguisesOf(text: string): readonly string[] {
  const bytes = Buffer.from(text)
  return [text, bytes.toString("hex"), bytes.toString("base64").slice(0, -4), encodeURI(text)]
}

/**
 * Pieces of so many bytes each. A database cuts what it holds at the borders of its pages and
 * chunks: of a whole that is cut somewhere, all pieces but one lie in one place each.
 */
function slicesOf(bytes: Uint8Array, size: number): readonly Buffer[] {
  const count = Math.floor(bytes.length / size)
  return Array.from({ length: count }, (_, at) =>
    Buffer.from(bytes.subarray(at * size, (at + 1) * size)),
  )
}

/** Those pieces that occur in any file of a database, its write-ahead log included. */
function foundIn(folder: string, pieces: readonly Buffer[]): readonly Buffer[] {
  const found = new Set<Buffer>()
  for (const path of globSync(`${folder}/data/**`).filter((it) => statSync(it).isFile())) {
    const content = readFileSync(path)
    for (const piece of pieces) if (content.includes(piece)) found.add(piece)
  }
  return [...found]
}

test("no key of the configuration is in any diagnostic line (I13)", () => {
  for (const { own, gateway } of [alder, birch]) {
    const lines = [...gateway.diagnostics, ...gateway.output].join("\n")
    const config = configOf(own, "postgres://x")
    const secrets = [config.gatewayKey, config.outer.tls.privateKey.slice(40, 80)]
    for (const secret of secrets) expect(lines).not.toContain(secret)
    for (const line of gateway.diagnostics) {
      expect(Object.keys(JSON.parse(line) as object).slice(0, 3)).toEqual(["at", "level", "event"])
    }
  }
})

test("a peer that does not know our key answers us nothing that we could read", async () => {
  const put = async (entry: ReturnType<typeof peerEntry>) => {
    await birch.exchange.putPeers([entry])
  }
  const known = peerEntry(alder.own)
  await put({ ...known, gatewayKeys: [birch.own.gateway.verifying.publicKey] })
  const answer = await depart(await unit("one"))
  expect(answer.status).toBe(502)
  expect(JSON.parse(answer.body.toString())).toEqual({ code: "peer_refused" })
  await put(known)
  expect((await depart(await unit("two"))).status).toBe(200)
})

test("SIGTERM ends a gateway cleanly, with a stream still open", async () => {
  const stream = await birch.exchange.open("/inner/v1/arrivals?window=1", {})
  stream.resume()
  stream.on("error", () => undefined)
  expect(await birch.gateway.kill("SIGTERM")).toBe(0)
  await restart(birch)
})

test("a gateway whose launcher is gone ends by itself", async () => {
  const ended = once(birch.gateway.child, "exit")
  birch.gateway.leave()
  expect(await ended).toEqual([0, null])
  await restart(birch)
})
