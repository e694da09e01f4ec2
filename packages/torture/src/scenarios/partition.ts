/**
 * `partition` and `bad-line`: what lies between two nodes fails under traffic, heals, and fails
 * again. What was said meanwhile must arrive by itself soon after.
 *
 * The first cuts a wire between two networks of the kernel's, which needs root; who is not root has
 * the second, a proxy that misbehaves.
 */

import { readFileSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"

import { CliError } from "@tearline/cli"
import type { Random } from "@tearline/sim"

import { BadLine, fates } from "../fault/bad-line.ts"
import { type End, Wire } from "../fault/wire.ts"
import { trialWarning } from "../load/content.ts"
import { Traffic } from "../load/traffic.ts"
import { OutsideNode } from "../node/outside-node.ts"
import { introduce } from "../node/trial-node.ts"
import { judgement } from "../reckoning/judgement.ts"
import { Ledger } from "../reckoning/ledger.ts"
import type { Outcome, Run, Scenario } from "../scenario.ts"
import { linuxOnly, programs, rootOnly } from "./needs.ts"

const width = 4
/** What was said during an outage is to be there so soon after it. */
const resumeMsMax = 10_000
/** After so long it is not waited for any more. */
const givenUpMs = 60_000
const faultMs = { min: 500, max: 9_000 }

const counts = {
  schedules: { usual: 20, says: "outages, one after the other" },
}
const limitMs = (count: (name: string) => number): number => 300_000 + count("schedules") * 80_000

export const partition: Scenario = {
  name: "partition",
  says: "the network between two nodes fails one way, both ways, flapping; all arrives after it",
  counts,
  missing: () => [
    ...linuxOnly(),
    ...rootOnly("it makes networks; npm run torture -- bad-line needs none"),
    ...programs("ip", "tc", "nsenter", "sh"),
  ],
  limitMs,
  run: async (run) => {
    using wire = Wire.lay()
    return await failing(run, wired(wire))
  },
}

export const badLine: Scenario = {
  name: "bad-line",
  says: "connections between two nodes are cut, delayed, swallowed and garbled; all arrives after it",
  counts,
  missing: linuxOnly,
  limitMs,
  run: async (run) => {
    await using toAlder = await BadLine.listen(run.random.split("to alder"))
    await using toBirch = await BadLine.listen(run.random.split("to birch"))
    const lines = { alder: toAlder, birch: toBirch }
    const outcome = await failing(run, proxied(lines))
    for (const fate of fates) {
      const met = (toAlder.met.get(fate) ?? 0) + (toBirch.met.get(fate) ?? 0)
      run.note(`${String(met).padStart(6)} connections: ${fate}`)
    }
    return outcome
  },
}

interface Fault {
  readonly name: string
  /** Goes on for as long as it is given, then heals. */
  readonly last: Fails
}

/** What lies between the two, and how it fails. */
interface Medium {
  node(end: End, folder: string): OutsideNode
  /** Both nodes have started once. */
  ready(nodes: Readonly<Record<End, OutsideNode>>): void
  fault(random: Random): Fault
}

const names: Readonly<Record<End, string>> = { alder: "Alder", birch: "Birch" }

function wired(wire: Wire): Medium {
  return {
    node: (end, folder) =>
      new OutsideNode({
        name: names[end],
        dir: `${folder}/${end}`,
        prefix: wire.entering(end),
        listen: { host: wire.addressOf(end), port: 8443 },
      }),
    ready: () => undefined,
    fault: (random) => wireFault(wire, random),
  }
}

const ends = ["alder", "birch"] as const
type Fails = (forMs: number) => Promise<void>

function during(begin: () => void, finish: () => void): Fails {
  return async (forMs) => {
    begin()
    try {
      await pause(forMs)
    } finally {
      finish()
    }
  }
}

function wireFault(wire: Wire, random: Random): Fault {
  const end = random.pick<End>(ends)
  const bothWays = during(
    () => ends.forEach((it) => wire.drop(it)),
    () => ends.forEach((it) => wire.pass(it)),
  )
  const oneWay = during(
    () => wire.drop(end),
    () => wire.pass(end),
  )
  const linkDown = during(
    () => wire.link(end, "down"),
    () => wire.link(end, "up"),
  )
  const trickle = during(
    () => wire.slow(end, true),
    () => wire.slow(end, false),
  )
  const faults: readonly Fault[] = [
    { name: "both ways", last: bothWays },
    { name: `nothing reaches ${names[end]}`, last: oneWay },
    { name: `the link of ${names[end]} is down`, last: linkDown },
    { name: `what goes to ${names[end]} trickles`, last: trickle },
    { name: "flapping", last: (forMs) => flap(forMs, random, bothWays) },
  ]
  return random.pick(faults)
}

async function flap(forMs: number, random: Random, once: Fails): Promise<void> {
  for (let leftMs = forMs; leftMs > 0;) {
    const [outMs, inMs] = [random.between(50, 900), random.between(50, 900)]
    await once(outMs)
    await pause(inMs)
    leftMs -= outMs + inMs
  }
}

function proxied(lines: Readonly<Record<End, BadLine>>): Medium {
  return {
    node: (end, folder) => {
      const { endpoint } = lines[end]
      return new OutsideNode({ name: names[end], dir: `${folder}/${end}`, endpoint })
    },
    ready: (nodes) => {
      for (const end of ends) {
        const config = JSON.parse(readFileSync(`${nodes[end].dir}/tearline.json`, "utf8")) as {
          readonly listen: { readonly port: number }
        }
        lines[end].leadTo(config.listen.port)
      }
    },
    fault: (random) => {
      const bad = random.pick([[lines.alder], [lines.birch], [lines.alder, lines.birch]])
      return {
        name: `${bad.length === 2 ? "both lines are" : "one line is"} bad`,
        last: async (forMs) => {
          for (const line of bad) line.turnBad()
          await pause(forMs)
          for (const line of bad) line.turnGood()
        },
      }
    },
  }
}

async function failing(run: Run, medium: Medium): Promise<Outcome> {
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
  const resumedMs: number[] = []
  traffic.start()
  try {
    for (let round = 1; round <= run.count("schedules"); round += 1) {
      run.signal.throwIfAborted()
      const fault = medium.fault(run.random)
      const forMs = Math.round(run.random.spread(faultMs.min, faultMs.max))
      const tookMs = await outage(run, { nodes, ledger, fault, forMs })
      resumedMs.push(tookMs)
      const lasted = `${fault.name}, ${(forMs / 1000).toFixed(1)} s`
      run.note(`${String(round).padStart(4)}  ${lasted}: resumed after ${secondsOf(tookMs)}`)
    }
  } finally {
    await traffic.stop()
  }
  const slowest = Math.max(...resumedMs)
  const bound = `not everything was there ${resumeMsMax / 1000} s after an outage`
  return await judgement(run, {
    what: `${resumedMs.length} outages, resumed after ${secondsOf(slowest)} at most`,
    nodes,
    ledger,
    wrong: slowest > resumeMsMax ? [bound] : [],
    figures: { resumedMs },
  })
}

function secondsOf(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

interface Outage {
  readonly nodes: readonly [OutsideNode, OutsideNode]
  readonly ledger: Ledger
  readonly fault: Fault
  readonly forMs: number
}

/** Gives how long after its end that was there which was said in the middle of it, either way. */
async function outage(run: Run, { nodes, ledger, fault, forMs }: Outage): Promise<number> {
  const [alder, birch] = nodes
  const lasting = fault.last(forMs)
  const precedence = run.random.pick(["FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE"])
  await pause(forMs / 2)
  const [there, back] = await Promise.all([
    said(ledger, alder, birch, precedence),
    said(ledger, birch, alder, precedence),
  ])
  await lasting
  const healedMs = performance.now()
  await Promise.all([arrived(run, birch, there), arrived(run, alder, back)])
  return performance.now() - healedMs
}

/** A warning to the other; its own desk answers, whatever lies between the two. Gives the thread. */
async function said(
  ledger: Ledger,
  from: OutsideNode,
  to: OutsideNode,
  precedence: string,
): Promise<string> {
  const { message, threads } = await from.desk.warn({
    addressees: [{ org: to.org }],
    precedence,
    status: "test",
    content: trialWarning(`${from.name} in an outage`),
    officer: "trial",
  })
  const [{ thread } = { thread: "" }] = threads
  ledger.noteSaid({ from: from.org, to: to.org, thread, message })
  return thread
}

async function arrived(run: Run, at: OutsideNode, thread: string): Promise<void> {
  const endMs = performance.now() + givenUpMs
  while (performance.now() < endMs) {
    run.signal.throwIfAborted()
    try {
      await at.desk.thread(thread)
      return
    } catch (error) {
      if (!(error instanceof CliError)) throw error
    }
    await pause(50)
  }
}
