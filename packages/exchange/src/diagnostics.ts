/**
 * Diagnostics: one JSON object a line, ids, codes and counts only.
 *
 * There is no free text on purpose. An error is shown by its code; what it says might quote
 * content, and that never reaches a diagnostic line (I13).
 */

type Level = "info" | "warn" | "error"
type DiagnosticFields = Readonly<Record<string, string | number | boolean>>

/** Writes one line: a snake_case event and fields that hold ids, codes or counts. */
export type Diagnostics = (level: Level, event: string, fields?: DiagnosticFields) => void

/** Diagnostics as lines, each handed to `write` with its line end. */
export function jsonLines(nowMs: () => number, write: (line: string) => void): Diagnostics {
  return (level, event, fields = {}) => {
    const at = new Date(nowMs()).toISOString()
    write(`${JSON.stringify({ at, level, event, ...fields })}\n`)
  }
}
