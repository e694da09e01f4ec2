/** Several steps of one turn may write the same thread, obligation or link: only the last counts. */

import { assert } from "../assert.ts"
import type { ExchangeWrite, LinkWrite, ThreadWrite } from "./ports.ts"

function keyOf(write: ExchangeWrite): string | undefined {
  switch (write.kind) {
    case "thread":
      return `thread/${write.thread.id}`
    case "link":
      return `link/${write.link.peer}`
    case "obligation":
      return `obligation/${write.thread}/${write.obligation.id}`
    case "message":
    case "arrival":
    case "custody":
    case "refusal":
    case "enqueue":
    case "dequeue":
    case "act":
      return undefined
  }
}

/** The later write, held against the version that the earlier one was. */
function joined(earlier: ExchangeWrite, later: ExchangeWrite): ExchangeWrite {
  switch (later.kind) {
    case "link":
      return { ...later, expectedVersion: (earlier as LinkWrite).expectedVersion }
    case "thread": {
      const { kind, thread, peer, version, isClosed } = later
      const { expectedVersion } = earlier as ThreadWrite
      return {
        kind,
        thread,
        peer,
        expectedVersion,
        version,
        isClosed,
        // What is worked out only when it is asked for stays unasked.
        get viewHash() {
          return later.viewHash
        },
      }
    }
    default:
      return later
  }
}

/** One write for each thread, obligation and link, with everything else as it was, in order. */
export function merged(writes: readonly ExchangeWrite[]): ExchangeWrite[] {
  const last = new Map<string, ExchangeWrite>()
  const rest: ExchangeWrite[] = []
  for (const write of writes) {
    const key = keyOf(write)
    if (key === undefined) rest.push(write)
    else {
      const earlier = last.get(key)
      last.set(key, earlier === undefined ? write : joined(earlier, write))
    }
  }
  assert(last.size + rest.length <= writes.length, "merging adds nothing")
  return [...last.values(), ...rest]
}
