/** Server-sent events, as much of them as the desk interface uses: `data:` lines of JSON. */

import { createInterface } from "node:readline"
import type { Readable } from "node:stream"

import type { DeskEvent } from "./answers.ts"

/** Ends when the stream does or the signal is given; a line that is no JSON object is passed over. */
export async function* readEvents(
  stream: Readable,
  signal: AbortSignal,
): AsyncGenerator<DeskEvent> {
  try {
    for await (const line of createInterface({ input: stream })) {
      const event = eventOf(line)
      if (event !== undefined) yield event
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    stream.destroy()
  }
}

function eventOf(line: string): DeskEvent | undefined {
  if (!line.startsWith("data:")) return undefined
  try {
    const value = JSON.parse(line.slice(5)) as unknown
    return typeof value === "object" && value !== null ? (value as DeskEvent) : undefined
  } catch {
    return undefined
  }
}
