/** What `npm run torture` takes. */

import { randomInt } from "node:crypto"
import { parseArgs } from "node:util"

import { CliError, nearestHint } from "@tearline/cli"

import type { Scenario } from "./scenario.ts"
import { scenarioNames, scenarioOf } from "./scenarios/catalogue.ts"

const usage = "npm run torture -- SCENARIO [its flags] [--seed S] [--json]"

type Asked = { readonly kind: "help"; readonly text: string } | AskedRun

export interface AskedRun {
  readonly kind: "run"
  readonly scenario: Scenario
  readonly seed: string
  readonly isJson: boolean
  readonly counts: Readonly<Record<string, number>>
}

/** Reads the arguments. Throws `wrong_usage`, naming what was most likely meant. */
export function readCommandLine(args: readonly string[]): Asked {
  const [name, ...rest] = args
  if (name === undefined) throw wrong("name a scenario", overviewHint())
  if (name === "help" || name === "--help" || name === "-h") {
    return { kind: "help", text: helpOf(rest[0]) }
  }
  const scenario = scenarioOf(name)
  if (scenario === undefined) throw noScenario(name)
  const given = flagsOf(scenario, rest)
  if (given.has("help")) return { kind: "help", text: scenarioHelp(scenario) }
  return {
    kind: "run",
    scenario,
    seed: given.get("seed") ?? String(randomInt(1_000_000)),
    isJson: given.has("json"),
    counts: Object.fromEntries(
      Object.entries(scenario.counts).map(([flag, { usual }]) => [
        flag,
        countOf(scenario, flag, given.get(flag) ?? String(usual)),
      ]),
    ),
  }
}

/** Flags and their values; one that needs none has an empty one. */
function flagsOf(scenario: Scenario, args: readonly string[]): ReadonlyMap<string, string> {
  const valued = [...Object.keys(scenario.counts), "seed"]
  const names = [...valued, "json", "help"]
  const options = Object.fromEntries(
    names.map((it) => [it, { type: valued.includes(it) ? "string" : "boolean" } as const]),
  )
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true })
  const given = new Map<string, string>()
  for (const token of tokens) {
    if (token.kind === "positional") {
      throw wrong(`"${token.value}" is one word too many`, hintOf(scenario))
    }
    if (token.kind !== "option") continue
    if (!names.includes(token.name)) {
      const dashed = names.map((it) => `--${it}`)
      const hint = nearestHint(`--${token.name}`, dashed, hintOf(scenario))
      throw wrong(`${scenario.name} takes no ${token.rawName}`, hint)
    }
    const isValued = valued.includes(token.name)
    if (isValued && token.value === undefined) {
      throw wrong(`${token.rawName} needs a value`, hintOf(scenario))
    }
    given.set(token.name, token.value ?? "")
  }
  return given
}

function countOf(scenario: Scenario, flag: string, text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count > 0) return count
  throw wrong(`--${flag} takes a whole number from 1 up`, hintOf(scenario))
}

function hintOf({ name }: Scenario): string {
  return `see npm run torture -- help ${name}`
}

function noScenario(name: string): CliError {
  const hint = nearestHint(name, scenarioNames(), overviewHint())
  return wrong(`there is no scenario "${name}"`, hint)
}

function wrong(message: string, hint: string): CliError {
  return new CliError("wrong_usage", message, { hint })
}

function overviewHint(): string {
  return `there are: ${scenarioNames().join(", ")}`
}

/** Its flags, each with what counts unless told. */
function usualOf(counts: Scenario["counts"]): string {
  return Object.entries(counts)
    .map(([flag, { usual }]) => `--${flag} ${usual}`)
    .join(" ")
}

function helpOf(topic: string | undefined): string {
  const scenario = topic === undefined ? undefined : scenarioOf(topic)
  if (scenario !== undefined) return scenarioHelp(scenario)
  if (topic !== undefined) throw noScenario(topic)
  const width = Math.max(...scenarioNames().map((it) => it.length))
  const lines = scenarioNames().flatMap((name) => {
    const { says = "", counts = {} } = scenarioOf(name) ?? {}
    return [`  ${name.padEnd(width)}  ${says}`, `  ${"".padEnd(width)}  ${usualOf(counts)}`]
  })
  return [
    `usage: ${usage}`,
    "",
    "Starts real nodes on this machine, breaks something, and reckons up what was promised.",
    "Under each scenario its own flags, with what counts unless told.",
    "",
    ...lines,
    "",
    ...common,
    "",
    "What a flag of one means: npm run torture -- help SCENARIO",
    "",
    ...exits,
  ].join("\n")
}

const common = [
  "  --seed S        every choice of the run; printed, so that it can be made again",
  "  --json          one document instead of lines",
]

const exits = [
  "exit codes: 0 nothing is lost and all else holds, 1 something is not, or was not finished,",
  "2 wrong usage, 3 this machine lacks what the scenario needs, 5 a fault inside, 130 interrupted",
]

function scenarioHelp({ name, says, counts }: Scenario): string {
  const named = Object.entries(counts)
  const flags = named.map(
    ([flag, it]) => `  ${`--${flag} N`.padEnd(14)}  ${it.says}; ${it.usual} unless told`,
  )
  const brief = named.map(([flag]) => `[--${flag} N]`).join(" ")
  return [
    `usage: npm run torture -- ${name} ${brief} [--seed S] [--json]`,
    "",
    says,
    "",
    ...flags,
    ...common,
    "",
    ...exits,
  ].join("\n")
}
