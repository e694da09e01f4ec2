/**
 * `disk-full`: the disk of a node fills up under traffic, stays full, and has room again.
 *
 * A disk holds nothing but the gateway's database, the exchange's, or the server's write-ahead log,
 * so that each fills up alone; and then all of them with the rest of the state folder. Meanwhile
 * the node must say what is wrong, and take nothing that it cannot keep; afterwards it must go on
 * by itself.
 */

import { mkdirSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"

import { CliError } from "@tearline/cli"

import { SmallDisk } from "../fault/small-disk.ts"
import { Traffic } from "../load/traffic.ts"
import { release } from "../load/warning.ts"
import { OutsideNode } from "../node/outside-node.ts"
import { introduce } from "../node/trial-node.ts"
import { rowsOf } from "../reckoning/books.ts"
import { judgement } from "../reckoning/judgement.ts"
import { Ledger } from "../reckoning/ledger.ts"
import type { Outcome, Run, Scenario } from "../scenario.ts"
import { linuxOnly, programs, rootOnly } from "./needs.ts"
import { secondsOf } from "./seconds.ts"

const places = [
  "the gateway's database",
  "the exchange's database",
  "the log",
  "all of it",
] as const
type Place = (typeof places)[number]

/** Room for a run's growth, and for a log that is not recycled before it is a few files long. */
const megabytes: Readonly<Record<Place, number>> = {
  "all of it": 900,
  "the gateway's database": 200,
  "the exchange's database": 200,
  "the log": 160,
}

const width = 8
const fullMs = { min: 2_000, max: 6_000 }
const saidMsMax = 30_000
const resumeMsMax = 60_000

export const diskFull: Scenario = {
  name: "disk-full",
  says: "a node's disk fills up under traffic: it says so, keeps its promises, and goes on with room",
  counts: { rounds: { usual: 12, says: "full disks, each of the four in turn" } },
  missing: () => [
    ...linuxOnly(),
    ...rootOnly("it mounts small file systems"),
    ...programs("mount", "umount", "cp"),
  ],
  limitMs: (count) => 300_000 + count("rounds") * 120_000,
  run: filling,
}

async function filling(run: Run): Promise<Outcome> {
  await using stack = new AsyncDisposableStack()
  run.progress("starting both")
  const held = `${run.folder}/held`
  mkdirSync(held)
  // Before the nodes, so that they are unmounted after these have ended.
  const disks = stack.use(new AsyncDisposableStack())
  const whole = disks.use(SmallDisk.over(held, megabytes["all of it"]))
  const alder = stack.use(new OutsideNode({ name: "Alder", dir: `${run.folder}/alder` }))
  const birch = stack.use(new OutsideNode({ name: "Birch", dir: `${held}/birch` }))
  const nodes = [alder, birch] as const
  await Promise.all(nodes.map((node) => node.start()))
  const parts = await divided(birch, disks)
  await introduce(nodes)
  const ledger = new Ledger()
  const traffic = new Traffic({ nodes, ledger, random: run.random.split("traffic"), width })
  const { admin } = await birch.databases()
  const field = { run, admin, nodes, ledger }
  const all = [whole, ...Object.values(parts)]
  const fills: Fill[] = []
  const wrong: string[] = []
  traffic.start()
  try {
    for (let round = 0; round < run.count("rounds"); round += 1) {
      run.signal.throwIfAborted()
      const place = places[round % places.length] ?? "all of it"
      const fill = await fillOnce(field, place, place === "all of it" ? all : [parts[place]])
      fills.push(fill)
      run.note(`${place}: ${fill.said ?? nothingSaid}; went on after ${secondsOf(fill.resumedMs)}`)
    }
    wrong.push(...(await stoppedAndStarted(birch, all)))
  } finally {
    for (const disk of all) disk.free()
    await traffic.stop()
  }
  const slowest = secondsOf(Math.max(...fills.map((it) => it.resumedMs)))
  const what = `${fills.length} full disks, went on ${slowest} after there was room at most`
  return await judgement(run, { what, nodes, ledger, wrong: [...wrong, ...fills.flatMap(wrongIn)] })
}

const nothingSaid = "nothing was said of it"

interface Fill {
  readonly place: Place
  /** What was said of it, if anything. */
  readonly said: string | undefined
  readonly resumedMs: number
}

function wrongIn({ place, said, resumedMs }: Fill): string[] {
  return [
    ...(said === undefined ? [`${place}: nobody was told that the disk is full`] : []),
    ...(resumedMs > resumeMsMax ? [`${place}: it did not go on once there was room`] : []),
  ]
}

type Part = Exclude<Place, "all of it">

/** A disk of its own for each part of a node, which is stopped meanwhile. */
async function divided(
  node: OutsideNode,
  disks: AsyncDisposableStack,
): Promise<Readonly<Record<Part, SmallDisk>>> {
  const data = `${node.dir}/postgres/data`
  const [gateway, exchange] = await oidsOf(node)
  await node.stop()
  const over = (folder: string, part: Part): SmallDisk =>
    disks.use(SmallDisk.over(`${data}/${folder}`, megabytes[part]))
  const parts = {
    "the gateway's database": over(`base/${gateway}`, "the gateway's database"),
    "the exchange's database": over(`base/${exchange}`, "the exchange's database"),
    "the log": over("pg_wal", "the log"),
  }
  await node.start()
  return parts
}

/** Of the gateway's database and the exchange's: their folders are named after them. */
async function oidsOf(node: OutsideNode): Promise<readonly string[]> {
  const { gatewayOwner } = await node.databases()
  const sql = `select oid from pg_database where datname in ('tl_gateway', 'tl_desk')
    order by datname = 'tl_desk'`
  return (await rowsOf(gatewayOwner, sql)).map(([oid = ""]) => oid)
}

interface Field {
  readonly run: Run
  /** Of Birch's server, asked for while it was well. */
  readonly admin: string
  readonly nodes: readonly [OutsideNode, OutsideNode]
  readonly ledger: Ledger
}

/** Fills these under traffic, and sees what is said of it and how soon it goes on. */
async function fillOnce(
  { run, admin, nodes, ledger }: Field,
  place: Place,
  disks: readonly SmallDisk[],
): Promise<Fill> {
  const [alder, birch] = nodes
  await pause(run.random.between(500, 2_000))
  let said: string | undefined
  const endMs = performance.now() + run.random.between(fullMs.min, fullMs.max)
  const waitedMs = performance.now() + saidMsMax
  while (performance.now() < endMs || (said === undefined && performance.now() < waitedMs)) {
    run.signal.throwIfAborted()
    for (const disk of disks) disk.fill()
    if (place === "the log") await turnOver(admin)
    said = (await saidBy(birch)) ?? said
    await pause(200)
  }
  for (const disk of disks) disk.free()
  const freedMs = performance.now()
  while (performance.now() - freedMs <= resumeMsMax) {
    run.signal.throwIfAborted()
    if (await goesOn(ledger, birch, alder)) break
    await pause(100)
  }
  return { place, said, resumedMs: performance.now() - freedMs }
}

/** On a full disk: it must end in order, say why it does not start, and start with room. */
async function stoppedAndStarted(
  node: OutsideNode,
  disks: readonly SmallDisk[],
): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const disk of disks) disk.fill()
  await node.stop()
  if (node.server !== undefined) wrong.push("a node that was stopped left its server running")
  for (const disk of disks) disk.fill()
  try {
    await node.start()
    wrong.push("it says that it has started on a full disk")
    await node.stop()
  } catch {
    if (!node.told.includes("no space left")) wrong.push(`it does not say why: ${node.told}`)
  }
  for (const disk of disks) disk.free()
  await node.start()
  return wrong
}

