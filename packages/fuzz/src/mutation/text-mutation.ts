/** Changes to text: JSON by its tree, and lines of a protocol by words and repetition. */

import type { Random } from "@tearline/sim"

const decoder = new TextDecoder("utf-8", { ignoreBOM: true })
const encoder = new TextEncoder()

const oddities: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e308,
  2 ** 53,
  -0,
  "",
  "__proto__",
  "\uD800",
  "\uFEFF",
  "\u202E",
  "a".repeat(5_000),
  [],
  {},
  [[[[[[]]]]]],
]

type Path = readonly (string | number)[]

function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path]
  const entries = Object.entries(value).slice(0, 200)
  return [path, ...entries.flatMap(([key, it]) => placesIn(it, [...path, key]))]
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((it, key) => (it as Record<string, unknown> | null)?.[key], value)
}

/** Own keys only, so that a `__proto__` of the input stays a key of the output. */
function replaced(value: unknown, path: Path, by: unknown): unknown {
  const [first, ...rest] = path
  if (first === undefined) return by
  if (Array.isArray(value))
    return value.map((it, at) => (String(at) === first ? replaced(it, rest, by) : it))
  const entries = Object.entries(value as object)
  return Object.fromEntries(
    entries.flatMap(([key, it]): [string, unknown][] => {
      if (key !== first) return [[key, it]]
      const next = replaced(it, rest, by)
      return next === undefined ? [] : [[key, next]]
    }),
  )
}

function otherValue(value: unknown, random: Random, words: readonly string[]): unknown {
  const pick = random.below(8)
  if (pick === 0) return undefined
  if (pick === 1 && words.length > 0) return random.pick(words)
  if (pick === 2) return [value, value]
  if (pick === 3 && Array.isArray(value)) return Array.from({ length: 300 }, () => value[0] ?? null)
  if (pick === 4 && typeof value === "object" && value !== null) {
    const key = random.pick(["__proto__", "constructor", ...words])
    return Object.fromEntries([...Object.entries(value), [key, random.pick(oddities)]])
  }
  if (pick === 5 && typeof value === "string") return value + value
  return random.pick(oddities)
}

/** One value of a JSON document changed; undefined where it is none. */
export function changeJson(
  input: Uint8Array,
  random: Random,
  words: readonly string[],
): Uint8Array | undefined {
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(input))
  } catch {
    return undefined
  }
  const path = random.pick(placesIn(value))
  const by = otherValue(valueAt(value, path), random, words)
  return encoder.encode(JSON.stringify(replaced(value, path, by)) ?? "")
}

/** A word put in, or a line dropped, doubled or moved: in bytes, since the text may be none. */
export function changeLines(
  input: Uint8Array,
  random: Random,
  words: readonly string[],
): Uint8Array {
  const bytes = Buffer.from(input)
  if (words.length > 0 && random.isLucky(0.5)) {
    const at = random.below(bytes.length + 1)
    const to = at + (random.isLucky(0.5) ? 0 : random.below(12))
    const word = Buffer.from(random.pick(words), "latin1")
    return new Uint8Array(Buffer.concat([bytes.subarray(0, at), word, bytes.subarray(to)]))
  }
  const lines = bytes.toString("latin1").split("\r\n")
  const at = random.below(lines.length)
  const line = lines[at] ?? ""
  const pick = random.below(4)
  const changed =
    pick === 0
      ? lines.toSpliced(at, 1)
      : pick === 1
        ? lines.toSpliced(at, 0, line)
        : pick === 2
          ? lines.toSpliced(random.below(lines.length), 0, line)
          : lines.toSpliced(at, 0, ...Array.from({ length: random.pick([10, 500]) }, () => line))
  return new Uint8Array(Buffer.from(changed.join("\r\n"), "latin1"))
}
