import { expect, test } from "vitest"

import { alarmLines } from "../src/alarm-lines.ts"
import { notAllWarned } from "../src/not-all-warned.ts"
import { styleFor } from "../src/terminal/style.ts"

test("M-LNK-19: who was left out is named, with the code and what to type for them alone", () => {
  const cedar = "c".repeat(32)
  const error = notAllWarned(
    [{ org: cedar, code: "restored_without_epoch" }],
    () => "Cedar\u001B[1m",
  )
  expect(error).toMatchObject({ code: "not_all_warned", exit: 1 })
  expect(error.message).toMatch(
    /^not warned: Cedar\S* \(restored_without_epoch\); all others were$/,
  )
  expect(error.message).not.toContain("\u001B")
  expect(error.hint).toContain(`--to ${cedar}`)
})

test("M-LNK-17: a peer that is restored again and again is told of, with when it goes on", () => {
  const alarm = { kind: "restored-too-often", peerName: "Cedar", untilMs: Date.UTC(2030, 0, 15) }
  const [line] = alarmLines([alarm], { style: styleFor(false), nowMs: 0 })
  expect(line).toMatch(/Cedar was restored again and again; .* 15 Jan 2030/)
})
