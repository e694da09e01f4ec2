import * as fc from "fast-check"
import { expect, test } from "vitest"

import { RecentTrouble } from "../src/index.ts"

test("the latest failure is told for a minute, and nothing is told before the first", () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(200_000), (firstMs, laterMs) => {
      let nowMs = 0
      const trouble = new RecentTrouble(() => nowMs)
      expect(trouble.code).toBeUndefined()
      nowMs = firstMs
      trouble.note("unavailable")
      trouble.note("disk_full")
      nowMs += laterMs
      expect(trouble.code).toBe(laterMs <= 60_000 ? "disk_full" : undefined)
    }),
  )
})
