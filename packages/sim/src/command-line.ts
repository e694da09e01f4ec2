/** What `npm run sim` takes. */

import { availableParallelism } from "node:os"
import { parseArgs } from "node:util"

import { nearest } from "@tearline/cli/nearest"

import { plants } from "./faults/plant.ts"
import { worldsOf, type RunOptions } from "./run/plan.ts"
import { isKeepable } from "./run/seeds.ts"

const usage = "npm run sim -- [--years Y] [--seed S] [OPTION …]"

/** Wrong words, with what was most likely meant. */
export class UsageError extends Error {
  override name = "UsageError"
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

type Asked = { readonly kind: "help"; readonly text: string } | AskedRun

export interface AskedRun {
  readonly kind: "run"
  readonly options: RunOptions
  readonly workers: number
  /** No further year is begun after so many minutes. */
  readonly minutes: number | undefined
  readonly isReplaying: boolean
  readonly isJson: boolean
}

interface Flag {
  readonly value?: string
  readonly says: string
}

const flags: Readonly<Record<string, Flag>> = {
  years: { value: "Y", says: "how many years, or which part of one; 1 unless told" },
  seed: { value: "S", says: "every choice of the run; 1 unless told" },
  orgs: { value: "N", says: "honest organisations, from 2 up; 8 unless told" },
  workers: { value: "N", says: "threads at most; the result is the same for any number" },
  minutes: { value: "M", says: "begins no further year once so many minutes have passed" },
  "only-lines": { says: "without sticks and folders, as three of four worlds of a long run are" },
  trace: { value: "THREAD", says: "tells the story of one warning: its thread, or: first" },
  plant: { value: "BUG", says: "with a bug planted that is to be found; see below" },
  "no-replay": { says: "without the seeds of packages/sim/seeds.txt first" },
  json: { says: "one document instead of lines" },
  help: { says: "this" },
}

/** Reads the arguments. Throws UsageError, naming what was most likely meant. */
export function readCommandLine(args: readonly string[]): Asked {
  const given = flagsOf(args)
  if (given.has("help")) return { kind: "help", text: help() }
  const [trace, plant] = [traceOf(given.get("trace")), plantNamed(given.get("plant"))]
  const options: RunOptions = {
    seed: seedIn(given),
    years: yearsIn(given),
    organisations: countOf(given, "orgs", { usual: 8, min: 2 }),
    isLinedOnly: given.has("only-lines"),
    ...(trace === undefined ? {} : { trace }),
    ...(plant === undefined ? {} : { plant }),
  }
  if (trace !== undefined && worldsOf(options).length > 1) {
    const hint = "take the seed of that world, as S/2, and --years 1 or less"
    throw new UsageError("--trace tells of one world, and this run is of several", hint)
  }
  return {
    kind: "run",
    options,
    workers: countOf(given, "workers", { usual: availableParallelism(), min: 1 }),
    minutes: given.has("minutes") ? countOf(given, "minutes", { usual: 1, min: 1 }) : undefined,
    // What was found once is not what a story or a planted bug is about.
    isReplaying: !given.has("no-replay") && trace === undefined && plant === undefined,
    isJson: given.has("json"),
  }
}

/** Flags and their values; one that needs none has an empty one. */
function flagsOf(args: readonly string[]): ReadonlyMap<string, string> {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { value }]) => {
      return [name, { type: value === undefined ? "boolean" : "string" } as const]
    }),
  )
  const short = { ...options, help: { type: "boolean", short: "h" } as const }
  const config = { args: [...args], options: short, strict: false, tokens: true } as const
  const given = new Map<string, string>()
  for (const token of parseArgs(config).tokens) {
    if (token.kind === "positional") {
      if (token.value !== "help") throw wrong(`"${token.value}" is one word too many`)
      given.set("help", "")
    }
    if (token.kind === "option") given.set(token.name, valueOf(token))
  }
  return given
}

interface Option {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
}

function valueOf({ name, rawName, value }: Option): string {
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
  if (flag === undefined) {
    const near = nearest(name, Object.keys(flags))
    throw wrong(`sim takes no ${rawName}`, near && `did you mean --${near}?`)
  }
  if (flag.value !== undefined && (value === undefined || value === "")) {
    throw wrong(`${rawName} needs a value`)
  }
  if (flag.value === undefined && value !== undefined) throw wrong(`${rawName} takes no value`)
  return value ?? ""
}

function seedIn(given: ReadonlyMap<string, string>): string {
  const seed = given.get("seed") ?? "1"
  if (isKeepable(seed)) return seed
  throw wrong("--seed takes what stands in a line of seeds.txt: no space, bar or #")
}

function yearsIn(given: ReadonlyMap<string, string>): number {
  const years = Number(given.get("years") ?? 1)
  if (years > 0 && Number.isFinite(years)) return years
  throw wrong("--years takes a number above 0")
}

function countOf(
  given: ReadonlyMap<string, string>,
  name: string,
  { usual, min }: { readonly usual: number; readonly min: number },
): number {
  const count = Number(given.get(name) ?? usual)
  if (Number.isSafeInteger(count) && count >= min) return count
  throw wrong(`--${name} takes a whole number from ${min} up`)
}

function traceOf(text: string | undefined): string | undefined {
  if (text === undefined || text === "first" || /^[0-9a-f]{32}$/.test(text)) return text
  throw wrong("--trace takes a thread, which is 32 hexadecimal digits, or the word first")
}

function plantNamed(name: string | undefined): string | undefined {
  if (name === undefined || Object.hasOwn(plants, name)) return name
  const names = Object.keys(plants)
  const near = nearest(name, names)
  const guess = near === undefined ? "" : `did you mean ${near}? `
  throw new UsageError(`there is no plant ${name}`, `${guess}there are: ${names.join(", ")}`)
}

function wrong(message: string, hint: string = "see npm run sim -- --help"): UsageError {
  return new UsageError(message, hint)
}

function head([name, { value }]: [string, Flag]): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`
}

function help(): string {
  const width = Math.max(...Object.entries(flags).map((it) => head(it).length))
  return [
    `usage: ${usage}`,
    "",
    "Runs whole networks of organisations through faults under one seed, and reckons up.",
    "",
    ...Object.entries(flags).map((it) => `  ${head(it).padEnd(width)}  ${it[1].says}`),
    "",
    "Rare states are held to how often they are known to come from two years on; in a shorter",
    "run they are counted and printed only. A year of eight organisations or more that has too few",
    "warnings, events or faults fails too.",
    "",
    "bugs that can be planted:",
    ...Object.keys(plants).map((it) => `  ${it}`),
    "",
    "A world that broke is added to packages/sim/seeds.txt, which every run replays.",
    "",
    "exit codes: 0 nothing is broken, nothing too seldom and nothing too little, 1 otherwise,",
    "2 wrong usage, 5 a fault inside",
  ].join("\n")
}
