/** Text that crosses a border: bounded, well-formed, and without characters that deceive the eye. */

import * as v from "valibot"

// Controls but tab and newline; overrides and isolates that reorder what a reader sees.
const deceiving = /[^\P{Cc}\t\n]|[\u202A-\u202E\u2066-\u2069\uFEFF]/u

/** Text for people, of 1 to `charactersMax` UTF-16 units. */
export function plainText(charactersMax: number): v.GenericSchema<string> {
  return v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(charactersMax),
    v.check((it) => it.isWellFormed(), "text is not well-formed Unicode"),
    v.check((it) => !deceiving.test(it), "text holds control or reordering characters"),
  )
}
