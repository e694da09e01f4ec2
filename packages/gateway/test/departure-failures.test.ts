import { expect, test } from "vitest"

import { DepartureFailures } from "../src/departure-failures.ts"

const alder = "a".repeat(32)
const birch = "b".repeat(32)

test("a peer that stays away is one line at once and then one a minute with a count", () => {
  const lines: unknown[] = []
  const failures = new DepartureFailures((level, event, fields) => {
    lines.push({ level, event, ...fields })
  })
  const away = { code: "peer_unreachable", lane: 3, org: alder } as const
  const busy = { code: "peer_busy", lane: 3, org: birch } as const
  for (let count = 0; count < 500; count += 1) failures.note(away)
  failures.note(busy)
  const first = { level: "warn", event: "departure_failed" }
  expect(lines.splice(0)).toEqual([
    { ...first, ...away },
    { ...first, ...busy },
  ])
  failures.summarise()
  const summary = { level: "warn", event: "departures_failed", ...away }
  expect(lines.splice(0)).toEqual([{ ...summary, count: 499 }])
  failures.note(busy)
  failures.note(away)
  expect(lines.splice(0), "a minute of quiet makes the next failure a first").toEqual([
    { ...first, ...busy },
  ])
  failures.close()
  expect(lines, "what was counted is said before the end").toEqual([{ ...summary, count: 1 }])
})
