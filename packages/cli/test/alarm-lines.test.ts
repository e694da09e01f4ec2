import { expect, test } from "vitest"

import { alarmLines } from "../src/alarm-lines.ts"
import type { NodeAlarm } from "../src/desk/answers.ts"
import { styleFor } from "../src/terminal/style.ts"

const lineOf = (alarm: NodeAlarm) =>
  alarmLines([{ peerName: "Cedar", ...alarm }], { style: styleFor(false), nowMs: 0 })[0]

test("M-LNK-17: a peer that is restored again and again is told of, with when it goes on", () => {
  const line = lineOf({ kind: "restored-too-often", untilMs: Date.UTC(2030, 0, 15) })
  expect(line).toMatch(/Cedar was restored again and again; .* 15 Jan 2030/)
})

test("M-LNK-16: who knows of a later epoch is shown with it, and the clock comes first", () => {
  const line = lineOf({ kind: "restored-without-epoch", sinceMs: 0, laterEpoch: 1_800_000_000 })
  expect(line).toMatch(/epoch 1800000000, so set this machine's clock right, then stop the node/)
  expect(lineOf({ kind: "restored-without-epoch", sinceMs: 0 })).not.toContain("clock")
})

test("M-SEAM-6: folders through which nothing comes are told of, with since when and where to look", () => {
  const lines = alarmLines([{ kind: "seam-silent", sinceMs: 0 }], {
    style: styleFor(false),
    nowMs: 240_000,
  })
  expect(lines[0]).toMatch(/nothing comes .* 4 min ago: see that mover, guard and gateway run/)
})

test("M-CAR-21: who is no peer any more and has written is told of, with what to type", () => {
  expect(lineOf({ kind: "peer-unknown", peer: "c".repeat(32) })).toMatch(
    /^! Cedar is no peer of this node any more, .* waits unread: .* tearline peer add$/,
  )
})
