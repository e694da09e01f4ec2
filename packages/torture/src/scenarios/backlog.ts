/**
 * `backlog`: how soon a FLASH is readable while thousands of ROUTINE warnings drain to the same
 * peer.
 *
 * The peer is stopped, the ROUTINE are released, the peer is started again: everything waits in the
 * sender's outbox then, and drains as fast as the two nodes can. Once the drain has begun, a FLASH
 * is released twice a second until the last ROUTINE has been taken in. What the return itself costs
 * is the matter of `outage`.
 */

import { setTimeout as pause } from "node:timers/promises"

import { inWords, percentilesOf } from "../load/percentile.ts"
import { release, releaseMany } from "../load/warning.ts"
import { Watch } from "../load/watch.ts"
import { machineNote } from "../node/processes.ts"
import type { TrialNode } from "../node/trial-node.ts"
import { openTrial } from "../node/trial.ts"
import { Ledger } from "../reckoning/ledger.ts"
import { reckon } from "../reckoning/reckoning.ts"
import { settled, underwayAt } from "../reckoning/settled.ts"
import { type Journey, stagesOf } from "../reckoning/stages.ts"
import type { Outcome, Run, Scenario } from "../scenario.ts"

const aimMs = 300
const flashEveryMs = 500
const lookEveryMs = 200

export const backlog: Scenario = {
  name: "backlog",
  says: "FLASH behind thousands of ROUTINE that drain to the same peer; how soon it is readable",
  counts: { size: { usual: 10_000, says: "ROUTINE warnings in the backlog" } },
  missing: () => [],
  limitMs: (count) => 300_000 + count("size") * 300,
  run: drain,
}

async function drain(run: Run): Promise<Outcome> {
  await using trial = await openTrial(run, ["Alder", "Birch"])
  const [alder, birch] = trial.nodes
  if (alder === undefined || birch === undefined) throw new RangeError("a trial has two nodes")
  const ledger = new Ledger()
  const size = run.count("size")
  const order = { from: alder, to: birch, ledger }
  // What a first warning costs in code that is compiled is no backlog's.
  await releaseMany({ ...order, precedence: "FLASH" }, { count: 100, signal: run.signal })
  await birch.stop()
  await releaseMany(
    { ...order, precedence: "ROUTINE" },
    {
      count: size,
      signal: run.signal,
      onDone: (done) => run.progress(`${done} of ${size} ROUTINE released`),
    },
  )
  run.signal.throwIfAborted()
  await birch.startAgain()
  const startMs = performance.now()
  const left = await drainBegun(run, alder, birch)
  const journeys = await flashes(run, alder, birch, ledger)
  const drainedMs = performance.now() - startMs
  // Every ROUTINE is answered, and the answers drain behind them.
  const limitMs = 60_000 + size * 100
  const isSettled = await settled(trial.nodes, { limitMs, signal: run.signal })
  run.progress("reckoning up")
  const { lost, wrong } = await reckon(ledger, trial.nodes)
  const figures = figuresOf(journeys)
  const stages = await stagesOf(birch, journeys)
  for (const [stage, times] of Object.entries(stages)) run.note(`  ${stage}: ${inWords(times)}`)
  const perSecond = size / (drainedMs / 1000)
  run.note(
    `${size} ROUTINE drained in ${(drainedMs / 1000).toFixed(0)} s, ${perSecond.toFixed(0)} a second`,
  )
  run.note(machineNote())
  run.note(`aim: FLASH p95 under ${aimMs} ms: ${figures.p95 < aimMs ? "reached" : "not reached"}`)
  const restless = isSettled ? [] : ["something was still under way at the end"]
  const idle = left > 0 ? [] : ["the backlog had drained before a FLASH was behind it"]
  return {
    lost: lost.length,
    wrong: [...lost, ...idle, ...restless, ...wrong],
    summary:
      `${journeys.length} FLASH behind ${size} ROUTINE: ${inWords(figures)}, ` +
      `${lost.length} lost`,
    figures: { flash: figures, stages, perSecond, drainedMs },
  }
}

/** When a fiftieth is gone, lines are open and code is compiled again. Gives what is left then. */
async function drainBegun(run: Run, from: TrialNode, to: TrialNode): Promise<number> {
  const size = run.count("size")
  for (;;) {
    run.signal.throwIfAborted()
    const left = await leftOf([from, to])
    if (left <= size - size / 50) return left
    await pause(lookEveryMs)
  }
}

function figuresOf(journeys: readonly Journey[]) {
  return percentilesOf(journeys.map((it) => it.readableMs - it.askedMs))
}

/** Releases a FLASH every so often until the backlog is gone. */
async function flashes(
  run: Run,
  from: TrialNode,
  to: TrialNode,
  ledger: Ledger,
): Promise<readonly Journey[]> {
  const watch = new Watch(to)
  await watch.start()
  const journeys: Journey[] = []
  const underway: Promise<number>[] = []
  try {
    for (let left = Number.POSITIVE_INFINITY; left > 0;) {
      run.signal.throwIfAborted()
      const journey = journeyOf(run, watch, { from, to, precedence: "FLASH", ledger })
      underway.push(journey.then((it) => journeys.push(it)))
      await pause(flashEveryMs * (0.5 + run.random.unit()))
      left = await leftOf([from, to])
      run.progress(`${left} left, ${journeys.length} FLASH: ${inWords(figuresOf(journeys))}`)
    }
    await Promise.all(underway)
    return journeys
  } finally {
    await watch.close()
  }
}

async function journeyOf(
  run: Run,
  watch: Watch,
  order: Parameters<typeof release>[0],
): Promise<Journey> {
  const { thread, askedMs, saidMs } = await release(order)
  const readableMs = await watch.readable(thread, run.signal)
  const { timeOrigin } = performance
  return {
    thread,
    askedMs: askedMs + timeOrigin,
    saidMs: saidMs + timeOrigin,
    readableMs: readableMs + timeOrigin,
  }
}

async function leftOf([from, to]: readonly [TrialNode, TrialNode]): Promise<number> {
  const [sender, addressee] = await Promise.all([underwayAt(from), underwayAt(to)])
  return sender.outbox + addressee.untaken
}
