import fc from "fast-check"
import { expect, test } from "vitest"

import { ago, parseTime, untilDue } from "../src/terminal/time.ts"

const minute = 60_000
const now = Date.UTC(2026, 11, 13, 6, 0)

test("what is left is rounded down and what is late is rounded up", () => {
  expect(untilDue(now + 15 * minute - 500, now)).toBe("in 14 min 59 s")
  expect(untilDue(now - 9.1 * minute - 1, now)).toBe("9 min 7 s late")
  expect(untilDue(now - 60 * minute + 1, now)).toBe("1 h late")
  expect(untilDue(now + 1_900, now)).toBe("in 1 s")
  expect(ago(now - 3 * 60 * minute, now)).toBe("3 h ago")
})

test("a distance has two units, and seconds alone below two minutes", () => {
  expect(untilDue(now + 719.9 * 60 * minute, now)).toBe("in 29 days 23 h")
  expect(untilDue(now + 25 * 60 * minute, now)).toBe("in 1 day 1 h")
  expect(untilDue(now + 71 * minute, now)).toBe("in 1 h 11 min")
  expect(untilDue(now + 2 * minute - 1, now)).toBe("in 119 s")
})

test("a time is read with its zone, or counted from now", () => {
  expect(parseTime("until", "2026-12-16T13:00+03:00", now)).toBe(Date.UTC(2026, 11, 16, 10))
  expect(parseTime("until", "2026-12-16T10:00:30Z", now)).toBe(Date.UTC(2026, 11, 16, 10, 0, 30))
  expect(parseTime("until", "+90m", now)).toBe(now + 90 * minute)
})

test("a time without a zone is refused, since the other side reads it elsewhere", () => {
  for (const typed of [
    "2026-12-16T10:00",
    "16 December",
    "tomorrow",
    "+5",
    "",
    "2026-13-45T99:99Z",
  ]) {
    expect(() => parseTime("until", typed, now)).toThrow(/no time with a time zone/)
  }
})

test("every instant that is written as ISO 8601 is read back", () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }), (date) => {
      expect(parseTime("at", date.toISOString(), now)).toBe(date.getTime())
    }),
  )
})
