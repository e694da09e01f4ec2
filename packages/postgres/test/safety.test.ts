import fc from "fast-check"
import { expect, test } from "vitest"

import { assertSafeSettings, PostgresError } from "../src/index.ts"

const safe: Readonly<Record<string, string>> = {
  fsync: "on",
  full_page_writes: "on",
  data_checksums: "on",
  synchronous_commit: "on",
  server_version_num: "180004",
}

function refusal(settings: Readonly<Record<string, string>>): string | undefined {
  try {
    assertSafeSettings(Object.entries(settings).map(([name, setting]) => ({ name, setting })))
    return undefined
  } catch (error) {
    if (error instanceof PostgresError && error.code === "unsafe_settings") return error.message
    throw error
  }
}

test("a server is accepted exactly when every setting is safe (I2)", () => {
  const settings = fc.record({
    fsync: fc.constantFrom("on", "off"),
    full_page_writes: fc.constantFrom("on", "off"),
    data_checksums: fc.constantFrom("on", "off"),
    synchronous_commit: fc.constantFrom("on", "off", "local", "remote_write", "remote_apply"),
    server_version_num: fc.constantFrom("140011", "150000", "160004", "180004", "190000"),
  })
  fc.assert(
    fc.property(settings, (it) => {
      const isSafe =
        [it.fsync, it.full_page_writes, it.data_checksums].every((setting) => setting === "on") &&
        ["on", "remote_apply"].includes(it.synchronous_commit) &&
        ["15", "16", "18"].includes(it.server_version_num.slice(0, 2))
      expect(refusal(it) === undefined).toBe(isSafe)
    }),
  )
})

test("a refusal names each setting that is wrong and none that is right", () => {
  const message = refusal({ ...safe, fsync: "off", synchronous_commit: "local" }) ?? ""
  expect(message).toContain("fsync is off")
  expect(message).toContain("synchronous_commit is local")
  expect(message).not.toContain("checksums")
})

test("a setting that the server does not report is unsafe", () => {
  for (const name of Object.keys(safe)) {
    const rest = Object.fromEntries(Object.entries(safe).filter(([it]) => it !== name))
    expect(refusal(rest), name).toBeDefined()
  }
})
