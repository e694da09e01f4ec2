/** A node brought back from a backup, and what its peers give back. */

import fc from "fast-check"
import { describe, expect, test } from "vitest"

import { laneOf, type ExchangeInput, type Returned, type ThreadId } from "@tearline/core"

import { actContent } from "./fixtures/acts.ts"
import { forged, takenOff } from "./fixtures/forged.ts"
import { readUnit, restoreStatement } from "./fixtures/suite.ts"
import { createWorld, type World } from "./fixtures/world.ts"

const pair = ["alder", "birch"] as const

function other(name: string): string {
  return name === "alder" ? "birch" : "alder"
}

/** The node is started on what its backup holds, under a new epoch. */
async function restore(world: World, name: string, back: () => void, epoch: number) {
  back()
  const node = world.of(name)
  node.restart()
  const peers = pair.filter((it) => it !== name).map((it) => world.of(it).org)
  const statement = restoreStatement(node.org, epoch)
  const input: ExchangeInput = { kind: "reopened", epoch, statement, peers }
  return await node.host.submit(input, laneOf(input))
}

/** Delivers until nothing is under way, giving back included. */
async function settle(world: World): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await world.deliverAll()
    for (const name of pair) await world.tick(name, other(name), Number.MAX_SAFE_INTEGER)
    await world.of("alder").host.submit({ kind: "ticked", links: [] }, 3)
  }
  await world.deliverAll()
}

function headsOf(world: World, name: string): Record<string, string> {
  const heads = [...world.of(name).journal.heads]
  return Object.fromEntries(heads.map(([id, it]) => [id, it.viewHash]))
}

async function act(world: World, name: string, thread: ThreadId, what: string) {
  const { act: kind, content } = actContent(what)
  await world.act(name, thread, kind, { content })
}

const acts = ["read", "accept", "read-back", "action", "reach", "thanks"]

/** A warning that went through some of its loop, either way round. */
async function talk(world: World, from: string, count: number): Promise<ThreadId> {
  const thread = await world.warn(from, other(from))
  await world.deliverAll()
  for (const it of acts.slice(0, count)) await act(world, other(from), thread, it)
  await world.deliverAll()
  return thread
}

async function linkOf(world: World, name: string) {
  const stored = await world.of(name).journal.link(world.of(other(name)).org)
  if (stored === undefined) throw new Error(`${name} has no link`)
  return stored.link
}

describe("M-LNK-14: after a restore", () => {
  const warning = fc.record({ from: fc.constantFrom(...pair), acts: fc.nat({ max: acts.length }) })
  const lost = fc.record({
    name: fc.constantFrom(...pair),
    before: fc.array(warning, { maxLength: 3 }),
    since: fc.array(warning, { maxLength: 8 }),
  })

  test("of any length, of one or of both, both sides are equal again, and nobody retypes (I12)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(lost, { minLength: 1, maxLength: 3 }), async (restores) => {
        const world = createWorld()
        let epoch = 1
        for (const { name, before, since } of restores) {
          for (const it of before) await talk(world, it.from, it.acts)
          const back = world.of(name).journal.backUp()
          for (const it of since) await talk(world, it.from, it.acts)
          const whole = headsOf(world, name)
          await restore(world, name, back, (epoch += 1))
          await settle(world)
          expect(headsOf(world, name)).toEqual(whole)
          expect(headsOf(world, other(name))).toEqual(whole)
          const link = await linkOf(world, name)
          expect(link.awaited).toBeUndefined()
        }
      }),
      { numRuns: 15 },
    )
  })

  test("what was said since, and what is under way, comes to stand beside it", async () => {
    const world = createWorld()
    const first = await talk(world, "birch", 1)
    const back = world.of("alder").journal.backUp()
    await act(world, "alder", first, "accept")
    const late = takenOff(world.road)
    const second = await talk(world, "alder", 3)
    await restore(world, "alder", back, 2)
    await act(world, "alder", first, "action")
    await settle(world)
    // A relay had held it back until now: nobody but the peer has it.
    await world.deliver(late)
    await settle(world)
    expect(headsOf(world, "alder")).toEqual(headsOf(world, "birch"))
    expect(Object.keys(headsOf(world, "alder")).toSorted()).toEqual([first, second].toSorted())
    const held = await world.of("alder").journal.thread(first)
    const kinds = held?.thread.messages.map((it) => it.statement.kind)
    expect(kinds).toEqual(expect.arrayContaining(["acceptance", "action"]))
  })

  test("what was durable and reported as failed is shown when its page comes again (I3)", async () => {
    const world = createWorld()
    await talk(world, "birch", 0)
    const back = world.of("alder").journal.backUp()
    const thread = await talk(world, "birch", 1)
    await restore(world, "alder", back, 2)
    const { journal, shown } = world.of("alder")
    await world.deliver(takenOff(world.road))
    await world.of("birch").host.submit({ kind: "ticked", links: [] }, 3)
    const page = takenOff(world.road)
    expect(readUnit(page.item.unit).statement.kind).toBe("returned")
    shown.length = 0
    journal.commits.losesNextAnswer = true
    await expect(world.deliver(page)).rejects.toThrow("unavailable")
    expect(shown).toEqual([])
    await world.deliver(page)
    expect(new Set(shown)).toEqual(new Set([thread]))
  })

  test("an envelope whose custody receipt was still under way is given back too", async () => {
    const world = createWorld()
    const back = world.of("birch").journal.backUp()
    await world.warn("alder", "birch")
    const { item, from } = takenOff(world.road)
    await world.deliver({ from, item: { ...item } })
    world.road.length = 0
    // The sender has noted custody; a second copy of the receipt changes nothing.
    await restore(world, "birch", back, 2)
    await settle(world)
    expect(headsOf(world, "birch")).toEqual(headsOf(world, "alder"))
  })
})

