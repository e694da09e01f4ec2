import { describe, expect, test } from "vitest"

import { plants, run, simulate, type Report } from "@tearline/sim"

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

describe("a planted bug is found within days of virtual time", () => {
  test.each(Object.keys(plants))(
    "%s",
    async (plant) => {
      const report = await simulate({ seed: `find ${plant}`, years: 10 * day, plant })
      expect(broken(report)).toBeDefined()
    },
    patienceMs,
  )
})
