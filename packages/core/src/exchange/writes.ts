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
  if (later.kind !== "thread" && later.kind !== "link") return later
  const { expectedVersion } = earlier as ThreadWrite | LinkWrite
  // Whatever the later one would work out only when asked stays unasked.
  const described = Object.getOwnPropertyDescriptors(later)
  return Object.defineProperties(
    {},
    {
      ...described,
      expectedVersion: { value: expectedVersion, enumerable: true },
    },
  ) as ThreadWrite | LinkWrite
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
  const first = [...last.values()]
  assert(new Set(first.map(keyOf)).size === first.length, "one write for each key")
  assert(first.length + rest.length <= writes.length, "merging adds nothing")
  return [...first, ...rest]
}
