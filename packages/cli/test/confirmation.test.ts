import { expect, test } from "vitest"

import { confirmationOf, isConfirmed } from "../src/terminal/confirmation.ts"

test("only the word that the question names confirms", () => {
  const asked = /type (\w+): $/.exec(confirmationOf("have you compared?"))?.[1] ?? ""
  expect([asked, ` ${asked.toUpperCase()} `].map(isConfirmed)).toEqual([true, true])
  for (const answer of ["", "y", "ye", "yes.", "yes please", "ja", "no"]) {
    expect(isConfirmed(answer), answer).toBe(false)
  }
})