test("M-LNK-13: the most urgent lane is given back first, at most 16 messages at a time", async () => {
  const world = createWorld()
  const back = world.of("birch").journal.backUp()
  for (let count = 0; count < 20; count += 1) {
    await world.warn("alder", "birch", { precedence: "IMMEDIATE" })
  }
  await world.warn("alder", "birch", { precedence: "FLASH" })
  await world.deliverAll()
  await restore(world, "birch", back, 2)
  await settle(world)
  const said = [...world.of("alder").journal.messages.values()].filter(
    ({ message }) => message.statement.kind === "returned",
  )
  const pages = said.map(({ message: { statement } }) => {
    const { items } = statement.content as unknown as Returned
    return { precedence: statement.precedence, items: items.length }
  })
  const full = pages.filter((it) => it.items > 0)
  expect(full[0]).toEqual({ precedence: "FLASH", items: 2 })
  // Of the IMMEDIATE lane 20 warnings, and what birch said of them: 16 at a time.
  expect(full.slice(1, 4).map((it) => it.items)).toEqual([16, 16, 8])
})

test("M-LNK-12: nothing is given back without the offline root's word, nor for an old one", async () => {
  const cases = [
    { epoch: 2, change: { statement: "AAAA" } },
    {
      epoch: 2,
      change: { statement: restoreStatement(createWorld().of("alder").org, 3).toBase64() },
    },
  ]
  for (const { epoch, change } of cases) {
    const world = createWorld()
    await talk(world, "alder", 3)
    await restore(world, "alder", world.of("alder").journal.backUp(), epoch)
    const unit = takenOff(world.road)
    const { content } = readUnit(unit.item.unit).statement
    const strange = forged(unit, { statement: { content: { ...content, ...change } } })
    await world.deliver(strange).catch(() => undefined)
    const sent = world.road.map((it) => readUnit(it.item.unit).statement.kind)
    expect(sent).not.toContain("returned")
  }
})

test("M-LNK-12: a restore that is shown again gives nothing back again", async () => {
  const world = createWorld()
  await talk(world, "alder", 3)
  await restore(world, "alder", world.of("alder").journal.backUp(), 2)
  const unit = takenOff(world.road)
  await world.deliver(unit)
  await settle(world)
  const again = forged(unit, { part: { number: 99 } })
  await world.deliver(again)
  const arrival = world.of("birch").journal.arrivals.get(again.item.digest)
  expect(arrival?.code).toBe("stale_restore")
})

