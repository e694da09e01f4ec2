/**
 * The content of a message, checked before it leaves this machine.
 *
 * The node checks again and decides; here the person still sits before what was typed, and is told
 * which field is wrong by its path.
 */

import { type Kind, kinds } from "@tearline/core"

import { CliError } from "./cli-error.ts"

/** Refuses content that the kind's schema refuses; what passes is sent as it was typed. */
export async function checkedContent(kind: Kind, content: unknown): Promise<unknown> {
  const result = await kinds[kind].schema["~standard"].validate(content)
  if (result.issues === undefined) return content
  const said = result.issues.slice(0, 5).map(({ path = [], message }) => {
    const keys = path.map((it) => String(typeof it === "object" ? it.key : it))
    return `${keys.length === 0 ? "content" : keys.join(".")}: ${message}`
  })
  throw new CliError("wrong_content", `this is no ${kind}: ${said[0] ?? "it does not fit"}`, {
    hint: said.slice(1).join("; ") || `see tearline help ${kind}`,
  })
}

/** Leaves out what was not given: an absent field and an empty one are not the same. */
export function given<T extends object>(fields: T): Partial<T> {
  const there = Object.entries(fields).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  )
  return Object.fromEntries(there) as Partial<T>
}

/** Reads `key=value` flags into an object. Throws `wrong_usage`. */
export function pairs(flag: string, values: readonly string[]): Record<string, string> | undefined {
  if (values.length === 0) return undefined
  return Object.fromEntries(
    values.map((it) => {
      const at = it.indexOf("=")
      if (at > 0) return [it.slice(0, at), it.slice(at + 1)]
      throw new CliError("wrong_usage", `--${flag} has no "=": "${it}"`, {
        hint: `write it as --${flag} name=text`,
      })
    }),
  )
}

/** Reads a whole number of a flag. Throws `wrong_usage`. */
export function wholeNumber(flag: string, typed: string | undefined): number | undefined {
  if (typed === undefined) return undefined
  if (/^\d{1,9}$/.test(typed)) return Number(typed)
  throw new CliError("wrong_usage", `--${flag} is no whole number: "${typed}"`, {
    hint: `write it in digits, as in --${flag} 7`,
  })
}
