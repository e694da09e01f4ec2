import * as fc from "fast-check"
import { expect, test } from "vitest"

import { nodeClock } from "../src/index.ts"

/** Hands that a test sets: uptime runs on, wall time goes where it is put. */
function hands(startMs = 1_000_000) {
  const at = { wall: startMs, uptime: 0 }
  return {
    at,
    wallMs: () => at.wall,
    uptimeMs: () => at.uptime,
    pass(elapsedMs: number, jumpMs = 0) {
      at.uptime += elapsedMs
      at.wall += elapsedMs + jumpMs
    },
  }
}

const step = fc.record({
  elapsedMs: fc.nat(100_000),
  jumpMs: fc.integer({ min: -86_400_000, max: 86_400_000 }),
})

test("the clock never shows an earlier time, whatever the wall clock does", () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const it = hands(1e12)
      const clock = nodeClock(it)
      const shown = steps.map(({ elapsedMs, jumpMs }) => {
        it.pass(elapsedMs, jumpMs)
        return clock.nowMs()
      })
      expect(shown).toEqual(shown.toSorted((a, b) => a - b))
    }),
  )
})

test("a jump of the wall clock is followed by a twentieth of the time passed at most", () => {
  fc.assert(
    fc.property(step, ({ elapsedMs, jumpMs }) => {
      const it = hands(1e12)
      const clock = nodeClock(it)
      const before = clock.nowMs()
      it.pass(elapsedMs, jumpMs)
      const passedMs = clock.nowMs() - before
      expect(Math.abs(passedMs - elapsedMs)).toBeLessThanOrEqual(elapsedMs / 20 + 1)
    }),
  )
})

test("a jump of over a minute is suspect, once; drift is not", () => {
  const it = hands()
  const clock = nodeClock(it)
  it.pass(5_000, 900)
  expect(clock.isSuspect()).toBe(false)
  it.pass(5_000, -61_000)
  expect(clock.isSuspect()).toBe(true)
  expect(clock.isSuspect()).toBe(false)
})

test("what a former run has written is not before now", () => {
  const it = hands()
  const clock = nodeClock(it)
  clock.notBefore(2_000_000)
  expect(clock.nowMs()).toBe(2_000_000)
  it.pass(1_000)
  expect(clock.nowMs()).toBeGreaterThanOrEqual(2_000_949)
})

test("a wall clock over a minute behind what a former run has written is suspect, once", () => {
  fc.assert(
    fc.property(fc.integer({ min: -86_400_000, max: 86_400_000 }), (aheadMs) => {
      const it = hands(1e12)
      const clock = nodeClock(it)
      clock.notBefore(1e12 + aheadMs)
      it.pass(5_000)
      expect(clock.isSuspect()).toBe(aheadMs > 60_000)
      expect(clock.isSuspect()).toBe(false)
    }),
  )
})
