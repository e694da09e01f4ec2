import { expect, test, vi } from "vitest"

import {
  departureTimes,
  PeerQueue,
  type Digest,
  type Lane,
  type OrgId,
  type OutboxItem,
  type Sent,
} from "@tearline/core"

function item(id: string, lane: Lane = 3): OutboxItem {
  const names = { peer: "b".repeat(32) as OrgId, digest: "d".repeat(64) as Digest, thread: null }
  return { id, lane, ...names, unit: new Uint8Array(), createdAtMs: 0 }
}

/** A queue on the machine's timers, with the intervals of production, always the longest. */
function queueOf(send: (item: OutboxItem) => Promise<Sent>): PeerQueue {
  const timers = {
    after(delayMs: number, run: () => void) {
      const timer = setTimeout(run, delayMs)
      return () => clearTimeout(timer)
    },
  }
  const { backOffMs } = departureTimes
  return new PeerQueue({ send, timers, spread: () => 1, backOffMs })
}

/** A peer whose line is up or down, and what was tried. */
function peer() {
  const state = { isUp: true, tried: [] as string[], atOnce: 0, mostAtOnce: 0 }
  const queue = queueOf(async ({ id }) => {
    state.tried.push(id)
    state.atOnce += 1
    state.mostAtOnce = Math.max(state.mostAtOnce, state.atOnce)
    const { isUp } = state
    await Promise.resolve()
    state.atOnce -= 1
    return isUp ? "gone" : "failed"
  })
  return { state, queue }
}

test("during an outage one unit at a time is tried, and after it all go", async () => {
  vi.useFakeTimers()
  const { state, queue } = peer()
  state.isUp = false
  for (let at = 0; at < 100; at += 1) queue.add(item(`${at}`))
  await vi.advanceTimersByTimeAsync(0)
  const first = state.tried.length
  expect(first).toBeLessThanOrEqual(8)
  state.mostAtOnce = 0
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(state.mostAtOnce).toBe(1)
  expect(state.tried.length - first).toBeGreaterThan(500)
  state.isUp = true
  await vi.advanceTimersByTimeAsync(6_000)
  expect(queue.held).toBe(0)
  vi.useRealTimers()
})

test("several that fail together are one failure: the next attempt comes soon, and alone", async () => {
  vi.useFakeTimers()
  const { state, queue } = peer()
  state.isUp = false
  for (let at = 0; at < 4; at += 1) queue.add(item(`${at}`))
  const { min } = departureTimes.backOffMs
  await vi.advanceTimersByTimeAsync(2 * min - 1)
  expect(state.tried).toHaveLength(4)
  await vi.advanceTimersByTimeAsync(1)
  expect(state.tried).toHaveLength(5)
  await vi.advanceTimersByTimeAsync(4 * min - 1)
  expect(state.tried).toHaveLength(5)
  vi.useRealTimers()
})

test("a FLASH is tried at once during an outage, and every two seconds at the latest", async () => {
  vi.useFakeTimers()
  const { state, queue } = peer()
  state.isUp = false
  queue.add(item("routine"))
  await vi.advanceTimersByTimeAsync(600_000)
  state.tried.length = 0
  queue.add(item("flash", 0))
  await vi.advanceTimersByTimeAsync(0)
  expect(state.tried).toEqual(["flash"])
  await vi.advanceTimersByTimeAsync(20_000)
  expect(state.tried.filter((it) => it === "flash").length).toBeGreaterThanOrEqual(10)
  queue.close()
  vi.useRealTimers()
})

test("a FLASH finds a place while all others are taken", () => {
  const { promise } = Promise.withResolvers<"gone">()
  const tried: string[] = []
  const queue = queueOf(async ({ id }) => {
    tried.push(id)
    return await promise
  })
  for (let at = 0; at < 20; at += 1) queue.add(item(`${at}`))
  queue.add(item("flash", 0))
  expect(tried).toHaveLength(5)
  expect(tried.at(-1)).toBe("flash")
})

test("what has no room is left to the store, but a FLASH never", () => {
  const { promise } = Promise.withResolvers<"gone">()
  const queue = queueOf(() => promise)
  const added = Array.from({ length: 300 }, (_, at) => queue.add(item(`${at}`)))
  expect(added.filter((it) => !it)).toHaveLength(44)
  expect(queue.add(item("flash", 0))).toBe(true)
})

test("a unit that cannot leave by itself does not stand in the way of the others", async () => {
  const tried: string[] = []
  const queue = queueOf(async ({ id }) => {
    tried.push(id)
    return id === "bad" ? "aside" : "gone"
  })
  for (const id of ["bad", "first", "second"]) queue.add(item(id))
  await vi.waitUntil(() => queue.held === 0)
  expect(tried).toEqual(["bad", "first", "second"])
  expect(queue.isDown).toBe(false)
})
