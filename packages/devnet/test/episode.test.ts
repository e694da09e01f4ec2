import { readFileSync } from "node:fs"

import { describe, expect, it } from "vitest"

import { isOverdue } from "@tearline/core"
import { type Episode, episodeNames, episodeOf, readEpisode } from "@tearline/devnet"

import { rehearse } from "./rehearsal.ts"

const episode = episodeOf("saint-petersburg-2017")
const acts = episode.steps.filter((step) => step.kind === "act")

function withStep(id: string, change: object): Episode {
  const steps = episode.steps.map((step) => (step.id === id ? { ...step, ...change } : step))
  return { ...episode, steps }
}

describe("the episodes of this repository", () => {
  it.each(episodeNames())("%s reads", (name) => {
    expect(episodeOf(name).name).toBe(name)
  })
})

describe("saint-petersburg-2017", () => {
  it("gives a public source for each step that is not staged, and for each fact", () => {
    const known = new Set(episode.sources.map(({ id }) => id))
    const told = [...episode.facts, ...episode.steps.filter(({ timing }) => timing !== "staged")]
    for (const { sources } of told) {
      expect(sources.length).toBeGreaterThan(0)
      for (const source of sources) expect(known).toContain(source)
    }
  })

  it("names in its README when each step is set, and whose that time is", () => {
    const readme = new URL(`../../../episodes/${episode.name}/README.md`, import.meta.url)
    const rows = readFileSync(readme, "utf8")
      .split("\n")
      .map((line) => line.split(/[|\s`]+/).filter((cell) => cell !== ""))
    for (const { id, at, timing } of episode.steps) {
      expect(rows).toContainEqual([id, at.slice(0, 10), at.slice(11, 16), timing])
    }
  })

  it("leaves out what is not public", () => {
    const elements = acts[0]?.content["elements"] as Record<string, { state: string }>
    expect(elements["who"]?.state).toBe("known-withheld")
    expect(elements["how-sure"]?.state).toBe("unknown")
  })

  it("agrees the public line before the first announcement", () => {
    const ids = episode.steps.map(({ id }) => id)
    const [agreed, announced] = ["agree-public-line", "announcement"].map((id) => ids.indexOf(id))
    expect(agreed).toBeGreaterThan(0)
    expect(announced).toBeGreaterThan(agreed ?? Number.POSITIVE_INFINITY)
  })

  it("takes no step later than what it discharges is due", () => {
    const { obligations } = rehearse(episode)
    const lastMs = Math.max(...obligations.map(({ dueMs }) => dueMs))
    expect(obligations.filter((owed) => isOverdue(owed, lastMs + 1))).toEqual([])
    expect(obligations.filter(({ end }) => end?.kind !== "discharged")).toEqual([])
  })

  it("discharges by each step what the step says, and makes every expected rule arise", () => {
    const { obligations, messages } = rehearse(episode)
    for (const { id, discharges } of acts) {
      const ended = obligations.filter(({ end }) => end?.by === messages.get(id))
      expect(ended.map(({ rule }) => rule)).toEqual(discharges)
    }
    const arisen = new Set(obligations.map(({ rule }) => rule))
    expect(episode.expected.filter((rule) => !arisen.has(rule))).toEqual([])
  })

  it("has no act that nothing would miss", () => {
    for (const { discharges, starts } of acts) {
      expect(discharges.length + starts.length).toBeGreaterThan(0)
    }
  })
})

describe("an episode is refused", () => {
  it.each([
    ["a time without an offset", withStep("accept", { at: "2017-12-12T10:07:00" })],
    ["a step before the one above it", withStep("accept", { at: "2017-12-12T10:00:00+03:00" })],
    ["a public time without a source", withStep("action", { sources: [] })],
    ["a source that is not listed", withStep("action", { sources: ["hearsay"] })],
    ["an answer to a later step", withStep("accept", { answers: "reach" })],
    ["a content of another form", withStep("thanks", { content: { level: "loud" } })],
    ["an unknown field", { ...episode, verdict: "good" }],
  ])("for %s", (_, document) => {
    expect(() => readEpisode(document)).toThrow(/episode/)
  })
})
