/** What `npm run fuzz` takes. */

import { parseArgs } from "node:util"

import { CliError, nearestHint } from "@tearline/cli"

import type { Signal } from "./engine/campaign.ts"
import { targetNames } from "./targets/catalogue.ts"

const usage = "npm run fuzz -- [TARGET …] [--seconds N] [--runs N] [--seed S]"

const listHint = "see them with: npm run fuzz -- --list"
const helpHint = "see npm run fuzz -- --help"

const valued = ["seconds", "runs", "seed", "signal"] as const
const plain = ["keep", "list", "reach", "help"] as const
const flags: readonly string[] = [...valued, ...plain]
const dashed = flags.map((it) => `--${it}`)
const signals: readonly Signal[] = ["coverage", "outcome", "both"]
/** For a number of runs, which takes what it takes; but not for ever. */
const secondsUsual = { alone: 60, withRuns: 3_600 }

interface AskedRun {
  readonly kind: "run"
  readonly targets: readonly string[]
  /** For all targets together. */
  readonly seconds: number
  /** Of each target; undefined when only the time ends it. */
  readonly runs: number | undefined
  readonly seed: string
  readonly signal: Signal
  readonly isKeeping: boolean
}

export type Asked =
  | { readonly kind: "told"; readonly lines: readonly string[] }
  | { readonly kind: "reach" }
  | AskedRun

/** Reads the arguments. Throws `wrong_usage`, naming what was most likely meant. */
export function readCommandLine(args: readonly string[]): Asked {
  const { given, words } = taken(args)
  if (given.has("help") || words[0] === "help") return { kind: "told", lines: help }
  for (const word of words) {
    if (targetNames.includes(word)) continue
    throw wrong(`there is no target "${word}"`, nearestHint(word, targetNames, listHint))
  }
  if (given.has("list")) return { kind: "told", lines: targetNames }
  if (given.has("reach")) return { kind: "reach" }
  const runs = given.has("runs") ? wholeOf("runs", given.get("runs") ?? "") : undefined
  return {
    kind: "run",
    targets: words.length === 0 ? targetNames : [...new Set(words)],
    seconds: secondsOf(given.get("seconds"), runs),
    runs,
    seed: given.get("seed") ?? "1",
    signal: signalOf(given.get("signal") ?? "both"),
    isKeeping: given.has("keep"),
  }
}

interface Taken {
  readonly given: ReadonlyMap<string, string>
  readonly words: readonly string[]
}

function taken(args: readonly string[]): Taken {
  const options = Object.fromEntries([
    ...valued.map((it) => [it, { type: "string" }] as const),
    ...plain.map((it) => [it, { type: "boolean" }] as const),
  ])
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true })
  const given = new Map<string, string>()
  const words: string[] = []
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value)
    if (token.kind !== "option") continue
    const name = token.rawName === "-h" ? "help" : token.name
    if (!flags.includes(name)) {
      throw wrong(`there is no ${token.rawName}`, nearestHint(`--${name}`, dashed, helpHint))
    }
    const isValued = valued.some((it) => it === name)
    if (isValued && token.value === undefined) throw wrong(`${token.rawName} needs a value`, usage)
    if (!isValued && token.value !== undefined) throw wrong(`--${name} takes no value`, usage)
    given.set(name, token.value ?? "")
  }
  return { given, words }
}

function secondsOf(text: string | undefined, runs: number | undefined): number {
  if (text === undefined) return runs === undefined ? secondsUsual.alone : secondsUsual.withRuns
  const seconds = Number(text)
  if (/^\d+(?:\.\d+)?$/.test(text) && seconds > 0) return seconds
  throw wrong("--seconds takes a number above 0", usage)
}

function wholeOf(flag: string, text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count > 0) return count
  throw wrong(`--${flag} takes a whole number from 1 up`, usage)
}

function signalOf(text: string): Signal {
  const found = signals.find((it) => it === text)
  if (found !== undefined) return found
  throw wrong(`--signal takes ${signals.join(", ")}`, nearestHint(text, signals, usage))
}

function wrong(message: string, hint: string): CliError {
  return new CliError("wrong_usage", message, { hint })
}

const help: readonly string[] = [
  `usage: ${usage}`,
  "",
  "Throws hostile bytes at every decoder of what somebody else sent, each in a process of its own.",
  "",
  "  --seconds N  for all targets together; 60 unless told, 3600 with --runs",
  "  --runs N     so many inputs for each target, the same at every run",
  "  --seed S     every choice of the run; 1 unless told",
  "  --signal S   what says that an input is worth keeping: coverage, outcome or both",
  "  --keep       writes what was worth keeping into packages/fuzz/corpus/",
  "  --list       the targets",
  "  --reach      where the source decodes, and whether what is kept gets there",
  "",
  "exit codes: 0 nothing was found, 1 something was, or --runs were not done in their time,",
  "2 wrong usage, 5 a fault inside, 130 interrupted",
]
