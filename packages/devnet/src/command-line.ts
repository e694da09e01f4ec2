/** What `npm start` and `npm run episode` take, and where their state lies. */

import { resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs, type ParseArgsConfig } from "node:util"

import { CliError } from "@tearline/cli"

const root = fileURLToPath(new URL("../../..", import.meta.url))

/** The state folder, absolute: `--dir`, else TEARLINE_DEVNET, else `.devnet` of the repository. */
export function devnetFolder(dir: string | undefined): string {
  const named = process.env["TEARLINE_DEVNET"]
  return resolve(dir ?? (named === undefined || named === "" ? `${root}.devnet` : named))
}

/** Whether lines may be coloured. */
export function mayColour(): boolean {
  const refused = process.env["NO_COLOR"]
  const isPlain = refused !== undefined && refused !== ""
  return process.stdout.isTTY && !isPlain && process.env["TERM"] !== "dumb"
}

/** Parses as `parseArgs` does. Throws `wrong_usage`. */
export function parsed<Config extends ParseArgsConfig>(
  config: Config,
  usage: string,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config)
  } catch (error) {
    const said = error instanceof Error ? error.message : "the flags are not understood"
    const [message = said] = said.split(". ")
    const words = message.charAt(0).toLowerCase() + message.slice(1)
    throw new CliError("wrong_usage", words, { hint: `usage: ${usage}`, cause: error })
  }
}

/** Says what went wrong; gives the exit code. The one place where errors become words here. */
export function tellError(error: unknown): number {
  if (error instanceof CliError) {
    process.stderr.write(`devnet: ${error.message}\nhint: ${error.hint}\n`)
    return error.exit
  }
  const name = error instanceof Error ? `${error.name}: ${error.message}` : "unknown"
  process.stderr.write(`devnet: something went wrong inside it (${name})\n`)
  process.stderr.write("hint: run it again; if it stays, report the command and this line\n")
  return 5
}
