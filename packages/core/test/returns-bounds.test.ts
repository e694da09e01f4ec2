/** What giving back may cost, whoever asks for it, and whatever is given back. */

import { describe, expect, test } from "vitest"

import {
  alarmsOf,
  builtInPolicy,
  laneOf,
  type ExchangeInput,
  type Link,
  type Returned,
} from "@tearline/core"

import { forged, takenOff } from "./fixtures/forged.ts"
import { readUnit, restoreStatement } from "./fixtures/suite.ts"
import { warningContent } from "./fixtures/warning.ts"
import { createWorld, type OnTheRoad, type World, type WorldOptions } from "./fixtures/world.ts"

const minuteMs = 60_000
const never = Number.MAX_SAFE_INTEGER

const kindOf = ({ item }: OnTheRoad) => readUnit(item.unit).statement.kind
const contentOf = ({ item }: OnTheRoad) =>
  readUnit(item.unit).statement.content as unknown as Returned
const pagesOn = (road: readonly OnTheRoad[]) => road.filter((it) => kindOf(it) === "returned")

async function reopened(world: World, epoch: number): Promise<void> {
  const alder = world.of("alder")
  const statement = restoreStatement(alder.org, epoch)
  const input: ExchangeInput = {
    kind: "reopened",
    epoch,
    statement,
    peers: [world.of("birch").org],
  }
  await alder.host.submit(input, laneOf(input))
}

/** Until nothing more is said by itself. */
async function given(world: World): Promise<void> {
  let before = -1
  while (world.road.length !== before) {
    before = world.road.length
    for (let turn = 0; turn < 20; turn += 1) await world.tick("birch", "alder", never)
  }
}

async function linkOf(world: World, name: string, peer: string): Promise<Link> {
  const stored = await world.of(name).journal.link(world.of(peer).org)
  if (stored === undefined) throw new Error(`${name} has no link to ${peer}`)
  return stored.link
}

/** Alder has warned Birch so often, and has forgotten it; Birch is about to hear so. */
async function forgotten(warnings: number, options: WorldOptions = {}): Promise<World> {
  const world = createWorld(options)
  const back = world.of("alder").journal.backUp()
  for (let count = 0; count < warnings; count += 1) await world.warn("alder", "birch")
  await world.deliverAll()
  back()
  world.of("alder").restart()
  await reopened(world, 2)
  return world
}

