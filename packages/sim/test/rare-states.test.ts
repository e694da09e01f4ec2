import { describe, expect, test } from "vitest"

import { knownRates } from "../src/world/rare-rates.ts"
import { RareStates, tooRareOf } from "../src/world/rare-states.ts"

/** Every state as often as it is known to come, and the rest as often as is asked. */
function usual(years: number): Map<string, number> {
  return new Map(
    [...new RareStates().counts.keys()].map((it) => [it, (knownRates[it] ?? 1) * years]),
  )
}

describe("rare states gate", () => {
  test("a rate is known of states that there are, and of no other", () => {
    const names = [...new RareStates().counts.keys()]
    expect(Object.keys(knownRates).filter((it) => !names.includes(it))).toEqual([])
  })

  test.each([0.1, 2, 4, 100])(
    "what comes as often as it is known to passes in %d years",
    (years) => {
      expect(tooRareOf(usual(years), years)).toEqual([])
    },
  )

  test("a state that cannot be reached any more is noticed in two years", () => {
    const often = Object.keys(knownRates).filter((it) => (knownRates[it] ?? 0) > 15)
    expect(often.length).toBeGreaterThan(100)
    for (const name of often) {
      expect(tooRareOf(new Map([...usual(2), [name, 0]]), 2)).toEqual([name])
    }
  })

  test("whatever is known of it, a state seen ninety-nine times in a hundred years is too rare", () => {
    const [name = ""] = new RareStates().counts.keys()
    expect(tooRareOf(new Map([...usual(100), [name, 99]]), 100)).toEqual([name])
  })
})
