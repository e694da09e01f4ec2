/**
 * `io-error`: writing fails, and stored bits turn over.
 *
 * The n-th flush or write of a process of the database server fails under traffic: the server must
 * stop and recover rather than acknowledge. The n-th flush of a node that is made or started for
 * the first time fails: there is a whole node or none. Bits of what is stored turn over: they must
 * be named, and never be shown.
 */

import { readFileSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"

import { canInject, IoFault } from "../fault/io-fault.ts"
import { Traffic } from "../load/traffic.ts"
import { OutsideNode } from "../node/outside-node.ts"
import { introduce } from "../node/trial-node.ts"
import { rowsOf } from "../reckoning/books.ts"
import { judgement } from "../reckoning/judgement.ts"
import { Ledger } from "../reckoning/ledger.ts"
import type { Outcome, Run, Scenario } from "../scenario.ts"
import { failStarts } from "./failed-start.ts"
import { linuxOnly, programs, rootOnly } from "./needs.ts"
import { soon } from "./soon.ts"
import { turnBits } from "./turned-bits.ts"

const width = 8
const hitMsMax = 8_000

/** A process of the server, a call of its own, and what makes it do that. */
interface Target {
  readonly says: string
  /** As the server's list of its processes names them. */
  readonly processes: string
  readonly call: string
  /** What is in the path of the files that count: of others a failure may cost one statement. */
  readonly path: string
  readonly atMax: number
  readonly isCheckpointed?: true
}

const sessions = "application_name like 'tearline %'"
const targets: readonly Target[] = [
  { says: "flush of the log", processes: sessions, call: "fdatasync", path: "pg_wal", atMax: 12 },
  { says: "write of the log", processes: sessions, call: "pwrite64", path: "pg_wal", atMax: 4 },
  {
    says: "flush of a table",
    processes: "backend_type = 'checkpointer'",
    call: "fsync",
    path: "",
    atMax: 6,
    isCheckpointed: true,
  },
]

export const ioError: Scenario = {
  name: "io-error",
  says: "flushes and writes fail, stored bits turn over: it is named, and nothing false acknowledged",
  counts: {
    rounds: { usual: 12, says: "failing flushes and writes of the database server" },
    starts: { usual: 6, says: "failing flushes while a node is made and started" },
    flips: { usual: 6, says: "bits turned over in what is stored" },
  },
  missing: () => {
    const lacks = [...linuxOnly(), ...rootOnly("it watches other users' processes")]
    const tools = programs("strace")
    if (lacks.length + tools.length > 0) return [...lacks, ...tools]
    return canInject() ? [] : ["strace that may watch processes (ptrace)"]
  },
  limitMs: (count) =>
    400_000 + count("rounds") * 60_000 + count("starts") * 180_000 + count("flips") * 90_000,
  run: ioFailing,
}

async function ioFailing(run: Run): Promise<Outcome> {
  const starts = await failStarts(run)
  await using stack = new AsyncDisposableStack()
  run.progress("starting both")
  const alder = stack.use(new OutsideNode({ name: "Alder", dir: `${run.folder}/alder` }))
  const birch = stack.use(new OutsideNode({ name: "Birch", dir: `${run.folder}/birch` }))
  const nodes = [alder, birch] as const
  await Promise.all(nodes.map((node) => node.start()))
  await introduce(nodes)
  const ledger = new Ledger()
  const traffic = new Traffic({ nodes, ledger, random: run.random.split("traffic"), width })
  const struck: Struck[] = []
  traffic.start()
  try {
    for (let round = 0; round < run.count("rounds"); round += 1) {
      run.signal.throwIfAborted()
      const target = targets[round % targets.length]
      if (target !== undefined) struck.push(await strike(run, birch, target))
    }
  } finally {
    await traffic.stop()
  }
  for (const target of targets) run.note(lineOf(target, struck))
  const flipped = await turnBits(run, { nodes, ledger })
  const hits = struck.reduce((sum, it) => sum + it.hits, 0)
  const wrong = [...starts.flatMap((it) => it.wrong), ...struck.flatMap(wrongIn), ...flipped.wrong]
  const failedStarts = starts.filter((it) => it.hits > 0).length
  const what = `${hits} failed calls, ${failedStarts} failed starts, ${flipped.count} flips`
  return await judgement(run, { what, nodes, ledger, wrong })
}

interface Struck {
  readonly target: Target
  readonly hits: number
  readonly hasStopped: boolean
  readonly isBack: boolean
}

function lineOf(target: Target, struck: readonly Struck[]): string {
  const own = struck.filter((it) => it.target === target)
  const hits = own.reduce((sum, it) => sum + it.hits, 0)
  const stops = own.filter((it) => it.hasStopped).length
  return `${target.says}: failed ${hits} times in ${own.length} rounds, ${stops} times the server stopped and recovered`
}

function wrongIn({ target, hits, hasStopped, isBack }: Struck): string[] {
  const isIgnored = hits > 0 && !hasStopped
  return [
    ...(hits > 0 ? [] : [`no ${target.says} failed in a round that was to fail one`]),
    ...(isIgnored ? [`a ${target.says} failed, and the server went on as if it had not`] : []),
    ...(isBack ? [] : [`after a ${target.says} failed, the node did not come back`]),
  ]
}

async function strike(run: Run, node: OutsideNode, target: Target): Promise<Struck> {
  const before = panicsOf(node)
  let hits = 0
  for (let at = 1 + run.random.below(target.atMax); hits === 0; at = Math.ceil(at / 2)) {
    hits = await failed(run, node, { target, at })
    run.progress(`${target.says} number ${at}: failed ${hits} times`)
    if (at === 1) break
  }
  const isBack = await soon(run, async () => (await node.desk.status()).status === "ready")
  return { target, hits, hasStopped: panicsOf(node) > before, isBack }
}

interface Aim {
  readonly target: Target
  readonly at: number
}

/** How many such calls have failed: none where a process makes fewer than that in a while. */
async function failed(run: Run, node: OutsideNode, { target, at }: Aim): Promise<number> {
  const { admin } = await node.databases()
  const sql = `select pid from pg_stat_activity where ${target.processes}`
  let pids: readonly number[] = []
  await soon(run, async () => {
    pids = (await rowsOf(admin, sql)).map(([pid]) => Number(pid))
    return pids.length > 0
  })
  await using fault = await IoFault.on(pids, { call: target.call, at }, `${run.folder}/strace`)
  const endMs = performance.now() + hitMsMax
  while (fault.hitsOn(target.path) === 0 && performance.now() < endMs) {
    run.signal.throwIfAborted()
    if (target.isCheckpointed) await rowsOf(admin, "checkpoint").catch(() => undefined)
    await pause(50)
  }
  return fault.hitsOn(target.path)
}

/** How often the server has stopped because it could not trust its disk any more. */
function panicsOf({ dir }: OutsideNode): number {
  return readFileSync(`${dir}/postgres/server.log`, "utf8").split("PANIC:").length - 1
}
