/**
 * What lies between two nodes fails under traffic, heals, and fails again. What was said meanwhile
 * must arrive by itself soon after, and may not have arrived before where nothing could get
 * through.
 */

import { setTimeout as pause } from "node:timers/promises"

import type { Random } from "@tearline/sim"

import type { End } from "../fault/wire.ts"
import { Traffic } from "../load/traffic.ts"
import { release } from "../load/warning.ts"
import type { OutsideNode } from "../node/outside-node.ts"
import { introduce } from "../node/trial-node.ts"
import { judgement } from "../reckoning/judgement.ts"
import { Ledger } from "../reckoning/ledger.ts"
import type { Outcome, Run } from "../scenario.ts"
import { secondsOf } from "./seconds.ts"
import { isThere, soon } from "./soon.ts"

const width = 4
/** What was said during an outage is to be there so soon after it. */
const resumeMsMax = 10_000
const faultMs = { min: 500, max: 9_000 }

/** How partition and bad-line count, and how long they may take. */
export const schedules = { usual: 20, says: "outages, one after the other" } as const
export const schedulesMsMax = (count: (name: string) => number): number =>
  300_000 + count("schedules") * 80_000

export const ends = ["alder", "birch"] as const
export const names: Readonly<Record<End, string>> = { alder: "Alder", birch: "Birch" }

/** Begins, lasts until what is done meanwhile is done, and heals, also where that throws. */
export type During = (meanwhile: () => Promise<void>) => Promise<void>

export interface Fault {
  readonly name: string
  /** Whom nothing can reach meanwhile. */
  readonly cutOff: readonly End[]
  readonly during: During
}

/** What lies between the two, and how it fails. */
export interface Medium {
  node(end: End, folder: string): OutsideNode
  /** Both nodes have started once. */
  ready(nodes: Readonly<Record<End, OutsideNode>>): void
  fault(random: Random): Fault
}

export function during(begin: () => void, finish: () => void): During {
  return async (meanwhile) => {
    begin()
    try {
      await meanwhile()
    } finally {
      finish()
    }
  }
}

export async function failing(run: Run, medium: Medium): Promise<Outcome> {
  await using stack = new AsyncDisposableStack()
  run.progress("starting both")
  const alder = stack.use(medium.node("alder", run.folder))
  const birch = stack.use(medium.node("birch", run.folder))
  const nodes = [alder, birch] as const
  await Promise.all(nodes.map((node) => node.start()))
  medium.ready({ alder, birch })
  await introduce(nodes)
  const ledger = new Ledger()
  const traffic = new Traffic({ nodes, ledger, random: run.random.split("traffic"), width })
  const seen: Seen[] = []
  traffic.start()
  try {
    for (let round = 1; round <= run.count("schedules"); round += 1) {
      run.signal.throwIfAborted()
      const fault = medium.fault(run.random)
      const forMs = Math.round(run.random.spread(faultMs.min, faultMs.max))
      const one = await outage(run, { nodes: { alder, birch }, ledger, fault, forMs })
      seen.push(one)
      run.note(`${String(round).padStart(4)}  ${lineOf(one, fault, forMs)}`)
    }
  } finally {
    await traffic.stop()
  }
  const resumedMs = seen.map((it) => it.resumedMs)
  const slowest = Math.max(...resumedMs)
  const bound = `not everything was there ${resumeMsMax / 1000} s after an outage`
  return await judgement(run, {
    what: `${resumedMs.length} outages, resumed after ${secondsOf(slowest)} at most`,
    nodes,
    ledger,
    wrong: [...seen.flatMap((it) => it.wrong), ...(slowest > resumeMsMax ? [bound] : [])],
    figures: { resumedMs },
  })
}

interface Seen {
  readonly resumedMs: number
  readonly wrong: readonly string[]
}

function lineOf({ resumedMs, wrong }: Seen, { name, cutOff }: Fault, forMs: number): string {
  const proof = cutOff.length > 0 && wrong.length === 0 ? " and nothing came through" : ""
  return `${name}, ${secondsOf(forMs)}${proof}: resumed after ${secondsOf(resumedMs)}`
}

interface Outage {
  readonly nodes: Readonly<Record<End, OutsideNode>>
  readonly ledger: Ledger
  readonly fault: Fault
  readonly forMs: number
}

/** How long after its end that was there which was said in the middle of it, either way. */
async function outage(run: Run, { nodes, ledger, fault, forMs }: Outage): Promise<Seen> {
  const precedence = run.random.pick(["FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE"])
  const said = (to: End) => {
    const from = to === "alder" ? "birch" : "alder"
    const mark = `of ${names[from]} in an outage`
    return release({ from: nodes[from], to: nodes[to], precedence, ledger, mark })
  }
  let threads: Readonly<Record<End, string>> = { alder: "", birch: "" }
  const wrong: string[] = []
  await fault.during(async () => {
    await pause(forMs / 2)
    const [alder, birch] = await Promise.all([said("alder"), said("birch")])
    threads = { alder: alder.thread, birch: birch.thread }
    await pause(forMs / 2)
    for (const end of fault.cutOff) {
      if (!(await isThere(nodes[end], threads[end]))) continue
      wrong.push(`${fault.name}: what was said meanwhile reached ${names[end]} before it healed`)
    }
  })
  const healedMs = performance.now()
  await Promise.all(ends.map((end) => soon(run, () => isThere(nodes[end], threads[end]))))
  return { resumedMs: performance.now() - healedMs, wrong }
}
