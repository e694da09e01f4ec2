import { expect, it } from "vitest"

import { type Books, episodeOf, type Ledger } from "@tearline/devnet"

import { tallyLines } from "../src/episode/tally.ts"
import { rehearse } from "./rehearsal.ts"

const { obligations } = rehearse(episodeOf("saint-petersburg-2017"))
const people = obligations.filter(({ bearer }) => bearer === "officer").length
const all = obligations.length

const ledger: Ledger = {
  thread: "1".repeat(32) as Ledger["thread"],
  viewHash: "2".repeat(64),
  readHash: "2".repeat(64),
  obligations,
  digests: [],
}
const books: Books = {
  originator: [ledger],
  addressee: [],
  trace: { threads: 0, envelopes: 0, held: 0 },
  nowMs: 0,
}

it("a tally says how many obligations machines keep, and how many people", () => {
  expect(people).toBeGreaterThan(0)
  expect(people).toBeLessThan(all)
  const text = tallyLines(books, 80).join(" ").replaceAll(/ +/g, " ")
  expect(text).toContain(
    `Alder's database: ${all} obligations (${all - people} of machines, ${people} of people), ` +
      `${all} discharged, thread hash ${"2".repeat(16)}`,
  )
  expect(text).toContain("Birch's database: no thread")
})

it.each([60, 80, 100])("a tally keeps within %i columns", (columns) => {
  const lines = tallyLines(books, columns)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns)
})
