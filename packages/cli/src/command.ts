/**
 * The shape that every command has, and nothing that only one of them needs.
 *
 * A command is data and one function: help page, documentation, checking of flags and completion of
 * mistyped names all come from the data, so that they cannot disagree with what the command takes.
 */

import type { Environment } from "./environment.ts"
import type { Given } from "./given.ts"
import type { Terminal } from "./terminal/terminal.ts"

export interface Option {
  /** `flag` takes no value. */
  readonly type: "text" | "flag"
  /** What stands for the value in the help: `<file>`. */
  readonly value?: string
  readonly help: string
  readonly isMultiple?: boolean
  /** The values that may be given; anything else is refused with the nearest of them. */
  readonly codes?: readonly string[]
}

export interface Positional {
  /** In capitals, as in the usage line. */
  readonly name: string
  readonly help: string
  /** What to do where it is missing, if the help page is not it. */
  readonly whenMissing?: string
}

export interface Context {
  readonly given: Given
  readonly environment: Environment
  readonly terminal: Terminal
}

/** What a command came to: one document for `--json`, lines for people. */
export interface Report {
  readonly document: unknown
  readonly lines: readonly string[]
}

export interface Command {
  /** One word, or two: `peer add`. */
  readonly name: string
  readonly summary: string
  /** What else to know, in a paragraph or two. */
  readonly details?: string
  readonly positionals?: readonly Positional[]
  readonly options: Readonly<Record<string, Option>>
  readonly examples: readonly string[]
  /** `undefined` when the command has itself printed what there is to print. */
  run(context: Context): Promise<Report | undefined>
}

/** The options that every command takes. */
export const commonOptions: Readonly<Record<string, Option>> = {
  dir: { type: "text", value: "<folder>", help: "the node's state folder" },
  json: { type: "flag", help: "print one JSON document" },
  help: { type: "flag", help: "show this help" },
}
