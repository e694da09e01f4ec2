import { expect, test } from "vitest"

import { CliError, fileError } from "../src/cli-error.ts"
import { exitMeanings } from "../src/exit-codes.ts"
import { normalFingerprint } from "../src/fingerprint.ts"

function failure(code: string): Error {
  return Object.assign(new Error("as the system says it"), { code })
}

test("a full disk is one sentence on what happened and one on what to do", () => {
  for (const code of ["ENOSPC", "EDQUOT"]) {
    const said = fileError(failure(code), "/srv/alder", "write")
    expect(said.exit).toBe(4)
    expect(said.shown).toBe("disk_full")
    expect(said.message).toBe("no space left on the disk of /srv/alder")
    expect(said.hint).toContain("free some space")
  }
})

test("every failure of the file system has words, also one that nobody foresaw", () => {
  for (const code of ["ENOENT", "EACCES", "EROFS", "EISDIR", "ENOTDIR", "EMFILE"]) {
    const said = fileError(failure(code), "a.json", "read")
    expect(said.exit).toBe(4)
    expect(said.message).toMatch(/^cannot read a\.json: ./)
    expect(said.hint).not.toBe("")
  }
})

test("the node's own code is shown where the node refused", () => {
  const said = new CliError("refused", "not yours to accept", {
    hint: "look",
    shown: "not_entitled",
  })
  expect(said.shown).toBe("not_entitled")
  expect(said.exit).toBe(1)
  expect(Object.keys(exitMeanings)).toEqual(["0", "1", "2", "3", "4", "5"])
})

test("a fingerprint is the same however it was typed, and is never shorter", () => {
  const whole = "01234 56789 01234 56789 01234 56789"
  expect(normalFingerprint(whole)).toBe(whole)
  expect(normalFingerprint(whole.replaceAll(" ", "-"))).toBe(whole)
  expect(normalFingerprint(whole.replaceAll(" ", ""))).toBe(whole)
  expect(normalFingerprint(whole.slice(0, -1))).toBeUndefined()
  expect(normalFingerprint("")).toBeUndefined()
})
