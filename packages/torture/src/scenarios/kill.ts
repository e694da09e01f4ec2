/**
 * `kill`: kill -9 of a process that has work in hand, again and again, under load.
 *
 * Each round arms a moment, waits until the node is seen in it, and kills one process of that node.
 * Traffic goes on all the while; at the end everything is let come to rest and reckoned up.
 */

import { setTimeout as pause } from "node:timers/promises"

import type { Random } from "@tearline/sim"

import { Traffic } from "../load/traffic.ts"
import { type Moment, Observer, type Phase, phases } from "../node/moment.ts"
import { openerOf } from "../node/processes.ts"
import type { TrialNode } from "../node/trial-node.ts"
import { openTrial } from "../node/trial.ts"
import { judgement } from "../reckoning/judgement.ts"
import { Ledger } from "../reckoning/ledger.ts"
import type { Outcome, Run, Scenario } from "../scenario.ts"
import { linuxOnly } from "./needs.ts"
import { tableOf } from "./table.ts"

const victims = ["gateway", "exchange", "opener", "postgres", "backend"] as const
type Victim = (typeof victims)[number]

const writing: readonly Phase[] = ["commit running", "commit flushing"]

const widths = 24
const armedMsMax = 1_500
/** After so long without enough acts the round is played all the same. */
const actsMsMax = 15_000

interface Field {
  readonly run: Run
  readonly nodes: readonly [TrialNode, TrialNode]
  readonly ledger: Ledger
  readonly traffic: Traffic
  readonly observers: ReadonlyMap<TrialNode, Observer>
  /** Kills by process and phase. */
  readonly kills: Map<string, number>
}

export const kill: Scenario = {
  name: "kill",
  says: "kill -9 of gateway, exchange, opener or PostgreSQL at its work; nothing acknowledged is lost",
  counts: {
    rounds: { usual: 300, says: "kills" },
    acts: { usual: 35, says: "acts acknowledged before each kill" },
  },
  missing: linuxOnly,
  limitMs: (count) => 300_000 + count("rounds") * (3_000 + 120 * count("acts")),
  run: killing,
}

async function killing(run: Run): Promise<Outcome> {
  await using trial = await openTrial(run, ["Alder", "Birch"])
  const [alder, birch] = trial.nodes
  if (alder === undefined || birch === undefined) throw new RangeError("a trial has two nodes")
  const nodes = [alder, birch] as const
  const ledger = new Ledger()
  const traffic = new Traffic({ nodes, ledger, random: run.random.split("traffic"), width: widths })
  const observers = new Map([
    [alder, new Observer(alder, birch, () => traffic.asking(alder))],
    [birch, new Observer(birch, alder, () => traffic.asking(birch))],
  ])
  const field: Field = { run, nodes, ledger, traffic, observers, kills: new Map() }
  traffic.start()
  try {
    for (let round = 1; round <= run.count("rounds"); round += 1) await playRound(field, round)
  } finally {
    await Promise.all([...observers.values()].map((it) => it.close()))
    await traffic.stop()
  }
  // Awaited here: the nodes run until it is done.
  return await reckonedUp(field)
}

async function playRound(field: Field, round: number): Promise<void> {
  const { run, ledger, kills } = field
  const { signal } = run
  const endMs = performance.now() + actsMsMax
  while (ledger.acknowledged < round * run.count("acts") && performance.now() < endMs) {
    signal.throwIfAborted()
    await pause(20)
  }
  const { victim, phase } = await struck(field, run.random)
  const cell = `${victim} ${phase}`
  kills.set(cell, (kills.get(cell) ?? 0) + 1)
  const { acknowledged } = ledger
  run.progress(`${round} of ${run.count("rounds")} kills, ${acknowledged} acknowledged: ${cell}`)
}

/** Chooses who dies when, waits for that moment, and kills; what was seen last is what counts. */
async function struck(
  { run, nodes, observers }: Field,
  random: Random,
): Promise<{ readonly victim: Victim; readonly phase: Phase }> {
  for (;;) {
    const node = random.pick(nodes)
    const victim = random.pick(victims)
    // A session is worth killing while it writes.
    const armed = random.pick(victim === "backend" ? writing : phases)
    const moment = await observed(observers.get(node), armed, run.signal)
    // Now and then a moment later, so that what lies between two looks is struck too.
    if (random.isLucky(0.3)) await pause(random.below(4))
    if (killed(node, victim, moment)) return { victim, phase: moment.phase }
    await pause(50)
  }
}

async function observed(
  observer: Observer | undefined,
  armed: Phase,
  signal: AbortSignal,
): Promise<Moment> {
  const endMs = performance.now() + armedMsMax
  let last: Moment = { phase: "idle", backends: [] }
  while (performance.now() < endMs) {
    signal.throwIfAborted()
    const seen = await observer?.look()
    last = seen ?? last
    if (seen?.phase === armed) return seen
    await pause(1)
  }
  return last
}

/** False where there is no such process at this moment. */
function killed(node: TrialNode, victim: Victim, { backends }: Moment): boolean {
  const pid = pidOf(node, victim, backends)
  if (pid === undefined) return false
  try {
    process.kill(pid, "SIGKILL")
    return true
  } catch {
    return false
  }
}

function pidOf(node: TrialNode, victim: Victim, backends: readonly number[]): number | undefined {
  const { pids } = node
  if (victim === "backend") return backends[0]
  if (victim === "opener") return pids.exchange === undefined ? undefined : openerOf(pids.exchange)
  return pids[victim]
}

async function reckonedUp({ run, nodes, ledger, kills }: Field): Promise<Outcome> {
  const at = (row: string, column: string) => kills.get(`${row} ${column}`) ?? 0
  for (const line of tableOf(victims, phases, at)) run.note(line)
  const count = [...kills.values()].reduce((sum, it) => sum + it, 0)
  const figures = { kills: Object.fromEntries(kills) }
  return await judgement(run, { what: `${count} kills`, nodes, ledger, figures })
}
