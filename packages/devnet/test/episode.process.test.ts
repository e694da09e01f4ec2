/** The episode as a person plays it. */

import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { episodeOf } from "@tearline/devnet"

import { newFolder, openTestNetwork, removeFolder, runEpisode } from "./devnet-process.ts"

const name = "saint-petersburg-2017"
const episode = episodeOf(name)
const acts = episode.steps.filter((step) => step.kind === "act")
const folder = newFolder()

beforeAll(async () => {
  const network = await openTestNetwork(folder, Date.parse("2017-12-12T09:00:00+03:00"))
  await network.stop()
})
afterAll(() => removeFolder(folder))

interface Side {
  readonly viewHash: string
  readonly obligations: number
}

describe("an episode", () => {
  it("ends closed, with every obligation discharged in time", async () => {
    const { code, lines } = await runEpisode(name, "--dir", folder)
    expect(lines.at(-1)).toMatch(
      /^episode saint-petersburg-2017: closed, (\d+) obligations, \1 discharged, 0 overdue$/,
    )
    expect(code).toBe(0)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  it("is the same thread on both sides, and leaves nothing of it with a third", async () => {
    const { code, lines } = await runEpisode(name, "--json", "--dir", folder)
    const told = JSON.parse(lines.join("\n")) as Record<string, unknown>
    const alder = told["alder"] as Side
    const birch = told["birch"] as Side
    expect(code).toBe(0)
    expect(alder).toEqual(birch)
    expect(alder.obligations).toBe(told["obligations"])
    expect(told["cedar"]).toEqual({ threads: 0, envelopes: 0, held: 0 })
  })

  it.each(acts.map(({ id, discharges, starts }) => ({ id, discharges, starts })))(
    "without $id ends with the name of what is lacking",
    async ({ id, discharges, starts }) => {
      const { code, lines } = await runEpisode(name, "--without", id, "--dir", folder)
      const lacking = discharges[0] ?? `${starts[0] ?? ""} never arose`
      expect(lines.at(-1)).toMatch(
        /^episode saint-petersburg-2017: (?:open|late), \d+ obligations, \d+ discharged, \d+ overdue: /,
      )
      expect(lines.at(-1)?.split(" overdue: ")[1]).toBe(lacking)
      expect(code).toBe(1)
    },
  )
})

describe("a mistyped name", () => {
  it.each([
    [["saint-petersburg-2107"], /did you mean saint-petersburg-2017/],
    [[name, "--without", "thank"], /did you mean thanks/],
    [[name, "--wihtout", "thanks"], /usage: npm run episode/],
    [[], /there are: saint-petersburg-2017/],
  ])("%j is answered by what may be meant", async (args, hint) => {
    const { code, errors } = await runEpisode(...args)
    expect(errors).toMatch(hint)
    expect(code).toBe(2)
  })

  it("is avoided by listing episodes and their steps", async () => {
    const { code, lines } = await runEpisode("--list")
    expect(lines.join("\n")).toContain("relay-thanks")
    expect(code).toBe(0)
  })
})
