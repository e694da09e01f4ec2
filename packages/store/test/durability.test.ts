import fc from "fast-check"
import { expect, test } from "vitest"

import { assertSafeSettings, type Setting } from "@tearline/postgres"
import { assertDurable } from "@tearline/store"

const switches = fc.constantFrom("on", "off")
const settings = fc.record(
  {
    fsync: switches,
    full_page_writes: switches,
    data_checksums: switches,
    synchronous_commit: fc.constantFrom("on", "off", "local", "remote_write", "remote_apply"),
    server_version_num: fc.constantFrom("140011", "150000", "160004", "180004", "190000"),
  },
  { requiredKeys: [] },
)

async function refusals(rows: Setting[]): Promise<readonly (string | undefined)[]> {
  const checks = [
    async () => assertSafeSettings(rows),
    () => assertDurable({ query: async () => ({ rows }) }),
  ]
  return await Promise.all(
    checks.map((check) =>
      check().then(
        () => undefined,
        (error: Error) => error.message,
      ),
    ),
  )
}

test("a door refuses just the servers that the supervisor refuses, in the same words (I2)", async () => {
  await fc.assert(
    fc.asyncProperty(settings, async (it) => {
      const rows = Object.entries(it).map(([name, setting]) => ({ name, setting }))
      const [supervisor, door] = await refusals(rows)
      expect(door).toBe(supervisor)
    }),
  )
})
