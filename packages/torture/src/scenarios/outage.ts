/**
 * `outage`: something between two desks is away for a while, warnings queue, and it comes back.
 * What counts is how soon after the return each of them is readable, without anybody's doing.
 */

import { setTimeout as pause } from "node:timers/promises"

import { inWords, percentilesOf } from "../load/percentile.ts"
import { release } from "../load/warning.ts"
import { Watch } from "../load/watch.ts"
import { Line } from "../node/line.ts"
import { machineNote } from "../node/processes.ts"
import type { TrialNode } from "../node/trial-node.ts"
import { openTrial } from "../node/trial.ts"
import { Ledger } from "../reckoning/ledger.ts"
import { reckon } from "../reckoning/reckoning.ts"
import { settled } from "../reckoning/settled.ts"
import type { Outcome, Run, Scenario } from "../scenario.ts"

const aimMs = 10_000
/** Shorter than the longest pause between two attempts. */
const shortMs = 3_000
const precedences = ["FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE"] as const

interface Field {
  readonly run: Run
  readonly alder: TrialNode
  readonly birch: TrialNode
  readonly lines: readonly [Line, Line]
  readonly ledger: Ledger
}

interface Fault {
  readonly what: string
  begin(field: Field): Promise<void>
  end(field: Field): Promise<void>
}

const cutting = (what: string, how: "refusing" | "silent"): Fault => ({
  what,
  begin: async ({ lines }) => void (await Promise.all(lines.map((it) => it.cut(how)))),
  end: async ({ lines }) => void (await Promise.all(lines.map((it) => it.cut("none")))),
})

const faults: readonly Fault[] = [
  cutting("line refused", "refusing"),
  cutting("line silent", "silent"),
  {
    what: "gateway hung",
    begin: async ({ birch }) => signalGateway(birch, "SIGSTOP"),
    end: async ({ birch }) => signalGateway(birch, "SIGCONT"),
  },
  {
    what: "node stopped",
    begin: ({ birch }) => birch.stop(),
    // It has returned when it says that it is ready.
    end: ({ birch }) => birch.startAgain(),
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
  const field: Field = { run, alder, birch, lines: [toAlder, toBirch], ledger: new Ledger() }
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
  const { run, alder, birch, ledger } = field
  const size = run.count("size")
  run.progress(`${fault.what} for ${lastsMs / 1_000} s`)
  await fault.begin(field)
  const threads: string[] = []
  try {
    const endMs = performance.now() + lastsMs
    for (let at = 0; at < size; at += 1) {
      run.signal.throwIfAborted()
      const precedence = precedences[at % precedences.length] ?? "ROUTINE"
      threads.push((await release({ from: alder, to: birch, precedence, ledger })).thread)
      await pause(Math.max(0, (endMs - performance.now()) / (size - at)))
    }
  } finally {
    // A process that is left standing still could not be stopped either.
    if (run.signal.aborted) await fault.end(field)
  }
  await fault.end(field)
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

function signalGateway({ pids }: TrialNode, name: "SIGSTOP" | "SIGCONT"): void {
  if (pids.gateway !== undefined) process.kill(pids.gateway, name)
}

async function judgement(
  { run, alder, birch, ledger }: Field,
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
    wrong: [...lost, ...restless, ...wrong],
    summary:
      `${faults.length * 2} outages, ${afterMs.length} warnings, readable after return: ` +
      `${inWords(figures)}, ${lost.length} lost`,
    figures: { afterReturn: figures },
  }
}
