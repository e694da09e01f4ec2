import { expect, test } from "vitest"

import { tooLittleIn } from "../src/run/fullness.ts"

const full = { warnings: 26_500, events: 2_000_000, faults: 76_000 }

test.each([1, 50])("a year as it is meant to be is full, however many there are: %d", (years) => {
  const all = {
    warnings: full.warnings * years,
    events: full.events * years,
    faults: full.faults * years,
  }
  expect(tooLittleIn({ years, ...all })).toEqual([])
})

test("a year in which little happened is named with what was missing", () => {
  expect(tooLittleIn({ ...full, years: 1, warnings: 20_000, faults: 100 })).toEqual([
    "20000 warnings a year, and not 26000",
    "100 faults a year, and not 65000",
  ])
})

test("of less than a year nothing is asked", () => {
  expect(tooLittleIn({ years: 0.5, warnings: 0, events: 0, faults: 0 })).toEqual([])
})
