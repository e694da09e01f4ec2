/** From what was typed to an exit code. The one place where errors become words for people. */

import { readFileSync } from "node:fs"

import { asCalled, type Calling, dirIn } from "./calling.ts"
import { CliError, fileError, systemCode } from "./cli-error.ts"
import type { Command, Context } from "./command.ts"
import { commands } from "./commands/all.ts"
import { readEnvironment } from "./environment.ts"
import { exitCodes, type ExitCode } from "./exit-codes.ts"
import { parseGiven } from "./given.ts"
import { helpText, overviewText } from "./help-text.ts"
import { nearestHint } from "./nearest.ts"
import { plain, plainJson } from "./terminal/plain.ts"
import { Terminal } from "./terminal/terminal.ts"

/** Runs one command. Never throws; what went wrong is on standard error. */
export async function runProgram(args: readonly string[]): Promise<ExitCode> {
  const environment = readEnvironment()
  // Known before the flags are checked, so that their own errors are JSON too.
  const isJson = args.includes("--json")
  const terminal = new Terminal({ isJson, mayColour: environment.mayColour })
  try {
    if (args[0] === "--version") return tellVersion(terminal)
    const { command, rest } = chosen(args)
    if (command === undefined) return overview(terminal, args.length > 0)
    if (command.name === "help") return await runHelp(command, rest, { environment, terminal })
    const given = parseGiven(command, rest)
    if (given.isOn("help")) {
      const text = helpText(command)
      terminal.print({ help: text }, [text])
      return exitCodes.done
    }
    const report = await command.run({ given, environment, terminal })
    if (report !== undefined) terminal.print(report.document, report.lines)
    return exitCodes.done
  } catch (error) {
    return tell(error, isJson, { program: environment.program, dir: dirIn(args) })
  }
}

interface Chosen {
  readonly command: Command | undefined
  readonly rest: readonly string[]
}

function chosen(args: readonly string[]): Chosen {
  const [first, second] = args
  if (first === undefined || first === "--help" || first === "-h") {
    return { command: undefined, rest: [] }
  }
  const long = commands.find(({ name }) => name === `${first} ${second ?? ""}`)
  if (long !== undefined) return { command: long, rest: args.slice(2) }
  const short = commands.find(({ name }) => name === first)
  if (short !== undefined) return { command: short, rest: args.slice(1) }
  throw unknownCommand(first, second)
}

function unknownCommand(first: string, second: string | undefined): CliError {
  const under = commands.map(({ name }) => name).filter((name) => name.startsWith(`${first} `))
  if (under.length > 0) {
    const what = second === undefined ? "needs one more word" : `has no "${plain(second)}"`
    const all = `one of: ${under.map((name) => `tearline ${name}`).join(", ")}`
    const hint = second === undefined ? all : nearestHint(`${first} ${second}`, under, all)
    return new CliError("wrong_usage", `tearline ${first} ${what}`, { hint })
  }
  const names = commands.map(({ name }) => name)
  const isFlag = first.startsWith("-")
  const message = isFlag
    ? `the command comes before its flags: "${first}"`
    : `there is no command "${first}"`
  const hint = nearestHint(first, names, "see tearline help")
  return new CliError("wrong_usage", message, { hint })
}

function tellVersion(terminal: Terminal): ExitCode {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8")
  const { version } = JSON.parse(manifest) as { readonly version: string }
  terminal.print({ version }, [version])
  return exitCodes.done
}

function overview(terminal: Terminal, isAsked: boolean): ExitCode {
  const text = overviewText(commands)
  if (isAsked) terminal.print({ help: text }, [text])
  else process.stderr.write(`${text}\n`)
  return isAsked ? exitCodes.done : exitCodes.usage
}

/** `help peer add`: its words are one topic and no positionals. */
async function runHelp(
  command: Command,
  rest: readonly string[],
  context: Omit<Context, "given">,
): Promise<ExitCode> {
  const words = rest.filter((it) => !it.startsWith("-"))
  const topic = { ...command, positionals: words.map((name) => ({ name, help: "" })) }
  const report = await command.run({ ...context, given: parseGiven(topic, rest) })
  if (report !== undefined) context.terminal.print(report.document, report.lines)
  return exitCodes.done
}

function tell(error: unknown, isJson: boolean, calling: Calling): ExitCode {
  const said = asCliError(error)
  const message = plain(said.message)
  const hint = plain(isJson ? said.hint : asCalled(said.hint, calling))
  const document = plainJson({ code: said.shown, message, hint })
  process.stderr.write(isJson ? `${document}\n` : `tearline: ${message}\nhint: ${hint}\n`)
  return said.exit
}

function asCliError(error: unknown): CliError {
  if (error instanceof CliError) return error
  const code = systemCode(error)
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EACCES" || code === "EROFS") {
    return fileError(error, "a file of this node", "write")
  }
  const name = error instanceof Error ? error.name : "unknown"
  const what = code ?? name
  return new CliError("internal", `something went wrong inside Tearline (${what})`, {
    hint: "run it again; if it stays, report the command and this code, without any content",
    cause: error,
  })
}
