import fc from "fast-check"
import { expect, test } from "vitest"

import { Random } from "@tearline/sim"

import { Deck } from "../src/fault/deck.ts"
import { neverMet, shortOf } from "../src/scenarios/minima.ts"

const rows = ["gateway", "exchange"]
const columns = ["idle", "commit running", "commit flushing"]
const dealt = rows.flatMap((row) => columns.slice(1).map((column) => [row, column] as const))
const shortWith = (rounds: number, at: (row: string, column: string) => number) =>
  shortOf({ rows, columns, dealt, at }, rounds)

test("nothing is short where every pair that is dealt was struck as often as it was dealt", () => {
  const times = fc.integer({ min: 1, max: 1_000 })
  fc.assert(
    fc.property(times, (each) => {
      const at = (_: string, column: string) => (column === "idle" ? 0 : each)
      expect(shortWith(each * dealt.length, at)).toEqual([])
    }),
  )
})

test("a process, a moment and a pair that was never struck are each named", () => {
  const spared = shortWith(24, (row) => (row === "gateway" ? 10 : 0))
  expect(spared).toContain("exchange: struck 0 times, and not 2")
  expect(spared).toContain("exchange, commit running: struck 0 times, and not 1")
  const atRest = shortWith(24, (_, column) => (column === "idle" ? 12 : 0))
  expect(atRest).toContain("commit flushing: struck 0 times, and not 2")
})

test("what never happened is named, and nothing else", () => {
  const counts = new Map([
    ["late", 2],
    ["said twice", 0],
  ])
  expect(neverMet(counts)).toEqual(["said twice: it never happened"])
})

test("a deck deals each card once before any comes again", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 12 }), (seed, size) => {
      const deck = new Deck(
        Array.from({ length: size }, (_, at) => at),
        new Random(seed),
      )
      for (let round = 0; round < 3; round += 1) {
        const cards = Array.from({ length: size }, () => deck.deal())
        expect(new Set(cards).size).toBe(size)
      }
    }),
  )
})
