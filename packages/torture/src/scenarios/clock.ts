/**
 * `clock`: Birch's wall clock is wrong, by minutes, a day, decades or millennia.
 *
 * It steps while the node runs; then the node is started under it; then it steps back to the right
 * time. Each time both sides speak. Nothing may be refused for its time, no due time may move, and
 * a person must be told.
 */

import { CliError } from "@tearline/cli"

import { ClockedNode } from "../clock/clocked-node.ts"
import { release } from "../load/warning.ts"
import { introduce, type TrialNode } from "../node/trial-node.ts"
import { judgement } from "../reckoning/judgement.ts"
import { Ledger } from "../reckoning/ledger.ts"
import type { Outcome, Run, Scenario } from "../scenario.ts"
import { linuxOnly } from "./needs.ts"
import { isThere, soon } from "./soon.ts"

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

interface Wrong {
  readonly name: string
  readonly offsetMs: () => number
}

const until = (text: string) => () => Date.parse(text) - Date.now()

const clocks: readonly Wrong[] = [
  { name: "a quarter of an hour ahead", offsetMs: () => 15 * minuteMs },
  { name: "a quarter of an hour behind", offsetMs: () => -15 * minuteMs },
  { name: "a day ahead", offsetMs: () => dayMs },
  { name: "a day behind", offsetMs: () => -dayMs },
  { name: "at the end of 32 bits", offsetMs: until("2038-01-19T03:14:05Z") },
  { name: "at the end of a leap day", offsetMs: until("2028-02-29T23:59:55Z") },
  { name: "at the beginning", offsetMs: until("1970-01-01T00:00:05Z") },
  { name: "at the end of four digits", offsetMs: until("9999-12-31T23:59:00Z") },
]

export const clock: Scenario = {
  name: "clock",
  says: "a node's clock is wrong by minutes to millennia; nothing is refused and no due time moves",
  counts: { clocks: { usual: clocks.length, says: "wrong clocks, out of eight in turn" } },
  missing: linuxOnly,
  limitMs: (count) => 60_000 + count("clocks") * 240_000,
  run: wronging,
}

async function wronging(run: Run): Promise<Outcome> {
  const first = run.count("clocks") < clocks.length ? run.random.below(clocks.length) : 0
  const wrong: string[] = []
  let lost = 0
  let acknowledged = 0
  for (let at = 0; at < run.count("clocks"); at += 1) {
    run.signal.throwIfAborted()
    const one = clocks[(first + at) % clocks.length]
    if (one === undefined) continue
    const folder = `${run.folder}/${at}`
    const outcome = await wrongingOne(run, one, folder)
    lost += outcome.lost
    acknowledged += Number(outcome.figures?.["acknowledged"])
    wrong.push(...outcome.wrong.map((it) => `${one.name}: ${it}`))
  }
  const summary = `${run.count("clocks")} wrong clocks, ${acknowledged} acknowledged, ${lost} lost`
  return { lost, wrong, summary }
}

async function wrongingOne(run: Run, { name, offsetMs }: Wrong, folder: string): Promise<Outcome> {
  await using stack = new AsyncDisposableStack()
  run.progress(`${name}: starting both`)
  const started = await Promise.all(
    ["Alder", "Birch"].map(async (it) => {
      const clocked = await ClockedNode.start(folder, it, run.signal)
      stack.defer(() => clocked.node.stop())
      return clocked
    }),
  )
  const [alder, birch] = started
  if (alder === undefined || birch === undefined) throw new RangeError("there are two nodes")
  const nodes = [alder.node, birch.node] as const
  await introduce(nodes)
  const ledger = new Ledger()
  const field: Field = { run, nodes, ledger, dues: new Map() }
  const wrong = [...(await spoken(field, "before"))]

  birch.step(offsetMs())
  if (!(await isTold(run, birch.node))) wrong.push("it stepped, and nobody was told")
  wrong.push(...(await spoken(field, "after a step")))

  await birch.node.stop()
  await birch.node.startAgain()
  wrong.push(...(await spoken(field, "after a start")))

  birch.step(0)
  if (!(await isTold(run, birch.node))) wrong.push("it stepped back, and nobody was told")
  wrong.push(...(await spoken(field, "after a step back")))
  const outcome = await judgement(run, { what: name, nodes, ledger, wrong })
  run.note(`${name}: ${outcome.summary}`)
  return { ...outcome, wrong: outcome.wrong.filter((it) => !isExcused(it, offsetMs())) }
}

/** Over an hour ahead each side counts its own times, in view (spec/threads.md). */
function isExcused(line: string, offsetMs: number): boolean {
  return offsetMs > hourMs && line.endsWith("has another hash on each side")
}

interface Field {
  readonly run: Run
  readonly nodes: readonly [TrialNode, TrialNode]
  readonly ledger: Ledger
  /** When each thing is due, by node and obligation, as it was first heard. */
  readonly dues: Map<string, number>
}

/** Warns and acknowledges both ways; gives what was refused, did not arrive, or has moved. */
async function spoken(field: Field, when: string): Promise<readonly string[]> {
  const [alder, birch] = field.nodes
  const each = await Promise.all([talked(field, alder, birch), talked(field, birch, alder)])
  return [...each.flat(), ...(await movedDues(field))].map((it) => `${when}: ${it}`)
}

async function talked(
  { run, ledger, dues }: Field,
  from: TrialNode,
  to: TrialNode,
): Promise<readonly string[]> {
  try {
    const mark = `of ${from.name} under a wrong clock`
    const { thread } = await release({ from, to, precedence: "IMMEDIATE", ledger, mark })
    if (!(await soon(run, () => isThere(to, thread)))) return [`${to.name} never got a warning`]
    const content = { step: "read", role: "duty-officer" }
    const act = { kind: "receipt", content, officer: "trial" }
    const read = await to.desk.act(thread, act)
    ledger.noteSaid({ from: to.org, to: from.org, thread, message: read.message })
    const isBack = () => hasMessage(from, thread, read.message)
    if (!(await soon(run, isBack))) return [`${from.name} never got a receipt`]
    for (const node of [from, to]) {
      for (const [key, dueMs] of await duesOf(node, thread)) dues.set(key, dueMs)
    }
    return []
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    return [`${from.name} and ${to.name} do not get through: ${error.shown}, ${error.message}`]
  }
}

async function hasMessage(at: TrialNode, thread: string, message: string): Promise<boolean> {
  const { messages } = await at.desk.thread(thread)
  return messages.some(({ id }) => id === message)
}

/** By node, thread and obligation. */
async function duesOf(
  node: TrialNode,
  thread: string,
): Promise<readonly (readonly [string, number])[]> {
  const { obligations } = await node.desk.thread(thread)
  return obligations.map((it) => [`${node.name} ${thread} ${it.id}`, it.dueMs] as const)
}

async function movedDues({ nodes, dues }: Field): Promise<readonly string[]> {
  const threads = new Set([...dues.keys()].map((key) => key.split(" ")[1] ?? ""))
  const now: (readonly [string, number])[] = []
  for (const node of nodes) for (const it of threads) now.push(...(await duesOf(node, it)))
  return now.flatMap(([key, dueMs]) => {
    const movedMs = dueMs - (dues.get(key) ?? dueMs)
    return movedMs === 0 ? [] : [`what is due has moved by ${movedMs} ms: ${key}`]
  })
}

/** Whether the alarm is raised; every few seconds the node looks at its clock. */
function isTold(run: Run, node: TrialNode): Promise<boolean> {
  return soon(run, async () => {
    const { alarms } = await node.desk.status()
    return alarms.some(({ kind }) => kind === "clock-suspect")
  })
}
