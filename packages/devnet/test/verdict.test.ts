import fc from "fast-check"
import { describe, expect, it } from "vitest"

import type { Obligation } from "@tearline/core"
import { type Books, episodeOf, type Ledger, verdictOf } from "@tearline/devnet"

import { rehearse } from "./rehearsal.ts"

const episode = episodeOf("saint-petersburg-2017")
const { obligations } = rehearse(episode)
const nowMs = Math.max(...obligations.map(({ dueMs }) => dueMs)) + 1

const ledger: Ledger = {
  thread: "1".repeat(32) as Ledger["thread"],
  viewHash: "2".repeat(64),
  readHash: "2".repeat(64),
  obligations,
  digests: [],
}

function books(change: { readonly addressee?: object; readonly trace?: object } = {}): Books {
  return {
    originator: [ledger],
    addressee: [{ ...ledger, ...change.addressee }],
    trace: { threads: 0, envelopes: 0, held: 0, ...change.trace },
    nowMs,
  }
}

function withRow(at: number, change: object): Partial<Ledger> {
  return { obligations: obligations.with(at, { ...obligations[at], ...change } as Obligation) }
}

const anyRow = fc.nat({ max: obligations.length - 1 })
const other = "f".repeat(64)
const anyChange = fc.constantFrom(
  { id: "other" },
  { owedBy: other },
  { end: null },
  { end: { kind: "lapsed", by: other, atMs: 0 } },
  { end: { kind: "discharged", by: other, atMs: 0 } },
)

describe("an episode's verdict", () => {
  it("is closed where both databases hold the same rows, in whatever order", () => {
    const addressee = { obligations: obligations.toReversed() }
    expect(verdictOf(episode, books({ addressee }))).toEqual({
      state: "closed",
      obligations: obligations.length,
      discharged: obligations.length,
      overdue: 0,
    })
  })

  it("is unequal where one row of one side says anything else", () => {
    fc.assert(
      fc.property(anyRow, anyChange, (at, change) => {
        const { state } = verdictOf(episode, books({ addressee: withRow(at, change) }))
        expect(state).toBe("unequal")
      }),
    )
  })

  it.each([
    ["another hash", { viewHash: other, readHash: other }],
    ["messages that give another hash than the stored one", { readHash: other }],
    ["another thread", { thread: "3".repeat(32) }],
    ["a row less", { obligations: obligations.slice(1) }],
  ])("is unequal where one side has %s", (_, addressee) => {
    expect(verdictOf(episode, books({ addressee })).state).toBe("unequal")
  })

  it.each([{ threads: 1 }, { envelopes: 1 }, { held: 1 }])(
    "is unequal where the third party has %j",
    (trace) => {
      expect(verdictOf(episode, books({ trace })).state).toBe("unequal")
    },
  )

  it("names no side's thread where neither has one", () => {
    const none = { ...books(), originator: [], addressee: [], without: "warning" }
    expect(verdictOf(episode, none)).toMatchObject({ state: "open", obligations: 0 })
  })
})
