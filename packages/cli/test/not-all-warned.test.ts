import { expect, test } from "vitest"

import { notAllWarned } from "../src/not-all-warned.ts"

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
