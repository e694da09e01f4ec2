/** What a courier's errand says where a stick had not room for all, or nothing to carry. */

import { expect, test } from "vitest"

import type { LaidOut } from "@tearline/core"

import { byLineText, laidOutLines, noRoomText } from "../src/courier/lines.ts"

const laid: LaidOut = {
  units: 2,
  answers: 1,
  there: 0,
  removed: 0,
  cleared: 3,
  displaced: 4,
  noRoom: [1, 0, 2, 11],
  blocked: 0,
}

test("what made way and what had no room is said by precedence, most urgent first, M-FIL-9", () => {
  expect(laidOutLines(laid, "/media/stick")).toEqual([
    "on /media/stick: 2 units, 1 receipt, 3 taken off, handed in here, 4 taken off for what is more urgent",
    "no room for 1 FLASH, 2 PRIORITY, 11 ROUTINE",
  ])
})

test("where all had room nothing more is said", () => {
  const all: LaidOut = { ...laid, noRoom: [0, 0, 0, 0] }
  expect(noRoomText(all)).toBeUndefined()
  expect(laidOutLines(all, "/media/stick")).toHaveLength(1)
})

test("of a peer that is reached by a line it is said that no envelope goes to it by file", () => {
  const link = {
    peer: "b".repeat(32),
    name: "Birch",
    heardAtMs: null,
    sealedAtMs: null,
    isSilent: false,
    gaps: 0,
    unheld: 0,
    outbox: {},
    failing: null,
  }
  expect(byLineText([{ ...link, carrier: "https" }], link.peer)).toMatch(
    /^Birch is reached by https/,
  )
  expect(byLineText([{ ...link, carrier: "file" }], link.peer)).toBeUndefined()
  expect(byLineText([], link.peer)).toBeUndefined()
})