/** Makes the log begin its next files, which it would otherwise do every few thousand messages. */
const turnOverSql = `select pg_logical_emit_message(false, 'trial', 'next'), pg_switch_wal()
  from generate_series(1, 4)`

async function turnOver(admin: string): Promise<void> {
  try {
    await rowsOf(admin, turnOverSql)
  } catch {
    // It has come to that: the server is down.
  }
}

/** What whoever looks at the node is told about a full disk; undefined where it is nothing. */
async function saidBy({ desk, told }: OutsideNode): Promise<string | undefined> {
  try {
    const { alarms } = await desk.status()
    const full = alarms.filter(({ kind, code }) => kind === "storage" && code === "disk_full")
    if (full.length > 0) return `an alarm for the ${full.map((it) => it.process).join(", ")}`
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    if (error.shown === "disk_full" || error.hint.includes("is full")) return "status says so"
  }
  return told.includes("disk_full")
    ? "the launcher says that the database is away for it"
    : undefined
}

/** Whether an act is taken again, which is then a promise like any other. */
async function goesOn(ledger: Ledger, from: OutsideNode, to: OutsideNode): Promise<boolean> {
  try {
    await release({ from, to, precedence: "FLASH", ledger, mark: "with room" })
    return true
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    ledger.noteUnanswered()
    return false
  }
}
