/** Four steps, each with its own signer: custody, unsealed, read, refused. */

import { describe, expect, test } from "vitest"

import {
  gatewayMachine,
  startHost,
  type Digest,
  type GatewayJournal,
  type GatewayWrite,
  type UnitCheck,
} from "@tearline/core"

import { actContent } from "./fixtures/acts.ts"
import { forged, takenOff } from "./fixtures/forged.ts"
import { readUnit } from "./fixtures/suite.ts"
import { createWorld, orgIdOf, type World } from "./fixtures/world.ts"

const digest = "d".repeat(64) as Digest
const sender = orgIdOf("alder")
const good: UnitCheck = { kind: "good", unit: { digest, sender, lane: 0 } }
const bytes = (text: string) => new TextEncoder().encode(text)

/** A gateway whose every check comes to `check`, over a journal of plain maps. */
function gateway(check: UnitCheck) {
  const state = { nowMs: 1_000, diskIsFull: false, held: 0 }
  const custody = new Map<Digest, Uint8Array>()
  const rows: GatewayWrite[] = []
  const journal: GatewayJournal = {
    custodyOf: async (id) => custody.get(id),
    async commit(writes) {
      if (state.diskIsFull) throw new Error("unavailable")
      rows.push(...writes)
      for (const it of writes) if (it.kind === "held") custody.set(it.digest, it.custody)
    },
  }
  const machine = gatewayMachine({
    suite: {
      check: () => check,
      custody: (_, atMs) => bytes(`custody at ${atMs}`),
      refusal: ({ code }, atMs) => bytes(`refused ${code} at ${atMs}`),
    },
    journal,
    clock: { nowMs: () => state.nowMs },
    onHeld: () => (state.held += 1),
  })
  const host = startHost(machine)
  return { state, rows, receive: () => host.submit({ unit: bytes("unit") }, 0) }
}

describe("custody", () => {
  test("M-RCP-1: nobody is told of custody that is not durable (I2)", async () => {
    const { state, receive } = gateway(good)
    state.diskIsFull = true
    await expect(receive()).rejects.toThrow("unavailable")
    expect(state.held).toBe(0)
    state.diskIsFull = false
    expect(await receive()).toEqual({ kind: "custody", receipt: bytes("custody at 1000") })
    expect(state.held).toBe(1)
  })

  test("M-RCP-2: whoever asks again, at once or later, gets the first receipt", async () => {
    const { state, rows, receive } = gateway(good)
    const together = await Promise.all([receive(), receive()])
    state.nowMs = 99_000
    const all = [...together, await receive()]
    const first = { kind: "custody", receipt: bytes("custody at 1000") }
    expect(all).toEqual([first, first, first])
    expect([rows.length, state.held]).toEqual([1, 1])
  })

  test("M-RCP-3: a refusal is signed and recorded only for a peer whose signature held (I9)", async () => {
    const bad = { kind: "bad", code: "foreign_slot", digest, sender } as const
    const known = gateway({ ...bad, signed: true })
    expect(await known.receive()).toEqual({
      kind: "refused",
      code: "foreign_slot",
      refusal: bytes("refused foreign_slot at 1000"),
    })
    expect(known.rows).toHaveLength(1)
    const stranger = gateway({ ...bad, signed: false })
    expect(await stranger.receive()).toMatchObject({ kind: "refused", refusal: null })
    expect(stranger.rows).toEqual([])
  })
})

const saidBy = (world: World) => world.road.map((it) => readUnit(it.item.unit).statement)

test("a receipt for another envelope ends nothing", async () => {
  const world = createWorld()
  const thread = await world.warn("alder", "birch")
  const { item } = takenOff(world.road)
  const { host, journal } = world.of("alder")
  const foreign = "f".repeat(64) as typeof item.digest
  const custody = { digest: foreign, by: item.peer, atMs: world.nowMs }
  const receipt = new TextEncoder().encode("a receipt")
  const input = { kind: "custody-received", item, custody, receipt } as const
  const answer = await host.submit(input, item.lane)
  expect(answer).toEqual({ kind: "refused", code: "foreign_receipt" })
  expect((await journal.thread(thread))?.thread.custody).toEqual([])
})

