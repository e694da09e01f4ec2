/** A thread is a function of a set: order, repetition and absence on the road change nothing else. */

import fc from "fast-check"
import { expect, test } from "vitest"

import {
  builtInPolicy,
  emptyThread,
  entryRefusal,
  viewHashOf,
  viewThread,
  withCustody,
  withMessage,
  type Message,
  type Obligation,
  type Thread,
} from "@tearline/core"

import { actContent, addresseeActs, originatorActs } from "./fixtures/acts.ts"
import { hashing } from "./fixtures/suite.ts"
import { createWorld, orgIdOf, type OnTheRoad, type World } from "./fixtures/world.ts"

const hour = 3_600_000

interface Step {
  readonly by: "alder" | "birch"
  readonly act: string
  readonly afterMs: number
}

const stepOf = (by: Step["by"], acts: readonly string[]): fc.Arbitrary<Step> =>
  fc.record({
    by: fc.constant(by),
    act: fc.constantFrom(...acts),
    afterMs: fc.integer({ min: 0, max: 40 * hour }),
  })

const steps = fc.array(fc.oneof(stepOf("alder", originatorActs), stepOf("birch", addresseeActs)), {
  maxLength: 14,
})

/** Plays the steps; an act that does not fit is refused at home and simply did not happen. */
async function play(world: World, list: readonly Step[], deliver: () => Promise<void>) {
  const thread = await world.warn("alder", "birch")
  await deliver()
  for (const { by, act, afterMs } of list) {
    world.nowMs += afterMs
    const { act: kind, content } = actContent(act, world.nowMs + 24 * hour)
    await world.act(by, thread, kind, { content }).catch(() => undefined)
    await deliver()
  }
  return thread
}

async function stored(world: World, name: string, id: Thread["id"]): Promise<Thread> {
  const found = await world.of(name).journal.thread(id)
  if (found === undefined) throw new Error(`${name} holds no such thread`)
  return found.thread
}

const hashOf = (thread: Thread) => viewHashOf(hashing, viewThread(thread, builtInPolicy))

test("both sides hold the same state once everything has arrived", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const world = createWorld()
      const id = await play(world, list, () => world.deliverAll())
      const alder = world.of("alder").journal
      const birch = world.of("birch").journal
      expect(birch.heads.get(id)?.viewHash).toBe(alder.heads.get(id)?.viewHash)
      expect([...birch.obligations.keys()].toSorted()).toEqual(
        [...alder.obligations.keys()].toSorted(),
      )
      expect(alder.outbox.size + birch.outbox.size).toBe(0)
    }),
    { numRuns: 150 },
  )
})

test("whatever is duplicated, delayed and put out of order, both sides end equal (I12)", async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.infiniteStream(fc.nat()), async (list, choices) => {
      const world = createWorld()
      const pick = (max: number) => Number(choices.next().value) % max
      const again: OnTheRoad[] = []
      const id = await play(world, list, async () => {
        while (world.road.length > 0 && pick(4) > 0) {
          const [next] = world.road.splice(pick(world.road.length), 1)
          if (next === undefined) return
          await world.deliver(next)
          if (pick(3) === 0) again.push(next)
        }
      })
      for (const unit of again) await world.deliver(unit)
      await world.deliverAll()
      const birch = world.of("birch").journal.heads.get(id)?.viewHash
      expect(birch).toBe(world.of("alder").journal.heads.get(id)?.viewHash)
    }),
    { numRuns: 150 },
  )
})

test("equal sets give equal hashes in any order, with any part withheld (I14)", async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.infiniteStream(fc.nat()), async (list, choices) => {
      const world = createWorld()
      const id = await play(world, list, () => world.deliverAll())
      const whole = await stored(world, "birch", id)
      const keep = <T>(items: readonly T[]) => items.filter(() => Number(choices.next().value) % 5)
      const messages = keep(whole.messages)
      const custody = keep(whole.custody)
      const shuffled = <T>(items: readonly T[]) =>
        items
          .map((it) => ({ it, at: Number(choices.next().value) }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ it }) => it)
      const build = (some: readonly Message[], held: Thread["custody"]) =>
        held.reduce(withCustody, some.reduce(withMessage, emptyThread(whole)))
      const one = build([...messages, ...messages], custody)
      const other = build(shuffled(messages), shuffled(custody))
      expect(hashOf(other)).toBe(hashOf(one))
    }),
    { numRuns: 200 },
  )
})

