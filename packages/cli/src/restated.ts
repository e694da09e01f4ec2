/** Who, where, when, how in one's own words: the flags that read-backs and corrections share. */

import type { Option } from "./command.ts"
import { given as present } from "./content.ts"
import { type Given, usageError } from "./given.ts"

const names = ["what", "who", "where", "when", "how"] as const

export const restatedOptions: Readonly<Record<string, Option>> = Object.fromEntries(
  names.map((name) => [name, { type: "text", value: "<text>", help: `${name}, in own words` }]),
)

/** The restated elements; at least one. Throws `wrong_usage`. */
export function restated(given: Given, command: string): object {
  const said = present(Object.fromEntries(names.map((name) => [name, given.text(name)])))
  if (Object.keys(said).length > 0) return said
  throw usageError("nothing is restated: give at least one of --who --where --when --how", command)
}
