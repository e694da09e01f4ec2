import { expect, test } from "vitest"

import {
  Departures,
  type Departed,
  type Digest,
  type ExchangeInput,
  type Lane,
  type OrgId,
  type OutboxItem,
} from "@tearline/core"

const peer = "b".repeat(32) as OrgId

function item(name: string, lane: Lane = 3): OutboxItem {
  const digest = name.padEnd(64, "0") as Digest
  return { id: name, peer, lane, digest, thread: null, unit: new Uint8Array(), createdAtMs: 0 }
}

/** Departures whose timers the test runs, and whose peer takes everything. */
function carriage(submit: (input: ExchangeInput) => Promise<unknown>, isAway = false) {
  const timers: { delayMs: number; run: () => void }[] = []
  const released: string[] = []
  const handed: string[] = []
  const fullAtClaim: (readonly OrgId[])[] = []
  const departures = new Departures({
    outbox: {
      claim: async (_limit, full) => {
        fullAtClaim.push(full)
        return []
      },
      release: async (ids) => void released.push(...ids),
      renewLease: async (ids) => ids,
      find: async () => undefined,
    },
    hand: async ({ id, digest }): Promise<Departed> => {
      handed.push(id)
      if (isAway) return { kind: "failed", code: "peer_unreachable" }
      return { kind: "custody", custody: { digest, by: peer, atMs: 0 }, receipt: new Uint8Array() }
    },
    submit,
    timers: {
      after(delayMs, run) {
        const timer = { delayMs, run }
        timers.push(timer)
        return () => void timers.splice(timers.indexOf(timer), 1)
      },
    },
    spread: () => 0.5,
  })
  return { departures, timers, released, handed, fullAtClaim }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
}

test("custody that cannot be noted for one thread holds up nothing else to that peer", async () => {
  const noted: string[] = []
  const { departures, released } = carriage(async (input) => {
    if (input.kind !== "custody-received") return
    if (input.item.id === "damaged") throw new Error("corrupt")
    noted.push(input.item.id)
  })
  departures.send(item("damaged", 0))
  for (const name of ["one", "two", "three"]) departures.send(item(name))
  await settle()
  expect(noted).toEqual(["one", "two", "three"])
  expect(released).toEqual(["damaged"])
  expect(departures.outstanding).toBe(1)
})

test("an exchange that holds nothing asks for no renewal", async () => {
  const { departures, timers } = carriage(async () => undefined)
  departures.start(0)
  await settle()
  const sweepOnly = timers.length
  departures.send(item("one"))
  await settle()
  expect(sweepOnly).toBe(1)
  expect(timers.filter((it) => it.delayMs === 10_000)).toEqual([])
})

test("what a carrier took is settled once by whatever comes back, however often and late", async () => {
  const waiting = item("waiting")
  const noted: string[] = []
  let isFull = true
  const rows = new Map([[waiting.id, waiting]])
  const departures = new Departures({
    outbox: {
      claim: async () => [],
      release: async () => undefined,
      renewLease: async (ids) => ids,
      find: async (id) => rows.get(id),
    },
    hand: async () => ({ kind: "waiting" }),
    async submit(input) {
      if (isFull) throw new Error("unavailable")
      if (input.kind !== "custody-received") return
      rows.delete(input.item.id)
      noted.push(input.item.id)
    },
    timers: { after: () => () => undefined },
    spread: () => 0.5,
  })
  departures.send(waiting)
  await settle()
  expect(departures.outstanding).toBe(1)
  const custody = { digest: waiting.digest, by: peer, atMs: 0 }
  const answer = { kind: "custody", custody, receipt: new Uint8Array() } as const
  expect(await departures.settle(waiting.id, answer)).toBe(false)
  isFull = false
  expect(await departures.settle(waiting.id, answer)).toBe(true)
  expect(await departures.settle(waiting.id, answer)).toBe(true)
  expect(noted).toEqual(["waiting"])
  expect(departures.outstanding).toBe(0)
})

test("of a peer that is away and has no room nothing but FLASH is claimed", async () => {
  const { departures, timers, fullAtClaim } = carriage(async () => undefined, true)
  departures.start(0)
  for (let at = 0; at < 256; at += 1) departures.send(item(`m${at}`))
  await settle()
  timers.find((it) => it.delayMs === 1_000)?.run()
  await settle()
  expect(fullAtClaim).toEqual([[], [peer]])
})