describe("M-LNK-17: a peer that is restored", () => {
  test("is given the next page only while it takes custody of those before", async () => {
    // Each comes with its receipt: sixteen warnings are two pages.
    const world = await forgotten(16 * 10)
    await world.deliver(takenOff(world.road))
    await given(world)
    const first = pagesOn(world.road)
    expect(first).toHaveLength(16)
    for (const it of first.slice(0, 3)) await world.deliver(it)
    world.road.splice(0, world.road.length, ...world.road.filter((it) => !first.includes(it)))
    await given(world)
    expect(pagesOn(world.road)).toHaveLength(3)
    for (const it of first.slice(3)) await world.deliver(it)
    await world.deliverAll()
    await given(world)
    await world.deliverAll()
    expect(world.of("alder").journal.heads.size).toBe(160)
    expect((await linkOf(world, "alder", "birch")).awaited).toBeUndefined()
    expect((await linkOf(world, "birch", "alder")).peerRestore?.inHand).toEqual([])
  })

  test("by file is given more at once: a stick takes days", async () => {
    const world = await forgotten(16 * 10, { withinMs: 7 * 24 * 60 * minuteMs })
    await world.deliver(takenOff(world.road))
    await given(world)
    // Of three hundred and twenty messages, and of the numbers in the last lane, the last page.
    expect(pagesOn(world.road)).toHaveLength(21)
    expect(contentOf(pagesOn(world.road).at(-1) as OnTheRoad).isLast).toBe(true)
  })

  test("again and again is answered four times in an hour; then it waits, and loses nothing", async () => {
    const world = await forgotten(1)
    const back = world.of("alder").journal.backUp()
    for (let epoch = 3; epoch < 20; epoch += 1) {
      await world.deliverAll()
      await given(world)
      back()
      world.of("alder").restart()
      await reopened(world, epoch)
      world.nowMs += minuteMs
    }
    await world.deliverAll()
    await given(world)
    await world.deliverAll()
    const said = [...world.of("birch").journal.messages.values()].filter(
      ({ message: { statement } }) => {
        const { items = [] } = statement.content as unknown as Partial<Returned>
        return statement.kind === "returned" && items.length > 0
      },
    )
    expect(said).toHaveLength(4)
    expect((await linkOf(world, "birch", "alder")).peerRestore?.notBeforeMs).toBeDefined()
    const told = await linkOf(world, "birch", "alder")
    const terms = { own: world.of("birch").org, intervalMs: never, policy: builtInPolicy }
    const watched = { isClockSuspect: false, storage: [], threads: [] }
    const alarms = () => alarmsOf({ ...watched, links: [{ link: told, terms }] }, world.nowMs)
    const peer = world.of("alder").org
    expect(alarms()).toContainEqual(expect.objectContaining({ kind: "restored-too-often", peer }))
    // A new warning does not wait.
    const thread = await world.warn("birch", "alder")
    await world.deliverAll()
    expect(world.of("alder").journal.heads.has(thread)).toBe(true)
    world.nowMs += 60 * minuteMs
    expect(alarms()).toEqual([])
    await given(world)
    await world.deliverAll()
    expect(world.of("alder").journal.heads.size).toBe(2)
    expect((await linkOf(world, "alder", "birch")).awaited).toBeUndefined()
  })

  test("many times before it was heard at all is answered at once, the newest", async () => {
    const world = await forgotten(1)
    const restored = [takenOff(world.road)]
    // Birch is down all the while: what Alder says waits at its gateway.
    for (let epoch = 3; epoch < 10; epoch += 1) {
      await reopened(world, epoch)
      restored.push(takenOff(world.road))
    }
    await Promise.all(restored.map((it) => world.deliver(it)))
    const { peerRestore } = await linkOf(world, "birch", "alder")
    expect(peerRestore?.epoch).toBe(9)
    expect(peerRestore?.notBeforeMs).toBeUndefined()
    await given(world)
    await world.deliverAll()
    expect(world.of("alder").journal.heads.size).toBe(1)
    expect((await linkOf(world, "alder", "birch")).awaited).toBeUndefined()
  })

  test("leaves no second copy of the past here: of a page only its place is kept", async () => {
    const world = await forgotten(3)
    await world.deliverAll()
    await given(world)
    const ours = [...world.of("birch").journal.messages.values()].filter(
      (it) => it.message.statement.kind === "returned" && it.direction === "out",
    )
    expect(ours.length).toBeGreaterThan(0)
    expect(ours.map((it) => it.signed.length)).toEqual(ours.map(() => 0))
    // Their numbers are told all the same when it is restored once more: no gap stays.
    await reopened(world, 3)
    await world.deliverAll()
    await given(world)
    await world.deliverAll()
    const { held } = await linkOf(world, "alder", "birch")
    expect(held.flatMap((it) => it.beyond)).toEqual([])
  })
})

/** Alder has been given everything back; what Birch said for it. */
async function whole(): Promise<{ world: World; pages: readonly OnTheRoad[] }> {
  const world = await forgotten(3)
  await world.deliver(takenOff(world.road))
  await given(world)
  const pages = pagesOn(world.road)
  await world.deliverAll()
  await given(world)
  await world.deliverAll()
  expect((await linkOf(world, "alder", "birch")).awaited).toBeUndefined()
  return { world, pages }
}

/** As Birch might say it next: what came in so is taken in once only. */
async function codeOf(world: World, page: OnTheRoad, change: Partial<Returned>, part = {}) {
  const content = { ...contentOf(page), ...change }
  const made = forged(page, { statement: { content: { ...content } }, part })
  await world.deliver(made)
  return world.of("alder").journal.arrivals.get(made.item.digest)?.code
}

function withItems(pages: readonly OnTheRoad[]): OnTheRoad {
  const page = pages.find((it) => contentOf(it).items.length > 1)
  if (page === undefined) throw new Error("nothing is given back")
  return page
}

