/**
 * Commands in what is printed, so that they can be pasted: as the program was called, for the same
 * node. Only our own words go through here; what a peer wrote is never changed.
 */

import { plain } from "./terminal/plain.ts"

export interface Calling {
  /** `tearline`, or how npm runs it. */
  readonly program: string
  /** As given with `--dir`, if it was. */
  readonly dir: string | undefined
}

// "peer" is half a name. A command that names its own folder keeps it, and help needs none.
const commandPattern =
  /(?<![\w-])tearline (?!help\b)((?:peer )?[a-z]+(?:-[a-z]+)*)(?![\w-]| [a-z]+ --help| --help|[^;,]* --dir)/g

/** The text with each `tearline COMMAND` in it as it is to be typed here. */
export function asCalled(text: string, { program, dir }: Calling): string {
  const folder = dir === undefined ? "" : ` --dir ${plain(shellWord(dir))}`
  return text
    .replaceAll(commandPattern, (named) => `${named}${folder}`)
    .replaceAll(/(?<![\w-])tearline (?=[a-z])/g, `${program} `)
}

/** The folder as typed, before the flags are checked: an error is told with it too. */
export function dirIn(args: readonly string[]): string | undefined {
  const at = args.indexOf("--dir")
  if (at !== -1) return args[at + 1]
  return args.find((it) => it.startsWith("--dir="))?.slice("--dir=".length)
}

function shellWord(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
