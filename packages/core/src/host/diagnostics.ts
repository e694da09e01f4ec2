/**
 * Diagnostics: one JSON object a line, ids, codes and counts only.
 *
 * There is no free text on purpose. An error is shown by its code; what it says might quote bytes
 * of a peer or content, and those never reach a diagnostic line (I13).
 */

import type { Clock } from "./ports.ts"

type Level = "info" | "warn" | "error"
type DiagnosticFields = Readonly<Record<string, string | number | boolean>>

/** Writes one line: a snake_case event and fields that hold ids, codes or counts. */
export type Diagnostics = (level: Level, event: string, fields?: DiagnosticFields) => void

/** Diagnostics as lines, each handed to `write` with its line end. */
export function jsonLines(clock: Clock, write: (line: string) => void): Diagnostics {
  return (level, event, fields = {}) => {
    // A time that arrived as an input is put into words; no clock is read.
    // oxlint-disable-next-line no-restricted-globals
    const at = new Date(clock.nowMs()).toISOString()
    write(`${JSON.stringify({ at, level, event, ...fields })}\n`)
  }
}
