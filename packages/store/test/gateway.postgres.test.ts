import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"

import { type StoreError } from "@tearline/store"
import { type GatewayStore, openGatewayStore } from "@tearline/store/gateway"

import { query, startTestServer, type TestServer } from "./database.ts"
import { birch, bytes, cedar, digest, held } from "./writes.ts"

let server: TestServer
let store: GatewayStore

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => {
  await server.stop()
})
beforeEach(async () => {
  store = await openGatewayStore(server.url("tl_gateway", await server.clone("tl_gateway")))
})
afterEach(async () => {
  await store.close()
})

const names = (arrivals: readonly { custody: Uint8Array }[]) =>
  arrivals.map((it) => Buffer.from(it.custody).toString())

test("what is held is given to the exchange as it was received", async () => {
  await store.commit([{ kind: "held", ...held("a") }])
  expect(await store.untaken(10)).toEqual([held("a")])
  expect(await store.custodyOf(digest("a"))).toEqual(bytes("custody a"))
  expect(await store.custodyOf(digest("b"))).toBeUndefined()
})

test("a retry gets the first receipt again (I3)", async () => {
  await store.commit([{ kind: "held", ...held("a") }])
  const again = held("a", { custody: bytes("second"), atMs: 9_000 })
  await store.commit([
    { kind: "held", ...again },
    { kind: "held", ...held("b") },
    { kind: "held", ...held("b", { custody: bytes("second") }) },
  ])
  expect(await store.custodyOf(digest("a"))).toEqual(bytes("custody a"))
  expect(names(await store.untaken(10)).toSorted()).toEqual(["custody a", "custody b"])
})

test("the most urgent goes first, the oldest first within a lane", async () => {
  const arrivals = [
    held("old routine", { lane: 3, atMs: 1 }),
    held("new flash", { lane: 0, atMs: 9 }),
    held("old flash", { lane: 0, atMs: 5 }),
    held("priority", { lane: 2, atMs: 2 }),
  ]
  await store.commit(arrivals.map((it) => ({ kind: "held", ...it })))
  expect(names(await store.untaken(3))).toEqual([
    "custody old flash",
    "custody new flash",
    "custody priority",
  ])
  const rest = await store.untaken(9, [digest("old flash"), digest("priority")])
  expect(names(rest)).toEqual(["custody new flash", "custody old routine"])
  expect(await store.counts()).toEqual({ untaken: [2, 0, 1, 1] })
})

test("what is taken is kept and not given again, also after a retry", async () => {
  await store.commit([{ kind: "held", ...held("a") }])
  await store.markTaken([digest("a"), digest("unknown")])
  await store.markTaken([digest("a")])
  await store.commit([{ kind: "held", ...held("a") }])
  expect(await store.untaken(10)).toEqual([])
  expect(await store.custodyOf(digest("a"))).toEqual(bytes("custody a"))
})

test("a refused arrival is recorded, known or not", async () => {
  const refused = { kind: "refused" as const, code: "foreign_slot", atMs: 1 }
  await store.commit([
    { ...refused, digest: digest("a"), sender: birch },
    { ...refused, digest: null, sender: null },
    { kind: "held", ...held("b") },
  ])
  expect(await store.untaken(10)).toHaveLength(1)
})

const peer = {
  org: birch,
  gatewayKeys: [bytes("key one"), bytes("key two")],
  pins: [digest("pin")],
  endpoint: "https://birch.example:8443",
  isFrozen: false,
  carrier: "https" as const,
}
const series = "01".repeat(16)
const later = "02".repeat(16)
const place = (number: number) => ({ series, number, over: null })
const superseded = (by: string) => ({ kind: "superseded", by })

test("the list of peers is replaced as a whole", async () => {
  await store.replacePeers(place(1), [peer, { ...peer, org: cedar, isFrozen: true }])
  expect(await store.peers()).toHaveLength(2)
  await store.replacePeers(place(2), [peer])
  expect(await store.peers()).toEqual([peer])
  await store.replacePeers(place(3), [])
  expect(await store.peers()).toEqual([])
})

test("of lists that come at once and in any order the newest stays, M-CAR-19", async () => {
  const numbers = [3, 1, 6, 2, 5, 4]
  await Promise.all(
    numbers.map(async (number) => {
      const pins = [digest(`pin ${number}`)]
      return await store.replacePeers(place(number), [{ ...peer, pins }])
    }),
  )
  expect(await store.peers()).toEqual([{ ...peer, pins: [digest("pin 6")] }])
})

test("a list of another series is taken only over the one that is held, M-CAR-19", async () => {
  const frozen = { ...peer, isFrozen: true }
  await store.replacePeers(place(7), [peer])
  const blind = { series: later, number: 1, over: null }
  expect(await store.replacePeers(blind, [frozen])).toEqual(superseded(series))
  expect(await store.peers()).toEqual([peer])
  expect(await store.replacePeers({ ...blind, over: series }, [frozen])).toEqual({ kind: "taken" })
  expect(await store.replacePeers(place(8), [peer])).toEqual(superseded(later))
  expect(await store.peers()).toEqual([frozen])
})

test("a connection that the server ended costs at most one call", async () => {
  await store.untaken(1)
  await query(server.url("tl_admin", "postgres"), [
    "select pg_terminate_backend(pid, 10000) from pg_stat_activity where usename = 'tl_gateway'",
  ])
  const next = await store.untaken(1).then(
    () => "good",
    (error: unknown) => (error as StoreError).code,
  )
  expect(["good", "unavailable"]).toContain(next)
  expect(await store.untaken(1)).toEqual([])
})

test("a database that is not there is unavailable", async () => {
  const gone = openGatewayStore("postgresql://tl_gateway:x@/tl_gateway?host=%2Fnowhere&port=5432")
  await expect(gone).rejects.toMatchObject({ name: "StoreError", code: "unavailable" })
})

test("a wrong password is told without it", async () => {
  const url = server.url("tl_gateway", "tl_gateway").replace(/:[^:@/]+@/, ":not-the-one@")
  const error = await openGatewayStore(url).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ code: "forbidden", sqlState: "28P01" })
  expect(String(error)).not.toContain("not-the-one")
})

test("the latest time that was written is known, of what was held and of what was refused", async () => {
  expect(await store.latestMs()).toBe(0)
  await store.commit([{ kind: "held", ...held("a", { atMs: 5_000 }) }])
  expect(await store.latestMs()).toBe(5_000)
  const refused = { digest: digest("b"), sender: cedar, code: "unknown_lane", atMs: 7_000 }
  await store.commit([{ kind: "refused", ...refused }])
  expect(await store.latestMs()).toBe(7_000)
})

test("a connection that ends in the middle of a statement costs the statement, not the process", async () => {
  const ours = "application_name like 'tearline gateway%'"
  const state = { isGone: false }
  const gone = query(server.url("tl_admin", "postgres"), [
    "select pg_sleep(0.2)",
    `select pg_terminate_backend(pid) from pg_stat_activity where ${ours}`,
  ]).then(() => (state.isGone = true))
  const failed: string[] = []
  for (let round = 0; !state.isGone; round += 1) {
    const writes = Array.from({ length: 8 }, (_, at) => held(`${round}-${at}`))
    const commits = writes.map((it) => store.commit([{ kind: "held", ...it }]))
    for (const it of await Promise.allSettled(commits)) {
      if (it.status === "rejected") failed.push((it.reason as StoreError).code)
    }
  }
  await gone
  expect(failed.filter((code) => code !== "unavailable")).toEqual([])
  await expect.poll(() => store.custodyOf(digest("none")).catch(() => "away")).toBeUndefined()
})
