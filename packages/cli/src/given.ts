/** What was typed after the command's name, checked against what the command takes. */

import { parseArgs } from "node:util"

import { CliError } from "./cli-error.ts"
import { type Command, commonOptions, type Option, type Positional } from "./command.ts"
import { nearestHint } from "./nearest.ts"

/** Reads values by name; asking for one that the command does not declare finds nothing. */
export class Given {
  readonly #values: ReadonlyMap<string, readonly string[]>
  readonly #command: string
  readonly positionals: readonly string[]

  constructor(
    command: string,
    values: ReadonlyMap<string, readonly string[]>,
    positionals: readonly string[],
  ) {
    this.#command = command
    this.#values = values
    this.positionals = positionals
  }

  isOn(name: string): boolean {
    return this.#values.has(name)
  }

  text(name: string): string | undefined {
    return this.#values.get(name)?.at(-1)
  }

  list(name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }

  /** The value, or a refusal that names the flag. */
  needed(name: string): string {
    const value = this.text(name)
    if (value !== undefined) return value
    throw usageError(`--${name} is missing`, this.#command)
  }

  /** The names of all flags that were given. */
  names(): readonly string[] {
    return [...this.#values.keys()]
  }
}

/** Parses what follows the command's name. Throws `wrong_usage`, naming the nearest flag. */
export function parseGiven(command: Command, args: readonly string[]): Given {
  const options = { ...commonOptions, ...command.options }
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { type }]) => [
        name,
        { type: type === "flag" ? ("boolean" as const) : ("string" as const), multiple: true },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const values = new Map<string, string[]>()
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value)
    if (token.kind !== "option") continue
    const option = declared(command, options, token.name, token.rawName)
    const value = valueOf(command, { option, ...token })
    values.set(token.name, [...(values.get(token.name) ?? []), value])
    if (!option.isMultiple && (values.get(token.name)?.length ?? 0) > 1) {
      throw usageError(`${token.rawName} is given twice`, command.name)
    }
  }
  if (!values.has("help")) mustBeComplete(command, positionals)
  return new Given(command.name, values, positionals)
}

function declared(
  command: Command,
  options: Readonly<Record<string, Option>>,
  name: string,
  rawName: string,
): Option {
  const option = Object.hasOwn(options, name) ? options[name] : undefined
  if (option !== undefined) return option
  const names = Object.keys(options).map((it) => `--${it}`)
  throw new CliError("wrong_usage", `tearline ${command.name} has no flag ${rawName}`, {
    hint: nearestHint(rawName, names, `see tearline ${command.name} --help`),
  })
}

interface OptionToken {
  readonly option: Option
  readonly rawName: string
  readonly value?: string | undefined
  readonly inlineValue?: boolean | undefined
}

function valueOf(command: Command, token: OptionToken): string {
  const { option, rawName, value } = token
  if (option.type === "flag") {
    if (value === undefined) return ""
    throw usageError(`${rawName} takes no value`, command.name)
  }
  // What is empty was most often a variable that is not set.
  if (value === undefined || value === "") {
    throw usageError(`${rawName} needs a value`, command.name)
  }
  if (!token.inlineValue && value.startsWith("-") && value.length > 1) {
    const message = `${rawName} needs a value and is followed by ${value}`
    const hint = `a value that begins with a dash is written ${rawName}=…`
    throw new CliError("wrong_usage", message, { hint })
  }
  if (option.codes !== undefined && !option.codes.includes(value)) {
    const known = `one of: ${option.codes.join(", ")}`
    const message = `${rawName} does not know "${value}"`
    throw new CliError("wrong_usage", message, { hint: nearestHint(value, option.codes, known) })
  }
  return value
}

function mustBeComplete(command: Command, positionals: readonly string[]): void {
  const wanted = command.positionals ?? []
  const missing = wanted[positionals.length]
  if (missing !== undefined) throw missingError(missing, command)
  const tooMany = positionals[wanted.length]
  if (tooMany === undefined) return
  throw usageError(`"${tooMany}" is one word too many`, command.name)
}

function missingError({ name, whenMissing }: Positional, command: Command): CliError {
  const message = `${name} is missing`
  if (whenMissing === undefined) return usageError(message, command.name)
  return new CliError("wrong_usage", message, { hint: whenMissing })
}

/** A refusal of what was typed, that points to the command's help. */
export function usageError(message: string, command: string): CliError {
  return new CliError("wrong_usage", message, { hint: `see tearline ${command} --help` })
}
