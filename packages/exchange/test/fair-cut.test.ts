import fc from "fast-check"
import { expect, test } from "vitest"

import { precedences } from "@tearline/core"

import { fairCut, type Urgent } from "../src/desk/fair-cut.ts"

const line: fc.Arbitrary<Urgent> = fc.record({
  peer: fc.constantFrom("alder", "birch", "cedar"),
  precedence: fc.constantFrom(...precedences.codes),
  threatToLife: fc.boolean(),
  dueMs: fc.nat(50),
})
const lines = fc.array(line, { maxLength: 60 })
const max = fc.integer({ min: 2, max: 20 })
const byOne = (list: readonly Urgent[], peer: string) => list.filter((it) => it.peer === peer)

test("as many lines are kept as there is room for, each of them once", () => {
  fc.assert(
    fc.property(lines, max, (all, room) => {
      const kept = fairCut(all, room)
      expect(kept).toHaveLength(Math.min(all.length, room))
      expect(new Set(kept).size).toBe(kept.length)
      for (const it of kept) expect(all).toContain(it)
    }),
  )
})

test("no peer has more than half of the room while a line of another is left out", () => {
  fc.assert(
    fc.property(lines, max, (all, room) => {
      const kept = fairCut(all, room)
      const left = all.filter((it) => !kept.includes(it))
      for (const { peer } of all) {
        if (byOne(kept, peer).length <= room / 2) continue
        const crowdedOut = left.filter((it) => it.peer !== peer)
        // Another peer's line is left out only when that peer has its half.
        for (const it of crowdedOut) {
          expect(byOne(kept, it.peer).length).toBeGreaterThanOrEqual(Math.floor(room / 2))
        }
      }
    }),
  )
})

test("of one peer a threat to life is never left out for a line without", () => {
  fc.assert(
    fc.property(lines, max, (all, room) => {
      const kept = fairCut(all, room)
      const left = all.filter((it) => !kept.includes(it))
      for (const it of left.filter(({ threatToLife }) => threatToLife)) {
        expect(byOne(kept, it.peer).every(({ threatToLife }) => threatToLife)).toBe(true)
      }
    }),
  )
})

test("two hundred and fifty FLASH of one peer do not hide the warning of another", () => {
  const spam = Array.from({ length: 600 }, (_, dueMs) => ({
    peer: "birch",
    precedence: "FLASH",
    threatToLife: true,
    dueMs,
  }))
  const real = { peer: "cedar", precedence: "PRIORITY", threatToLife: false, dueMs: 9_999 }
  expect(fairCut([...spam, real], 500)).toContain(real)
})