test("M-LNK-15: returned junk costs itself alone, and is recorded", async () => {
  const world = createWorld()
  const back = world.of("birch").journal.backUp()
  const threads = [await talk(world, "alder", 0), await talk(world, "alder", 0)]
  await restore(world, "birch", back, 2)
  await world.deliver(takenOff(world.road))
  await Promise.resolve()
  while (world.road.every((it) => readUnit(it.item.unit).statement.kind !== "returned")) {
    await world.tick("alder", "birch", Number.MAX_SAFE_INTEGER)
  }
  const page = takenOff(world.road)
  const content = readUnit(page.item.unit).statement.content as unknown as Returned
  const [first, ...rest] = content.items
  if (first === undefined) throw new Error("nothing is given back")
  const junk = { ...first, opening: "AAAA" }
  await world.deliver(
    forged(page, { statement: { content: { ...content, items: [junk, ...rest] } } }),
  )
  const { refusals } = world.of("birch").journal
  expect(refusals.map((it) => it.refusal)).toEqual([
    expect.objectContaining({ digest: first.digest, code: "bad_signature" }),
  ])
  const held = await Promise.all(threads.map((it) => world.of("birch").journal.thread(it)))
  const isWarned = held.map((it) =>
    it?.thread.messages.some(({ statement }) => statement.kind === "warning"),
  )
  expect(isWarned).toEqual([false, true])
})

test("M-LNK-14: what a peer gives back and loses itself meanwhile comes back to it", async () => {
  const world = createWorld()
  await talk(world, "alder", 2)
  await settle(world)
  const backs = pair.map((name) => world.of(name).journal.backUp())
  const warned = await world.warn("alder", "birch")
  const onTheRoad = world.road.splice(0)
  await restore(world, "alder", () => backs[0]?.(), 2)
  await settle(world)
  for (const it of onTheRoad) await world.deliver(it)
  const late = world.road.splice(0)
  await restore(world, "birch", () => backs[1]?.(), 2)
  await settle(world)
  for (const it of late) await world.deliver(it)
  await settle(world)
  expect(headsOf(world, "birch")).toHaveProperty(warned)
  expect(headsOf(world, "birch")).toEqual(headsOf(world, "alder"))
})

test("M-LNK-15: what a peer gave back as answered, and then lost with the answer, is answered anew", async () => {
  const world = createWorld()
  await talk(world, "alder", 0)
  await settle(world)
  const backs = pair.map((name) => world.of(name).journal.backUp())
  const warned = await talk(world, "alder", 0)
  // More than a page holds: what was said to them is in the next.
  for (let more = 0; more < 16; more += 1) await talk(world, "alder", 0)
  await restore(world, "birch", () => backs[1]?.(), 2)
  for (let round = 0; headsOf(world, "birch")[warned] === undefined; round += 1) {
    expect(round).toBeLessThan(100)
    const next = world.road.shift()
    if (next !== undefined) await world.deliver(next)
    await world.of("alder").host.submit({ kind: "ticked", links: [] }, 3)
  }
  world.road.length = 0
  await restore(world, "alder", () => backs[0]?.(), 2)
  await settle(world)
  expect(headsOf(world, "birch")).toHaveProperty(warned)
  expect(headsOf(world, "alder")).toEqual(headsOf(world, "birch"))
  const held = await world.of("birch").journal.thread(warned)
  const steps = held?.thread.messages.map((it) => it.statement.content["step"])
  expect(steps?.filter((it) => it === "unsealed")).toHaveLength(1)
  expect((await linkOf(world, "birch")).claimed).toBeUndefined()
})

test("M-LNK-15: what nobody asked for is not taken as returned", async () => {
  const world = createWorld()
  await talk(world, "alder", 1)
  await world.warn("alder", "birch")
  const content = { epoch: 2, page: 1, isLast: true, items: [], passed: [] }
  const strange = forged(takenOff(world.road), {
    statement: { kind: "returned", content },
    part: { subject: null },
  })
  await world.deliver(strange)
  expect(world.of("birch").journal.arrivals.get(strange.item.digest)?.code).toBe("unasked_return")
})

