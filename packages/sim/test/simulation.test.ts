import { describe, expect, test } from "vitest"

import { plants, run, simulate, type Report } from "@tearline/sim"

import { repertoire } from "../src/people/repertoire.ts"

const day = 1 / 365.25
/** Only stops a hang: other work may share the machine. */
const patienceMs = 300_000

const broken = ({ violation }: Report) => violation?.message

describe("a simulated world", () => {
  test(
    "the same seed gives the same hash, another seed another (I14)",
    async () => {
      const options = { years: 4 * day, organisations: 4 }
      const one = await simulate({ ...options, seed: "one" })
      const again = await simulate({ ...options, seed: "one" })
      const other = await simulate({ ...options, seed: "other" })
      expect(again.hash).toBe(one.hash)
      expect(again.events).toBe(one.events)
      expect(other.hash).not.toBe(one.hash)
    },
    patienceMs,
  )

  test(
    "a run of several worlds does not depend on how many threads it has (I14)",
    async () => {
      const options = { seed: "many", years: 5 * day, worldYears: 2 * day, organisations: 3 }
      const alone = await run(options, { workers: 1 })
      const together = await run(options, { workers: 3 })
      expect(together).toEqual(alone)
      expect(alone.years).toBeCloseTo(options.years)
    },
    patienceMs,
  )

  test(
    "a run whose minutes are over begins no further world, and is the beginning of the whole",
    async () => {
      const options = { seed: "many", years: 4 * day, worldYears: 2 * day, organisations: 3 }
      const short = await run(options, { workers: 2, minutes: 0 })
      expect(short.years).toBeCloseTo(2 * day)
      const whole: string[] = []
      const onWorld = ({ report }: { readonly report: { readonly hash: string } }) => {
        whole.push(report.hash)
      }
      await run(options, { workers: 1, onWorld })
      expect(short.hash).toBe(whole[0])
    },
    patienceMs,
  )

  test(
    "what everything did to it is healed, and nothing is lost or silent (I12)",
    async () => {
      const report = await simulate({ seed: "heal", years: 8 * day })
      expect(broken(report)).toBeUndefined()
      expect(report.warnings).toBeGreaterThan(300)
      const seen = [...report.rare.values()].filter((it) => it > 0)
      expect(seen.length).toBeGreaterThan(60)
    },
    patienceMs,
  )

  test(
    "a story is told of the one warning that it was asked about",
    async () => {
      const { story } = await simulate({ seed: "story", years: 2 * day, trace: "first" })
      expect(story.join("\n")).toContain("stores warning")
    },
    patienceMs,
  )
})

describe("a kind of message joins by being added to the repertoire", () => {
  const ofOfficers = repertoire.filter((it) => it.by !== "machines").map((it) => it.kind)
  const options = { years: 10 * day, organisations: 3 }

  test.each([0, 1, 2])(
    "what each third kind makes owed may be unexplained: it is said, and both sides end equal (%d)",
    async (third) => {
      const withheld = ofOfficers.slice(2).filter((_, at) => at % 3 === third)
      const report = await simulate({ ...options, seed: `new ${third}`, withheld })
      expect(broken(report)).toBeUndefined()
      const unsaid = withheld.filter((it) => report.rare.get(`${it} said and taken in`) === 0)
      expect(unsaid).toEqual([])
    },
    patienceMs,
  )

  test(
    "with nothing explained, what every message owes is still held against the disk",
    async () => {
      const unexplained = { ...options, years: 3 * day, withheld: ofOfficers }
      const silent = await simulate({ ...unexplained, seed: "all new" })
      expect(broken(silent)).toBeUndefined()
      const plant = "discharge-not-written"
      const report = await simulate({ ...unexplained, seed: "all new, one bug", plant })
      expect(report.violation?.invariant).toBe("I10")
    },
    patienceMs,
  )
})

describe("a planted bug is found within days of virtual time, by what is to find it", () => {
  test.each(Object.entries(plants))(
    "%s",
    async (plant, { foundBy }) => {
      const report = await simulate({ seed: `planted ${plant}`, years: 10 * day, plant })
      expect(foundBy, broken(report)).toContain(report.violation?.invariant)
    },
    patienceMs,
  )
})
