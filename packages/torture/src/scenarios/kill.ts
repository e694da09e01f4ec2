/**
 * `kill`: kill -9 of a process that has work in hand, again and again, under load.
 *
 * Each round is dealt a process and a moment, waits until a node is seen in that, and kills.
 * Traffic goes on all the while; at the end everything is let come to rest and reckoned up.
 */

import { setTimeout as pause } from "node:timers/promises"

import { Deck } from "../fault/deck.ts"
import { Traffic } from "../load/traffic.ts"
import { type Moment, Observer, type Phase, phases } from "../node/moment.ts"
import { openerOf } from "../node/processes.ts"
import type { TrialNode } from "../node/trial-node.ts"
import { openTrial } from "../node/trial.ts"
import { judgement } from "../reckoning/judgement.ts"
import { Ledger } from "../reckoning/ledger.ts"
import type { Outcome, Run, Scenario } from "../scenario.ts"
import { enough } from "./enough.ts"
import { shortOf, type Strikes } from "./minima.ts"
import { linuxOnly } from "./needs.ts"
import { tableOf } from "./table.ts"

const victims = ["gateway", "exchange", "opener", "postgres", "backend"] as const
type Victim = (typeof victims)[number]

const writing: readonly Phase[] = ["commit running", "commit flushing"]

/** Everything in which work is unfinished; a session is worth killing while it writes. */
const dealt = victims.flatMap((victim) =>
  (victim === "backend" ? writing : phases.filter((it) => it !== "idle")).map(
    (phase) => [victim, phase] as const,
  ),
)

const width = 24
const armedMsMax = 1_500
/** After so long what is there is struck, whatever was dealt. */
const dealtMsMax = 12_000
const emptyMsMax = 4_000

interface Field {
  readonly run: Run
  readonly nodes: readonly [TrialNode, TrialNode]
  readonly ledger: Ledger
  readonly traffic: Traffic
  readonly observers: ReadonlyMap<TrialNode, Observer>
  readonly deck: Deck<(typeof dealt)[number]>
  /** Kills by process and phase. */
  readonly kills: Map<string, number>
  readonly wrong: string[]
}

export const kill: Scenario = {
  name: "kill",
  says: "kill -9 of gateway, exchange, opener or PostgreSQL at its work; nothing acknowledged is lost",
  counts: {
    rounds: { usual: 300, says: "kills" },
    acts: { usual: 35, says: "acts acknowledged before each kill" },
  },
  missing: linuxOnly,
  limitMs: (count) => 300_000 + count("rounds") * (12_000 + 200 * count("acts")),
  run: killing,
}

async function killing(run: Run): Promise<Outcome> {
  await using trial = await openTrial(run, ["Alder", "Birch"])
  const [alder, birch] = trial.nodes
  if (alder === undefined || birch === undefined) throw new RangeError("a trial has two nodes")
  const nodes = [alder, birch] as const
  const ledger = new Ledger()
  const traffic = new Traffic({ nodes, ledger, random: run.random.split("traffic"), width })
  const observers = new Map([
    [alder, new Observer(alder, birch, () => traffic.asking(alder))],
    [birch, new Observer(birch, alder, () => traffic.asking(birch))],
  ])
  const deck = new Deck(dealt, run.random.split("deck"))
  const found = { kills: new Map(), wrong: [] }
  const field: Field = { run, nodes, ledger, traffic, observers, deck, ...found }
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
  const { run, ledger, kills, wrong } = field
  wrong.push(...(await enough(run, ledger)))
  const { victim, phase } = await struck(field)
  const cell = `${victim} ${phase}`
  kills.set(cell, (kills.get(cell) ?? 0) + 1)
  const { acknowledged } = ledger
  run.progress(`${round} of ${run.count("rounds")} kills, ${acknowledged} acknowledged: ${cell}`)
}

/** Waits for the moment that was dealt, and kills; what was seen last is what counts. */
async function struck(field: Field): Promise<{ readonly victim: Victim; readonly phase: Phase }> {
  const { run, nodes, observers, deck } = field
  const { random } = run
  const [victim, armed] = deck.deal()
  const endMs = performance.now() + dealtMsMax
  for (;;) {
    const node = random.pick(nodes)
    const observer = observers.get(node)
    if (armed === "turn open") await emptied(field, observer)
    const moment = await observed(observer, armed, run.signal)
    const isLate = performance.now() > endMs
    // Now and then a moment later, so that what lies between two looks is struck too.
    if (random.isLucky(0.3)) await pause(random.below(4))
    if ((moment.phase === armed || isLate) && killed(node, victim, moment)) {
      return { victim, phase: moment.phase }
    }
    await pause(50)
  }
}

/** So that an act is asked for where nothing else is under way, which load never lets happen. */
async function emptied({ run, traffic }: Field, observer: Observer | undefined): Promise<void> {
  traffic.hold()
  try {
    await observed(observer, "idle", run.signal, emptyMsMax)
  } finally {
    traffic.goOn()
  }
}

async function observed(
  observer: Observer | undefined,
  armed: Phase,
  signal: AbortSignal,
  limitMs: number = armedMsMax,
): Promise<Moment> {
  const endMs = performance.now() + limitMs
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

async function reckonedUp({ run, nodes, ledger, kills, wrong }: Field): Promise<Outcome> {
  const at = (row: string, column: string) => kills.get(`${row} ${column}`) ?? 0
  const strikes: Strikes = { rows: victims, columns: phases, dealt, at }
  for (const line of tableOf(victims, phases, at)) run.note(line)
  const never = dealt.filter(([victim, phase]) => at(victim, phase) === 0)
  if (never.length > 0) run.note(`never struck: ${never.map((it) => it.join(", ")).join("; ")}`)
  const count = [...kills.values()].reduce((sum, it) => sum + it, 0)
  return await judgement(run, {
    what: `${count} kills`,
    nodes,
    ledger,
    wrong: [...wrong, ...shortOf(strikes, run.count("rounds"))],
    figures: { kills: Object.fromEntries(kills) },
  })
}