async function rolledBack() {
  const world = createWorld()
  await talk(world, "alder", 2)
  const back = world.of("alder").journal.backUp()
  await talk(world, "alder", 2)
  back()
  world.of("alder").restart()
  const warned = await world.warn("birch", "alder")
  await world.deliverAll()
  return { world, warned }
}

describe("M-LNK-16: a database that was brought back without a new epoch", () => {
  test("is found out by what the peer holds: nothing is sealed on that link, and people are told", async () => {
    const { world, warned } = await rolledBack()
    const link = await linkOf(world, "alder")
    expect(link.rolledBack?.unanswered.map((it) => it.thread)).toEqual([warned])
    expect(world.of("alder").journal.heads.has(warned)).toBe(true)
    await expect(act(world, "alder", warned, "read")).rejects.toMatchObject({
      code: "restored_without_epoch",
    })
    await world.tick("alder", "birch", 0)
    expect(world.road).toEqual([])
  })

  test("is found out too where it is from before an earlier restore, and nothing of its epoch is missing", async () => {
    const world = createWorld()
    await talk(world, "alder", 2)
    await settle(world)
    const back = world.of("alder").journal.backUp()
    await restore(world, "alder", () => undefined, 2)
    await settle(world)
    await talk(world, "alder", 2)
    await settle(world)
    const whole = headsOf(world, "birch")
    back()
    world.of("alder").restart()
    await world.tick("birch", "alder", 0)
    await world.deliverAll()
    // It knows of the later epoch: whoever authorises the next has to see that the clock is right.
    expect((await linkOf(world, "alder")).rolledBack?.laterEpoch).toBe(2)
    await restore(world, "alder", () => undefined, 3)
    await settle(world)
    expect(headsOf(world, "alder")).toEqual(whole)
  })

  test("is whole again once the root has authorised one; what was owed meanwhile is said", async () => {
    const { world, warned } = await rolledBack()
    await restore(world, "alder", () => undefined, 2)
    await settle(world)
    await act(world, "alder", warned, "read")
    await settle(world)
    expect(headsOf(world, "alder")).toEqual(headsOf(world, "birch"))
    const held = await world.of("birch").journal.thread(warned)
    const steps = held?.thread.messages.map((it) => it.statement.content["step"])
    expect(steps).toEqual(expect.arrayContaining(["unsealed", "read"]))
  })
})

test("M-LNK-15: a damaged thread whose answer is to be given anew keeps no heartbeat nor other answer", async () => {
  const world = createWorld()
  const alder = world.of("alder")
  const { journal } = alder
  const one = await world.warn("birch", "alder")
  const two = await world.warn("birch", "alder")
  await world.deliverAll()
  const stored = await journal.link(world.of("birch").org)
  const load = journal.thread.bind(journal)
  const threads = await Promise.all([one, two].map(load))
  const claimed = threads.flatMap((it) => {
    const [warning] = it?.thread.messages ?? []
    return it === undefined || warning === undefined
      ? []
      : [{ thread: it.thread.id, message: warning.id }]
  })
  if (stored === undefined || claimed.length < 2) throw new Error("no warning has come")
  const { version } = stored
  const link = { ...stored.link, claimed }
  await journal.commit([{ kind: "link", link, expectedVersion: version, version: version + 1 }])
  // The answer to either is lost, and one of the threads cannot be read.
  Object.assign(journal, {
    thread: async (id: ThreadId) => {
      if (id === one) throw Object.assign(new Error("a row is damaged"), { code: "corrupt" })
      const held = await load(id)
      const messages = held?.thread.messages.filter((it) => it.statement.kind === "warning")
      return held && { ...held, thread: { ...held.thread, messages } }
    },
  })
  alder.restart()
  for (let round = 0; round < 3; round += 1) await world.tick("alder", "birch", 0)
  const said = world.road.map(({ item }) => readUnit(item.unit).statement)
  expect(said.filter((it) => it.kind === "heartbeat")).not.toEqual([])
  const answered = said.filter((it) => it.kind === "receipt").map((it) => it.content["of"])
  expect(answered).toEqual([claimed[1]?.message])
  expect((await linkOf(world, "alder")).claimed).toEqual([claimed[0]])
})
