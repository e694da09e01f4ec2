/**
 * `npm run bench -- delivery`: how soon a FLASH can be read, at one partner and at many, how soon
 * the acknowledgement is back, how many a second, at what cost in CPU and memory.
 *
 * Everything is real: a launcher, gateway, exchange and PostgreSQL for each organisation, TLS
 * between them, a flush before each acknowledgement. A time runs from the release to the moment
 * when the other exchange's API has returned the verified text.
 */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import path from "node:path"
import { setTimeout as delay } from "node:timers/promises"

import type { ThreadDocument } from "@tearline/cli"

import { link, startBenchNode, type BenchNode } from "./bench-node.ts"
import { measureNative, type NativeReference } from "./native.ts"
import { percentilesOf, type Percentiles } from "./percentile.ts"
import { byProcess, cpuMs, pssBytes } from "./process-table.ts"
import { benchWarning } from "./warning.ts"
import { watch, type Watch } from "./watch.ts"

export interface DeliveryOptions {
  /** Deliveries before anything is measured. */
  readonly warmUp: number
  /** Deliveries measured one after the other. */
  readonly count: number
  /** Deliveries in the sustained phase. */
  readonly sustained: number
  /** Partners of the fan-out; 0 leaves it out. */
  readonly partners: number
  /** Warnings of the fan-out. */
  readonly fanOuts: number
  readonly note: (line: string) => void
}

export interface DeliveryFigures {
  /** Release to readable at the partner, milliseconds. */
  readonly readableMs: Percentiles
  /** The reading officer's act to its receipt at the sender's API, milliseconds. */
  readonly acknowledgedMs: Percentiles
  readonly sustained: { readonly count: number; readonly perSecond: number }
  readonly cpu: {
    /** CPU milliseconds of one delivery with receipts: all processes of both nodes. */
    readonly deliveryMs: number
    /** The same by process, over both nodes. */
    readonly byProcess: Readonly<Record<string, number>>
    readonly native: NativeReference
    readonly ratio: number
  }
  /** Proportional set size of one node in bytes, by process: after its start, and after the load. */
  readonly pss: {
    readonly idle: Readonly<Record<string, number>>
    readonly afterLoad: Readonly<Record<string, number>>
  }
  /** Release to readable at the last of the partners, milliseconds. */
  readonly fanOut?: { readonly partners: number; readonly lastReadableMs: Percentiles }
}

const hasText = (mark: string) => (document: ThreadDocument) =>
  document.messages.some(
    (it) => it.kind === "warning" && it.content["title"] === `Trial warning ${mark}`,
  )

const hasRead = (document: ThreadDocument) =>
  document.messages.some((it) => it.kind === "receipt" && it.content["step"] === "read")

interface Pair {
  readonly sender: BenchNode
  readonly receiver: BenchNode
  readonly atSender: Watch
  readonly atReceiver: Watch
}

let marks = 0

async function warn(from: BenchNode, to: readonly BenchNode[], precedence: string) {
  marks += 1
  const mark = `${from.name} ${marks}`
  const made = await from.desk.warn({
    addressees: to.map(({ org }) => ({ org })),
    precedence,
    status: "test",
    content: benchWarning(mark),
    officer: "bench",
  })
  return { mark, threads: made.threads }
}

interface Loop {
  readonly readableMs: number
  readonly acknowledgedMs: number
}

/** One delivery: released, readable, read by a person, and that known to the sender. */
async function loopOnce(pair: Pair, precedence: string): Promise<Loop> {
  const startMs = performance.now()
  const { mark, threads } = await warn(pair.sender, [pair.receiver], precedence)
  const thread = threads[0]?.thread ?? ""
  const readableMs = (await pair.atReceiver.until(thread, hasText(mark))) - startMs
  const readMs = performance.now()
  await pair.receiver.desk.act(thread, {
    kind: "receipt",
    content: { step: "read", role: "duty-officer" },
    officer: "bench",
  })
  const acknowledgedMs = (await pair.atSender.until(thread, hasRead)) - readMs
  return { readableMs, acknowledgedMs }
}

async function sequence(pair: Pair, count: number, precedence: string): Promise<Loop[]> {
  const loops: Loop[] = []
  for (let done = 0; done < count; done += 1) loops.push(await loopOnce(pair, precedence))
  return loops
}

/** Runs `count` loops, `width` at a time. */
async function together(pair: Pair, count: number, width: number): Promise<void> {
  let left = count
  const lines = Array.from({ length: width }, async () => {
    while (left > 0) {
      left -= 1
      await loopOnce(pair, "IMMEDIATE")
    }
  })
  await Promise.all(lines)
}

/** Sums figures of the same name. */
function added(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return Object.fromEntries([...names].map((it) => [it, (one[it] ?? 0) + (other[it] ?? 0)]))
}

