import fc from "fast-check"
import { describe, expect, it } from "vitest"

import { styleFor } from "@tearline/cli"
import { episodeOf } from "@tearline/devnet"

import { actOf, type ActStep } from "../src/episode/episode.ts"
import type { Due, Moment } from "../src/episode/moment.ts"
import { Timeline } from "../src/episode/timeline.ts"

const episode = episodeOf("saint-petersburg-2017")
const step = actOf(episode, "reach") as ActStep
const atMs = Date.parse(step.at)
const hourMs = 3_600_000

function due(change: Partial<Due> = {}): Due {
  const { leftMs = 0 } = change
  return { rule: "own", by: "birch", bearer: "officer", dueMs: atMs + leftMs, leftMs, ...change }
}

function timeline(): Timeline {
  return new Timeline(episode, styleFor(false), 80)
}

function told(change: { readonly discharged?: readonly Due[]; readonly owed?: readonly Due[] }) {
  const moment: Moment = { kind: "act", atMs, step, discharged: [], owed: [], ...change }
  return timeline().lines(moment).join("\n")
}

describe("a timeline", () => {
  it("says since when an obligation is overdue, and in how long another is due", () => {
    const owed = [due({ leftMs: -2 * hourMs }), due({ rule: "act", leftMs: 3 * hourMs })]
    expect(told({ owed })).toContain("Birch owes own overdue since 2 h, act in 3 h")
  })

  it("says how late an obligation was discharged, by people and by machines", () => {
    const leftMs = -2 * hourMs
    const custody = due({ rule: "custody", bearer: "gateway", leftMs })
    const lines = told({ discharged: [due({ leftMs }), custody, custody] })
    expect(lines).toContain("discharges own, 2 h late")
    expect(lines).toContain("by machine: custody x2, 2 h late")
  })

  it("never shows a time below nothing", () => {
    const anyLeft = fc.integer({ min: -400 * 24 * hourMs, max: 400 * 24 * hourMs })
    fc.assert(
      fc.property(anyLeft, fc.constantFrom("officer", "gateway"), (leftMs, bearer) => {
        const all = [due({ leftMs, bearer })]
        expect(told({ discharged: all, owed: all })).not.toMatch(/-\d/)
      }),
    )
  })

  it("says how many days pass, and names no day before they have", () => {
    const passing = { kind: "passing", fromMs: atMs, atMs: atMs + 147 * 24 * hourMs } as const
    expect(
      timeline()
        .lines(passing)
        .map((line) => line.trim()),
    ).toEqual(["(147 days pass, heartbeats only)"])
  })

  it("explains the names of obligations in at most four lines above it", () => {
    const head = timeline().head()
    const [from, to] = ["Owed by people", "All facts"].map((words) =>
      head.findIndex((line) => line.startsWith(words)),
    )
    expect(head.slice(from, to).join(" ")).toMatch(/own \(.*reach \(.*custody \(.*unsealed \(/)
    expect((to ?? 0) - (from ?? 0)).toBeLessThanOrEqual(4)
    expect(Math.max(...head.map((line) => line.length))).toBeLessThanOrEqual(80)
  })
})