test("an obligation that has arisen never moves its due time, and once discharged stays so", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const world = createWorld()
      const seen = new Map<string, Obligation>()
      const moved: string[] = []
      await play(world, list, async () => {
        await world.deliverAll()
        for (const [key, it] of world.of("birch").journal.obligations) {
          // Outcomes are owed from the window's end at the latest; an action may bring that forward.
          if (it.startMs > world.nowMs) continue
          const before = seen.get(key) ?? it
          const isTakenBack = before.end?.kind === "discharged" && it.end === null
          if (it.dueMs !== before.dueMs || isTakenBack) moved.push(key)
          seen.set(key, it)
        }
      })
      expect(moved).toEqual([])
    }),
    { numRuns: 100 },
  )
})

test("two messages under one number are both kept and shown on both sides", async () => {
  const world = createWorld()
  const id = await world.warn("alder", "birch")
  await world.deliverAll()
  const thread = await stored(world, "birch", id)
  const [receipt] = thread.messages.filter((it) => it.statement.author === orgIdOf("birch"))
  if (receipt === undefined) throw new Error("birch has not said anything")
  const twin: Message = { ...receipt, id: "f".repeat(64) as Message["id"] }
  const view = viewThread(withMessage(thread, twin), builtInPolicy)
  expect(view.conflicts).toEqual([
    {
      author: orgIdOf("birch"),
      epoch: 1,
      number: receipt.part.number,
      messages: [receipt.id, twin.id].toSorted(),
    },
  ])
  expect(view.messages).toContain(twin.id)
})

test("a message waits in view for the one that it answers, and takes effect when that comes", async () => {
  const world = createWorld()
  const id = await world.warn("alder", "birch")
  await world.deliverAll()
  const { act, content } = actContent("accept")
  await world.act("birch", id, act, { content })
  await world.deliverAll()
  const whole = await stored(world, "alder", id)
  const warning = whole.messages.find((it) => it.statement.kind === "warning")
  const acceptance = whole.messages.find((it) => it.statement.kind === "acceptance")
  if (warning === undefined || acceptance === undefined) throw new Error("the loop did not start")
  const without = viewThread(withMessage(emptyThread(whole), acceptance), builtInPolicy)
  expect(without.waiting).toEqual([{ message: acceptance.id, for: warning.id }])
  const after = viewThread(whole, builtInPolicy)
  expect(after.waiting).toEqual([])
  expect(after.obligations.find((it) => it.rule === "own")?.end?.by).toBe(acceptance.id)
})

test("exercise, test and actual never share a thread, and nobody else enters one (I8)", async () => {
  const world = createWorld()
  const id = await world.warn("alder", "birch", { status: "exercise" })
  await world.deliverAll()
  const thread = await stored(world, "birch", id)
  const [message] = thread.messages
  if (message === undefined) throw new Error("the warning is not there")
  const actual = { ...message, statement: { ...message.statement, status: "actual" as const } }
  expect(entryRefusal(thread, actual)).toBe("status_mismatch")
  const foreign = { ...message, statement: { ...message.statement, author: orgIdOf("cedar") } }
  expect(entryRefusal(thread, foreign)).toBe("not_entitled")
  const swapped = { ...message, statement: { ...message.statement, author: orgIdOf("birch") } }
  expect(entryRefusal(thread, swapped)).toBe("not_entitled")
})

test("the first custody receipt for an envelope stays, whatever another one states", () => {
  const head = {
    originator: orgIdOf("alder"),
    addressee: orgIdOf("birch"),
    status: "actual",
  } as const
  const thread = emptyThread({ id: "a".repeat(32) as Thread["id"], ...head })
  const digest = "d".repeat(64) as Thread["custody"][number]["digest"]
  const custody = { digest, by: orgIdOf("birch"), atMs: hour }
  const held = withCustody(thread, custody)
  expect(withCustody(held, { ...custody, atMs: 2 * hour })).toBe(held)
  expect(held.custody).toEqual([custody])
})
