/** JSON that a person wrote: where it is wrong is said by line and column. */

import { createReadStream } from "node:fs"

import { CliError, fileError } from "./cli-error.ts"
import { wholeBytes } from "./whole-text.ts"

const bytesMax = 4 * 1024 * 1024
// What is not UTF-8 is refused and never repaired: the result may be signed.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** The value in a file, or on standard input for `-`. Throws `cannot_read` or `wrong_content`. */
export async function readJsonFile(path: string): Promise<unknown> {
  return parseJson(await readTextFile(path), path === "-" ? "standard input" : path)
}

/** The text of a file, or of standard input for `-`. */
async function readTextFile(path: string): Promise<string> {
  const bytes = await readBytes(path)
  if (bytes.length > bytesMax) {
    const hint = `a file for this command has at most ${bytesMax} bytes`
    throw new CliError("wrong_content", `${path} is too long`, { hint })
  }
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    const hint = "save it again as UTF-8: its letters would come out as others"
    throw new CliError("wrong_content", `${path} is not UTF-8`, { hint, cause })
  }
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await wholeBytes(path === "-" ? process.stdin : createReadStream(path), bytesMax)
  } catch (error) {
    throw fileError(error, path, "read")
  }
}

/** Parses, and says where it cannot. `name` stands for the text in the message. */
export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    const offset = offsetOf(cause, text)
    const place = offset === undefined ? "" : ` at ${lineAndColumn(text, offset)}`
    throw new CliError("wrong_content", `${name} is not JSON${place}`, {
      hint: `${wordsOf(text, offset)}; names and texts need double quotes, the last item no comma`,
      cause,
    })
  }
}

/** V8 says where in words, and only sometimes; the end of the text it says otherwise. */
function offsetOf(error: unknown, text: string): number | undefined {
  const message = error instanceof Error ? error.message : ""
  const said = /at position (\d+)/.exec(message)?.[1]
  if (said !== undefined) return Number(said)
  if (/end of JSON/.test(message)) return text.length
  return firstUnreadable(text)
}

/** The longest readable beginning, found by halving: only for messages that hold no position. */
function firstUnreadable(text: string): number | undefined {
  const token = /Unexpected token/
  for (let end = 1; end <= Math.min(text.length, 20_000); end += 1) {
    try {
      JSON.parse(text.slice(0, end))
    } catch (error) {
      if (error instanceof Error && token.test(error.message)) return end - 1
    }
  }
  return undefined
}

function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n")
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}

function wordsOf(text: string, offset: number | undefined): string {
  if (offset === undefined) return "it cannot be read"
  const found = text[offset]
  return found === undefined ? "it ends too early" : `${JSON.stringify(found)} cannot stand there`
}
