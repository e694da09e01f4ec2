/** What `npm run bench` takes. */

import { parseArgs } from "node:util"

import { CliError, nearestHint } from "@tearline/cli"

interface Flag {
  readonly usual: string
  readonly says: string
  /** Of a whole number; a flag without it is read by its bench. */
  readonly min?: number
}

interface Bench {
  readonly says: string
  readonly flags: Readonly<Record<string, Flag>>
}

export type BenchName = "delivery" | "sim"

const benches: Readonly<Record<BenchName, Bench>> = {
  delivery: {
    says: "how soon a FLASH is readable and acknowledged, at one partner and at many; CPU, memory",
    flags: {
      "warm-up": { usual: "500", min: 0, says: "deliveries before anything is measured" },
      count: { usual: "300", min: 1, says: "FLASH deliveries one after the other" },
      sustained: { usual: "400", min: 1, says: "deliveries, sixteen at a time, for rate and CPU" },
      partners: {
        usual: "30",
        min: 0,
        says: "partners of the fan-out, a node each; 0: no fan-out",
      },
      "fan-outs": { usual: "20", min: 1, says: "warnings of the fan-out" },
    },
  },
  sim: {
    says: "how many simulated network-years a CPU-minute holds",
    flags: {
      years: { usual: "0.25", says: "how many years, or which part of one, in one thread" },
      seed: { usual: "bench", says: "every choice of the world" },
    },
  },
}

export interface AskedBench {
  readonly kind: "run"
  readonly bench: BenchName
  readonly isJson: boolean
  /** The value of a flag: as it was given, or what is usual. */
  readonly text: (flag: string) => string
  readonly count: (flag: string) => number
}

type Asked = { readonly kind: "help"; readonly text: string } | AskedBench

const names = Object.keys(benches) as readonly BenchName[]

/** Reads the arguments. Throws `wrong_usage`, naming what was most likely meant. */
export function readCommandLine(args: readonly string[]): Asked {
  const [word, ...rest] = args
  if (word === undefined) throw wrong("name a bench", overviewHint)
  if (["help", "--help", "-h"].includes(word)) {
    return { kind: "help", text: rest[0] === undefined ? help() : helpOf(named(rest[0])) }
  }
  const bench = named(word)
  const given = flagsOf(bench, rest)
  if (given.has("help")) return { kind: "help", text: helpOf(bench) }
  const { flags } = benches[bench]
  const text = (flag: string): string => given.get(flag) ?? flags[flag]?.usual ?? ""
  const counts = new Map(
    Object.entries(flags).flatMap(([flag, { min }]) =>
      min === undefined ? [] : [[flag, countOf(flag, text(flag), { bench, min })] as const],
    ),
  )
  const isJson = given.has("json")
  return { kind: "run", bench, isJson, text, count: (flag) => counts.get(flag) ?? 0 }
}

/** Whatever a bench itself finds wrong with one of its values. */
export function wrongValue(bench: BenchName, message: string): CliError {
  return wrong(message, hintOf(bench))
}

function named(word: string): BenchName {
  const found = names.find((it) => it === word)
  if (found !== undefined) return found
  throw wrong(`there is no bench "${word}"`, nearestHint(word, names, overviewHint))
}

/** Flags and their values; one that needs none has an empty one. */
function flagsOf(bench: BenchName, args: readonly string[]): ReadonlyMap<string, string> {
  const valued = Object.keys(benches[bench].flags)
  const known = [...valued, "json", "help"]
  const options = Object.fromEntries(
    known.map((it) => [it, { type: valued.includes(it) ? "string" : "boolean" } as const]),
  )
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true })
  const given = new Map<string, string>()
  for (const token of tokens) {
    if (token.kind === "positional") {
      throw wrong(`"${token.value}" is one word too many`, hintOf(bench))
    }
    if (token.kind !== "option") continue
    const name = token.rawName === "-h" ? "help" : token.name
    if (!known.includes(name)) {
      const dashed = known.map((it) => `--${it}`)
      const hint = nearestHint(`--${name}`, dashed, hintOf(bench))
      throw wrong(`${bench} takes no ${token.rawName}`, hint)
    }
    const needsValue = valued.includes(name)
    if (needsValue && token.value === undefined) {
      throw wrong(`${token.rawName} needs a value`, hintOf(bench))
    }
    given.set(name, token.value ?? "")
  }
  return given
}

interface Bounds {
  readonly bench: BenchName
  readonly min: number
}

function countOf(flag: string, text: string, { bench, min }: Bounds): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count >= min) return count
  throw wrong(`--${flag} takes a whole number from ${min} up`, hintOf(bench))
}

function wrong(message: string, hint: string): CliError {
  return new CliError("wrong_usage", message, { hint })
}

const overviewHint = `there are: ${names.join(", ")}; see npm run bench -- help`

function hintOf(bench: BenchName): string {
  return `see npm run bench -- help ${bench}`
}

const exits = "exit codes: 0 measured, 2 wrong usage, 3 this machine lacks what it needs"

function help(): string {
  const width = Math.max(...names.map((it) => it.length))
  return [
    "usage: npm run bench -- BENCH [its flags] [--json]",
    "",
    "Measures on this machine, and prints figures and ratios. It asserts nothing: a figure that is",
    "short of what is wanted is called so, and the exit code stays 0.",
    "",
    ...names.map((it) => `  ${it.padEnd(width)}  ${benches[it].says}`),
    "",
    "What one takes: npm run bench -- help BENCH",
    "",
    exits,
  ].join("\n")
}

function helpOf(bench: BenchName): string {
  const { says, flags } = benches[bench]
  const known = Object.entries(flags)
  const lines = known.map(
    ([flag, it]) =>
      `  ${`--${flag} ${valueOf(it)}`.padEnd(14)}  ${it.says}; ${it.usual} unless told`,
  )
  return [
    `usage: npm run bench -- ${bench} ${known.map(([flag, it]) => `[--${flag} ${valueOf(it)}]`).join(" ")} [--json]`,
    "",
    says,
    "",
    ...lines,
    `  ${"--json".padEnd(14)}  one JSON document instead of lines`,
    "",
    exits,
  ].join("\n")
}

function valueOf({ min, usual }: Flag): string {
  if (min !== undefined) return "N"
  return Number.isNaN(Number(usual)) ? "S" : "Y"
}
