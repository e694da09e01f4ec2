/**
 * `outage`: something between two desks is away for a while, warnings queue, and it comes back.
 * What counts is how soon after the return each of them is readable, without anybody's doing.
 */

import { setTimeout as pause } from "node:timers/promises"

import { inWords, percentilesOf } from "../load/percentile.ts"
import { release } from "../load/warning.ts"
import { Watch } from "../load/watch.ts"
import { type Cut, Line } from "../node/line.ts"
import { machineNote, standingStill } from "../node/processes.ts"
import type { TrialNode } from "../node/trial-node.ts"
import { openTrial } from "../node/trial.ts"
import { Ledger } from "../reckoning/ledger.ts"
import { reckon } from "../reckoning/reckoning.ts"
import { settled } from "../reckoning/settled.ts"
import type { Outcome, Run, Scenario } from "../scenario.ts"
import { isThere } from "./soon.ts"

const aimMs = 10_000
/** Shorter than the longest pause between two attempts. */
const shortMs = 3_000
const precedences = ["FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE"] as const

export interface Field {
  readonly run: Run
  readonly alder: TrialNode
  readonly birch: TrialNode
  readonly lines: readonly [Line, Line]
  readonly ledger: Ledger
  readonly wrong: string[]
}

interface Fault {
  readonly what: string
  /** Lasts until what this gives is disposed of, which happens whatever becomes of the run. */
  begin(field: Field): Promise<AsyncDisposable>
}

const until = (end: () => unknown): AsyncDisposable => ({
  [Symbol.asyncDispose]: async () => void (await end()),
})

const cutting = (what: string, how: "refusing" | "silent"): Fault => ({
  what,
  begin: async ({ lines }) => {
    const all = (cut: Cut) => Promise.all(lines.map((it) => it.cut(cut)))
    await all(how)
    return until(() => all("none"))
  },
})

const faults: readonly Fault[] = [
  cutting("line refused", "refusing"),
  cutting("line silent", "silent"),
  {
    what: "gateway hung",
    begin: async ({ birch }) => {
      const { gateway } = birch.pids
      if (gateway === undefined) throw new Error("there is no gateway that could hang")
      const still = standingStill(gateway)
      return until(() => still[Symbol.dispose]())
    },
  },
  {
    what: "node stopped",
    begin: async ({ birch }) => {
      await birch.stop()
      // It has returned when it says that it is ready.
      return until(() => birch.startAgain())
    },
  },
]

export const outage: Scenario = {
  name: "outage",
  says: "line cut or silent, gateway hung, node stopped; delivery resumes by itself, and how soon",
  counts: {
    seconds: { usual: 45, says: "length of the longer outage of each kind" },
    size: { usual: 20, says: "warnings released in each outage" },
  },
  missing: () => [],
  limitMs: (count) => 300_000 + faults.length * (count("seconds") * 1_000 + 120_000),
  run: outages,
}

async function outages(run: Run): Promise<Outcome> {
  await using toAlder = new Line()
  await using toBirch = new Line()
  await toAlder.open()
  await toBirch.open()
  const endpoints = { Alder: toAlder.endpoint, Birch: toBirch.endpoint }
  await using trial = await openTrial(run, ["Alder", "Birch"], { endpoints })
  const [alder, birch] = trial.nodes
  if (alder === undefined || birch === undefined) throw new RangeError("a trial has two nodes")
  toAlder.leadTo(alder.port)
  toBirch.leadTo(birch.port)
  const lines = [toAlder, toBirch] as const
  const field: Field = { run, alder, birch, lines, ledger: new Ledger(), wrong: [] }
  const all: number[] = []
  for (const lastsMs of [shortMs, run.count("seconds") * 1_000]) {
    for (const fault of faults) {
      const afterMs = await oneOutage(field, fault, lastsMs)
      all.push(...afterMs)
      const figures = inWords(percentilesOf(afterMs))
      run.note(`${fault.what} for ${lastsMs / 1_000} s: readable after its return: ${figures}`)
    }
  }
  return await judgement(field, all)
}

/** How long after the return each warning of the outage was readable. */
async function oneOutage(field: Field, fault: Fault, lastsMs: number): Promise<readonly number[]> {
  const { run, birch } = field
  run.progress(`${fault.what} for ${lastsMs / 1_000} s`)
  const threads = await releasedDuring(field, fault, lastsMs)
  const returnMs = performance.now()
  const watch = new Watch(birch)
  await watch.start()
  try {
    const moments = await Promise.all(threads.map((it) => watch.readable(it, run.signal)))
    return moments.map((it) => it - returnMs)
  } finally {
    await watch.close()
  }
}

/** The threads of what was said meanwhile. None of it may be there before the return. */
export async function releasedDuring(
  field: Field,
  fault: Fault,
  lastsMs: number,
): Promise<readonly string[]> {
  const { run, alder, birch, ledger, wrong } = field
  const size = run.count("size")
  await using _ = await fault.begin(field)
  const threads: string[] = []
  const endMs = performance.now() + lastsMs
  for (let at = 0; at < size; at += 1) {
    run.signal.throwIfAborted()
    const precedence = precedences[at % precedences.length] ?? "ROUTINE"
    threads.push((await release({ from: alder, to: birch, precedence, ledger })).thread)
    await pause(Math.max(0, (endMs - performance.now()) / (size - at)))
  }
  const early = await Promise.all(threads.map((it) => isThere(birch, it)))
  if (early.includes(true)) wrong.push(`${fault.what}: what was said meanwhile came through`)
  return threads
}

async function judgement(
  { run, alder, birch, ledger, wrong: before }: Field,
  afterMs: readonly number[],
): Promise<Outcome> {
  const nodes = [alder, birch]
  const isSettled = await settled(nodes, { limitMs: 60_000, signal: run.signal })
  const { lost, wrong } = await reckon(ledger, nodes)
  const figures = percentilesOf(afterMs)
  run.note(machineNote())
  run.note(`aim: under ${aimMs / 1_000} s: ${figures.max < aimMs ? "reached" : "not reached"}`)
  const restless = isSettled ? [] : ["something was still under way at the end"]
  return {
    lost: lost.length,
    wrong: [...before, ...lost, ...restless, ...wrong],
    summary:
      `${faults.length * 2} outages, ${afterMs.length} warnings, readable after return: ` +
      `${inWords(figures)}, ${lost.length} lost`,
    figures: { afterReturn: figures },
  }
}