describe("M-LNK-18: once everything has been given back", () => {
  test("neither a page that was, nor one behind the last, is looked at", async () => {
    const { world, pages } = await whole()
    const page = withItems(pages)
    const last = Math.max(...pages.map((it) => contentOf(it).page ?? 0))
    for (const number of [1, last, last + 1, 1_000_000]) {
      const change = { page: number, isLast: false, passed: [{ lane: 0, epoch: 1, number }] }
      expect(await codeOf(world, page, change)).toBe("unasked_return")
    }
    expect(world.of("alder").journal.refusals).toEqual([])
  })

  test("what came to light later comes one by one, and never for a restore that was not", async () => {
    const { world, pages } = await whole()
    const page = withItems(pages)
    const [item] = contentOf(page).items
    if (item === undefined) throw new Error("nothing is given back")
    expect(await codeOf(world, page, { page: null })).toBe("unasked_return")
    expect(await codeOf(world, page, { page: null, items: [] })).toBe("unasked_return")
    expect(await codeOf(world, page, { page: null, items: [item] })).toBeNull()
    expect(await codeOf(world, page, { page: null, items: [item], epoch: 3 })).toBe(
      "unasked_return",
    )
    expect(await codeOf(world, page, { epoch: 3 })).toBe("unasked_return")
  })

  test("a peer that was restored itself since may say it again", async () => {
    const { world, pages } = await whole()
    const page = withItems(pages)
    expect(await codeOf(world, page, {}, { epoch: 2 })).toBeNull()
    expect(await codeOf(world, page, { isLast: true }, { epoch: 2, number: 2 })).toBe(
      "unasked_return",
    )
  })
})

/** A page full of what does not hold. */
const junk = (item: Returned["items"][number], at: number) =>
  Array.from({ length: 16 }, (_, number) => {
    const digest = (16 * at + number).toString(16).padStart(64, "0")
    return { ...item, digest, opening: "AAAA" } as typeof item
  })

test("M-LNK-18: a peer that gives back junk is heard a thousand times an hour, and no more", async () => {
  const world = await forgotten(3)
  await world.deliver(takenOff(world.road))
  await given(world)
  const page = withItems(pagesOn(world.road))
  const [item] = contentOf(page).items
  if (item === undefined) throw new Error("nothing is given back")
  const codes: (string | null | undefined)[] = []
  for (let at = 0; at < 64; at += 1)
    codes.push(await codeOf(world, page, { items: junk(item, at) }))
  expect(codes.filter((it) => it === null)).toHaveLength(63)
  expect(codes.at(-1)).toBe("fruitless_return")
  expect(world.of("alder").journal.refusals).toHaveLength(63 * 16)
  // What is given back in an hour's time is looked at again.
  world.nowMs += 60 * minuteMs
  expect(await codeOf(world, page, { page: 99 })).toBeNull()
  expect(world.of("alder").journal.heads.size).toBe(3)
})

test("M-LNK-18: one thing named again and again in a page is checked once", async () => {
  const { world, pages } = await whole()
  const page = withItems(pages)
  const [item] = contentOf(page).items
  if (item === undefined) throw new Error("nothing is given back")
  const one = { ...item, digest: "0".repeat(64) as typeof item.digest, opening: "AAAA" }
  const items = Array.from({ length: 16 }, () => one)
  expect(await codeOf(world, page, { items }, { epoch: 2 })).toBeNull()
  expect(world.of("alder").journal.refusals).toHaveLength(1)
  expect((await linkOf(world, "alder", "birch")).fruitless?.count).toBe(16)
})

test("M-LNK-18: what holds and is new is not fruitless, though it changes nothing here", async () => {
  const world = createWorld()
  const back = world.of("alder").journal.backUp()
  await world.warn("alder", "birch")
  const warning = takenOff(world.road)
  // Of a kind that Birch does not know yet: it refuses each, and says so.
  for (let count = 0; count < 20; count += 1) {
    const statement = { kind: `later-${count}` }
    await world.deliver(forged(warning, { statement, part: { subject: null } }))
  }
  const content = { ...warningContent({ nowMs: world.nowMs }), loweredBecause: "long known" }
  const last = await world.warn("alder", "birch", { precedence: "ROUTINE", content })
  await world.deliverAll()
  back()
  world.of("alder").restart()
  await reopened(world, 2)
  await world.deliver(takenOff(world.road))
  await given(world)
  const page = withItems(pagesOn(world.road))
  const [item] = contentOf(page).items
  if (item === undefined) throw new Error("nothing is given back")
  // Eight short of the bound.
  for (let at = 0; at < 62; at += 1) {
    expect(await codeOf(world, page, { items: junk(item, at) })).toBeNull()
  }
  await world.deliverAll()
  await given(world)
  await world.deliverAll()
  const codes = [...world.of("alder").journal.arrivals.values()].map((it) => it.code)
  expect(codes.filter((it) => it !== null)).toEqual([])
  expect(world.of("alder").journal.heads.has(last)).toBe(true)
  expect((await linkOf(world, "alder", "birch")).awaited).toBeUndefined()
})
