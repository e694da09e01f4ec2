/** Help pages, written out of the commands; docs/operating/command-line.md is made of the same. */

import { type Command, commonOptions, type Option } from "./command.ts"
import { variables } from "./environment.ts"
import { exitMeanings } from "./exit-codes.ts"
import { table, wrapped } from "./terminal/table.ts"

const columns = 90

/** `tearline help` */
export function overviewText(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary])
  return [
    "tearline: warn each other in time, and close the loop",
    "",
    "usage: tearline COMMAND [flags]",
    "",
    "commands:",
    ...table(rows, "  "),
    "",
    "flags of every command:",
    ...optionLines(commonOptions),
    "",
    "environment:",
    ...table(Object.entries(variables), "  "),
    "",
    "tearline help COMMAND shows flags and examples; tearline help exit-codes what scripts need;",
    "tearline --version which version this is",
  ].join("\n")
}

/** `tearline help COMMAND` */
export function helpText(command: Command): string {
  const { name, summary, details, examples } = command
  const positionals = command.positionals ?? []
  const words = positionals.map((it) => ` ${it.name}`).join("")
  const flags = Object.keys(command.options).length > 0 ? " [flags]" : ""
  return [
    `tearline ${name}: ${summary}`,
    "",
    `usage: tearline ${name}${words}${flags}`,
    ...(details === undefined ? [] : ["", ...wrapped(details, columns)]),
    ...(positionals.length === 0 ? [] : ["", ...describedRows(positionalRows(positionals))]),
    "",
    "flags:",
    ...optionLines({ ...command.options, ...commonOptions }),
    "",
    examples.length === 1 ? "example:" : "examples:",
    ...examples.map((it) => `  ${it}`),
  ].join("\n")
}

/** `tearline help exit-codes` */
export function exitCodesText(): string {
  const rows = Object.entries(exitMeanings)
  const words =
    "Under --json an error is one document on standard error: code, message and hint. The code is " +
    "stable; where the node refused, it is the node's own."
  return ["exit codes:", ...table(rows, "  "), "", ...wrapped(words, columns)].join("\n")
}

function positionalRows(positionals: NonNullable<Command["positionals"]>): [string, string][] {
  return positionals.map(({ name, help }) => [name, help])
}

function optionLines(options: Readonly<Record<string, Option>>): readonly string[] {
  return describedRows(
    Object.entries(options).map(([name, option]) => [
      `--${name}${option.value === undefined ? "" : ` ${option.value}`}`,
      option.codes === undefined ? option.help : `${option.help}: ${option.codes.join(", ")}`,
    ]),
  )
}

/** Names on the left, what they are about on the right, broken into lines. */
function describedRows(rows: readonly (readonly [string, string])[]): readonly string[] {
  const left = Math.max(...rows.map(([name]) => name.length))
  const lines = rows.flatMap(([name, help]) => {
    const [first = "", ...more] = wrapped(help, columns - left - 4)
    return [[name, first], ...more.map((line) => ["", line])]
  })
  return lines.map(([name = "", line]) => `  ${name.padEnd(left)}  ${line}`)
}
