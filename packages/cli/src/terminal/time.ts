/** Times for people: the month in letters, always a time zone, and how far away it is. */

import { CliError } from "../cli-error.ts"

/** The furthest date that the platform knows. */
const dateMsMax = 8.64e15
const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** `16 Dec 2026, 14:32:05 UTC`, in the zone of whoever reads. */
export function absolute(atMs: number): string {
  // A peer may have written any number.
  if (!(Math.abs(atMs) <= dateMsMax)) return String(atMs)
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  }).format(atMs)
}

/** `in 9 min 58 s`, `3 h 5 min late`: down for what is left, up for what is late. */
export function untilDue(dueMs: number, nowMs: number): string {
  const leftMs = dueMs - nowMs
  return leftMs >= 0 ? `in ${duration(leftMs, Math.floor)}` : `${duration(-leftMs, Math.ceil)} late`
}

/** `5 min 2 s ago`; `in 2 h 10 min` for what is to come. Both are rounded down. */
export function ago(atMs: number, nowMs: number): string {
  const passedMs = nowMs - atMs
  return passedMs < 0
    ? `in ${duration(-passedMs, Math.floor)}`
    : `${duration(passedMs, Math.floor)} ago`
}

interface Units {
  readonly majorMs: number
  readonly minorMs: number
  /** The smaller unit's name; below two minutes there is one unit only. */
  readonly minor: string
  readonly major: string
}

const seconds: Units = { majorMs: second, minorMs: second, major: "s", minor: "" }

function unitsOf(ms: number): Units {
  if (ms >= day) return { majorMs: day, minorMs: hour, major: "day", minor: "h" }
  if (ms >= hour) return { majorMs: hour, minorMs: minute, major: "h", minor: "min" }
  if (ms < 2 * minute) return seconds
  return { majorMs: minute, minorMs: second, major: "min", minor: "s" }
}

function duration(ms: number, round: (value: number) => number): string {
  const shownMs = round(ms / unitsOf(ms).minorMs) * unitsOf(ms).minorMs
  // Rounding up may have made a whole one of the next size.
  const { majorMs, minorMs, major, minor } = unitsOf(shownMs)
  const count = Math.floor(shownMs / majorMs)
  const rest = Math.floor((shownMs % majorMs) / minorMs)
  const name = major === "day" && count !== 1 ? "days" : major
  return rest === 0 ? `${count} ${name}` : `${count} ${name} ${rest} ${minor}`
}

const unitsMs: Readonly<Record<string, number>> = { s: second, m: minute, h: hour, d: day }

/**
 * A time as typed: ISO 8601 with its zone, or `+90m` from now (s, m, h, d). A time without a zone
 * is refused, since the other side reads it elsewhere. Throws `wrong_usage`.
 */
export function parseTime(flag: string, typed: string, nowMs: number): number {
  const relative = /^\+(\d{1,6})([smhd])$/.exec(typed)
  if (relative !== null) return nowMs + Number(relative[1]) * (unitsMs[relative[2] ?? "s"] ?? 0)
  const isIso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(
    typed,
  )
  const atMs = isIso ? Date.parse(typed) : Number.NaN
  if (Number.isFinite(atMs)) return atMs
  throw new CliError("wrong_usage", `--${flag} is no time with a time zone: "${typed}"`, {
    hint: "write 2026-12-16T10:00Z, 2026-12-16T13:00+03:00, or +90m for 90 minutes from now",
  })
}
