import * as fc from "fast-check"
import { expect, test } from "vitest"

import { laneOfUnit } from "../src/lane-of-unit.ts"
import { keys } from "./organisation.ts"
import { sealedTo } from "./units.ts"

test("a unit is queued by the precedence in its header", async () => {
  const { unit } = await sealedTo(keys(), keys())
  expect(laneOfUnit(unit)).toBe(0)
})

test("what is no unit goes last", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (noise) => {
      expect(laneOfUnit(noise)).toBe(3)
    }),
  )
})