/** CPU milliseconds so far of both nodes, by process. */
const cpuOf = ({ sender, receiver }: Pair) =>
  added(byProcess(sender.pids, cpuMs), byProcess(receiver.pids, cpuMs))

async function sustain(pair: Pair, options: DeliveryOptions) {
  const before = cpuOf(pair)
  const startMs = performance.now()
  await together(pair, options.sustained, 16)
  const elapsedMs = performance.now() - startMs
  const each = Object.entries(cpuOf(pair)).map(
    ([name, ms]) => [name, (ms - (before[name] ?? 0)) / options.sustained] as const,
  )
  return {
    perSecond: (options.sustained * 1_000) / elapsedMs,
    cpuByProcess: Object.fromEntries(each),
    deliveryCpuMs: each.reduce((sum, [, ms]) => sum + ms, 0),
  }
}

async function pairOf(sender: BenchNode, receiver: BenchNode): Promise<Pair> {
  await link(sender, receiver)
  return {
    sender,
    receiver,
    atSender: await watch(sender.desk),
    atReceiver: await watch(receiver.desk),
  }
}

/** Rounds before anything is counted. */
const fanOutsBefore = 40

/** How soon the last of many partners can read one FLASH. */
async function fanOut(sender: BenchNode, root: string, options: DeliveryOptions) {
  const { partners, fanOuts, note } = options
  const nodes: BenchNode[] = []
  try {
    for (let index = 1; index <= partners; index += 1) {
      note(`starting partner ${index} of ${partners}`)
      const node = await startBenchNode(path.join(root, `p${index}`), `Partner ${index}`)
      nodes.push(node)
      await link(sender, node)
    }
    const watches = await Promise.all(nodes.map((it) => watch(it.desk)))
    const lastReadableMs: number[] = []
    // The first rounds open the connections and warm thirty nodes' code; they are not counted.
    for (let round = 1 - fanOutsBefore; round <= fanOuts; round += 1) {
      const startMs = performance.now()
      const { mark, threads } = await warn(sender, nodes, "FLASH")
      const seenMs = await Promise.all(
        threads.map(({ org, thread }) => {
          const at = nodes.findIndex((it) => it.org === org)
          return watches[at]?.until(thread, hasText(mark)) ?? Promise.resolve(Number.NaN)
        }),
      )
      if (round > 0) lastReadableMs.push(Math.max(...seenMs) - startMs)
      note(`fan-out ${round} of ${fanOuts}`)
    }
    for (const it of watches) it.stop()
    return { partners, lastReadableMs: percentilesOf(lastReadableMs) }
  } finally {
    for (const node of nodes) await node.stop()
  }
}

async function measure(root: string, options: DeliveryOptions): Promise<DeliveryFigures> {
  const { note, count } = options
  note("starting two nodes")
  const sender = await startBenchNode(path.join(root, "alder"), "Alder")
  const receiver = await startBenchNode(path.join(root, "birch"), "Birch")
  try {
    const pair = await pairOf(sender, receiver)
    note("ten seconds of quiet")
    await delay(10_000)
    const idle = byProcess(sender.pids, pssBytes)
    // A node runs for months: what its code costs while it is still being compiled is not the figure.
    note(`warming up with ${options.warmUp} deliveries`)
    await together(pair, options.warmUp, 16)
    note(`${count} FLASH deliveries, one after the other`)
    const loops = await sequence(pair, count, "FLASH")
    note(`${options.sustained} deliveries, sixteen at a time`)
    const { perSecond, deliveryCpuMs, cpuByProcess } = await sustain(pair, options)
    note("the native operations alone")
    const native = await measureNative(300)
    note("ten seconds of quiet")
    await delay(10_000)
    const afterLoad = byProcess(sender.pids, pssBytes)
    pair.atReceiver.stop()
    await receiver.stop()
    const many = options.partners > 0 ? await fanOut(sender, root, options) : undefined
    pair.atSender.stop()
    return {
      readableMs: percentilesOf(loops.map((it) => it.readableMs)),
      acknowledgedMs: percentilesOf(loops.map((it) => it.acknowledgedMs)),
      sustained: { count: options.sustained, perSecond },
      cpu: {
        deliveryMs: deliveryCpuMs,
        byProcess: cpuByProcess,
        native,
        ratio: deliveryCpuMs / native.deliveryMs,
      },
      pss: { idle, afterLoad },
      ...(many === undefined ? {} : { fanOut: many }),
    }
  } finally {
    await receiver.stop()
    await sender.stop()
  }
}

/** Runs the benchmark in a folder of its own, which is removed afterwards. */
export async function benchDelivery(options: DeliveryOptions): Promise<DeliveryFigures> {
  const parent = path.join(import.meta.dirname, "../../.cache")
  mkdirSync(parent, { recursive: true })
  const root = mkdtempSync(path.join(parent, "bench-"))
  try {
    return await measure(root, options)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
