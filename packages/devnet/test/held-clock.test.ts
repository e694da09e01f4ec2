import fc from "fast-check"
import { expect, it } from "vitest"

import { HeldClock } from "../src/clock/held-clock.ts"

const settings = fc.array(fc.record({ nowMs: fc.nat(), runs: fc.boolean() }), { minLength: 1 })

it("a held clock never steps back, whatever it is told", () => {
  fc.assert(
    fc.property(settings, (all) => {
      const clock = new HeldClock({ nowMs: 0, runs: false })
      let lastMs = 0
      for (const setting of all) {
        clock.set(setting)
        expect(clock.nowMs()).toBeGreaterThanOrEqual(Math.max(lastMs, setting.nowMs))
        lastMs = clock.nowMs()
      }
    }),
  )
})

it("a held clock stands still until it is moved", () => {
  const clock = new HeldClock({ nowMs: 1_000, runs: false })
  const before = performance.now()
  while (performance.now() === before) clock.nowMs()
  expect(clock.nowMs()).toBe(1_000)
})

it("a clock that runs goes on from where it was set", () => {
  const clock = new HeldClock({ nowMs: 1_000, runs: true })
  const before = performance.now()
  while (performance.now() - before < 3) clock.nowMs()
  expect(clock.nowMs()).toBeGreaterThanOrEqual(1_002)
})