describe("unsealed and read", () => {
  test("M-RCP-4: the exchange answers a warning at once with unsealed, and never with read", async () => {
    const world = createWorld()
    await world.warn("alder", "birch")
    const warning = takenOff(world.road)
    await world.deliver(warning)
    const of = readUnit(warning.item.unit).id
    expect(saidBy(world)).toMatchObject([
      { kind: "receipt", answers: [of], content: { step: "unsealed", of } },
    ])
  })

  test("M-RCP-4: a receipt is not receipted, nor is an acceptance", async () => {
    const world = createWorld()
    const thread = await world.warn("alder", "birch")
    await world.deliverAll()
    for (const name of ["read", "accept"]) {
      const { act, content } = actContent(name)
      await world.act("birch", thread, act, { content })
      await world.deliver(takenOff(world.road))
    }
    expect(world.road).toEqual([])
  })

  test("M-RCP-5: a person gives the receipt read, in a role, and no other receipt", async () => {
    const world = createWorld()
    const thread = await world.warn("alder", "birch")
    await world.deliverAll()
    const give = (content: Record<string, unknown>) =>
      world.act("birch", thread, "receipt", { content })
    await expect(give({ step: "unsealed" })).rejects.toMatchObject({ code: "not_entitled" })
    await expect(give({ step: "read" })).rejects.toMatchObject({ code: "malformed_content" })
    await give({ step: "read", role: "duty-officer" })
    expect(saidBy(world)).toMatchObject([{ content: { step: "read", role: "duty-officer" } }])
  })

  test("M-RCP-5: neither custody nor unsealed counts as read", async () => {
    const world = createWorld()
    await world.warn("alder", "birch")
    await world.deliverAll()
    const owed = [...world.of("alder").journal.obligations.values()]
    const ended = (rule: string) => owed.filter((it) => it.rule === rule).map((it) => it.end?.kind)
    expect(ended("unsealed")).toEqual(["discharged"])
    expect(ended("read")).toEqual([undefined])
  })
})

describe("refused", () => {
  test("M-RCP-6: whatever the reason, the peer hears cannot_open and home records the code (I9)", async () => {
    const changes = [
      { statement: { status: "exercise" as const } },
      { statement: { content: {} } },
      { statement: { author: orgIdOf("cedar") } },
      { part: { number: 0 } },
    ]
    for (const change of changes) {
      const world = createWorld()
      await world.warn("alder", "birch")
      const poison = forged(takenOff(world.road), change)
      await world.deliver(poison)
      const envelope = poison.item.digest
      const said = saidBy(world).map((it) => it.content)
      expect(said).toEqual([{ step: "refused", envelope, code: "cannot_open" }])
      const code = world.of("birch").journal.arrivals.get(envelope)?.code
      expect(code).toMatch(/^(malformed_(content|part)|author_mismatch|wrong_thread)$/)
    }
  })

  test("M-RCP-7: a refusal reaches the thread with whoever refused, of several addressees", async () => {
    const world = createWorld()
    const [birch, cedar] = [world.of("birch"), world.of("cedar")]
    const addressees = [{ org: cedar.org }, { org: birch.org }]
    await world.warn("alder", "birch", { addressees })
    const units = world.road.splice(0)
    const toCedar = units.find((it) => it.item.peer === cedar.org)
    if (toCedar === undefined) throw new Error("nothing is under way to cedar")
    const { digest: envelope } = toCedar.item
    const refuse = { step: "refused", envelope, code: "cannot_open" }
    // A heartbeat of cedar's, made to say what its exchange says of an envelope that it cannot open.
    await world.tick("cedar", "alder")
    world.nowMs += 3_600_000
    await world.tick("cedar", "alder")
    const beat = takenOff(world.road)
    await world.deliver(forged(beat, { statement: { kind: "receipt", content: refuse } }))
    const mends = [...world.of("alder").journal.obligations.entries()].filter(
      ([, it]) => it.rule === "mend",
    )
    const thread = toCedar.item.thread
    expect(mends.map(([key]) => key.split("/")[0])).toEqual([thread])
  })

  test("M-RCP-7: nobody lapses what they said themselves by saying that they refused it", async () => {
    const world = createWorld()
    const thread = await world.warn("alder", "birch")
    const warning = takenOff(world.road)
    await world.deliver(warning)
    world.nowMs += 3_600_000
    await world.tick("alder", "birch")
    const beat = world.road.find((it) => readUnit(it.item.unit).statement.kind === "heartbeat")
    if (beat === undefined) throw new Error("no heartbeat is under way")
    const content = { step: "refused", envelope: warning.item.digest, code: "cannot_open" }
    await world.deliver(forged(beat, { statement: { kind: "receipt", content } }))
    const held = await world.of("birch").journal.thread(thread)
    expect(held?.thread.refusals).toEqual([])
  })
})
