/**
 * `storm`: everybody warns at the same minute. Ten thousand warnings of two hundred senders reach
 * one node in sixty seconds, with a FLASH in the middle.
 *
 * The senders are keys without processes: their envelopes are sealed beforehand by the real sealer,
 * and handed over in an open loop. The node is a whole one.
 */

import { readFileSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"

import type { OrgId } from "@tearline/core"
import { checkIdentity, checkOperations } from "@tearline/crypto"

import { inWords, percentilesOf } from "../load/percentile.ts"
import { Receivers } from "../load/receivers.ts"
import { makeSenders, type SealedWarning, type Sender } from "../load/sender.ts"
import { type Handed, stormOn } from "../load/storming.ts"
import { Watch } from "../load/watch.ts"
import { cpuMsOf, machineNote } from "../node/processes.ts"
import type { TrialNode } from "../node/trial-node.ts"
import { openTrial } from "../node/trial.ts"
import { readBooks, rowsOf } from "../reckoning/books.ts"
import { settled } from "../reckoning/settled.ts"
import { stagesOf } from "../reckoning/stages.ts"
import { reckonStorm } from "../reckoning/storm-books.ts"
import type { Outcome, Run, Scenario } from "../scenario.ts"
import { linuxOnly } from "./needs.ts"

const aimMs = 60_000
const processes = ["gateway", "exchange", "postgres"] as const

export const storm: Scenario = {
  name: "storm",
  says: "thousands of warnings of many senders in one minute, a FLASH in the middle; none is lost",
  counts: {
    size: { usual: 10_000, says: "warnings" },
    senders: { usual: 200, says: "organisations that send them" },
    seconds: { usual: 60, says: "in which they are sent" },
  },
  missing: linuxOnly,
  limitMs: (count) => 600_000 + count("size") * 200 + count("senders") * 2_000,
  run: blow,
}

async function blow(run: Run): Promise<Outcome> {
  await using trial = await openTrial(run, ["Birch"])
  const [birch] = trial.nodes
  if (birch === undefined) throw new RangeError("a trial has a node")
  const { kem, gatewayKey } = publicKeysOf(birch)
  const senders = await makeSenders(run.folder, run.count("senders"), {
    kem,
    signal: run.signal,
    onDone: (done) => run.progress(`${done} senders made`),
  })
  await using receivers = new Receivers({ fronts: senders.map((it) => it.front), gatewayKey })
  await receivers.ready
  for (const { invite } of senders) {
    await birch.desk.addPeer({ ...invite, officer: "administrator", method: "in-person" })
  }
  const sealed = await sealAll(run, senders, birch)
  const watch = new Watch(birch)
  await watch.start()
  const before = cpuOf(birch)
  const startMs = Date.now()
  const flash = sealed.find((it) => it.lane === 0)
  const flashReadable = watch.readable(flash?.thread ?? "", run.signal)
  try {
    const handed = await stormOn({
      warnings: sealed,
      port: birch.port,
      lastsMs: run.count("seconds") * 1_000,
      random: run.random.split("storm"),
      signal: run.signal,
      onCustody: (count) => run.progress(`${count} of ${sealed.length} in custody`),
    })
    const flashMs = (await flashReadable) + performance.timeOrigin
    await calm(run, birch)
    const lastedMs = Date.now() - startMs
    tellCpu(run, before, cpuOf(birch))
    return await judgement({ run, birch, gatewayKey, receivers, handed, flashMs, lastedMs })
  } finally {
    await watch.close()
    for (const { agents } of senders) {
      agents.flash.destroy()
      agents.common.destroy()
    }
  }
}

function publicKeysOf(node: TrialNode) {
  const read = (name: string) => readFileSync(`${node.dir}/statements/${name}.cbor`)
  const operations = checkOperations(read("operations"), checkIdentity(read("identity")))
  return { kem: operations.fallbackKemPublicKey, gatewayKey: operations.gatewayPublicKey }
}

/** ROUTINE all of them but one in the middle. */
async function sealAll(
  run: Run,
  senders: readonly Sender[],
  { org }: TrialNode,
): Promise<readonly SealedWarning[]> {
  const size = run.count("size")
  const sealed: SealedWarning[] = []
  for (let at = 0; at < size; at += 1) {
    run.signal.throwIfAborted()
    const sender = run.random.pick(senders)
    const precedence = at === Math.floor(size / 2) ? "FLASH" : "ROUTINE"
    sealed.push(await sender.seal(org as OrgId, precedence))
    run.progress(`${at + 1} of ${size} sealed`)
  }
  return sealed
}

async function calm(run: Run, birch: TrialNode): Promise<void> {
  await settled([birch], {
    limitMs: Number.POSITIVE_INFINITY,
    signal: run.signal,
    onLook: (left) => run.progress(`${left} not taken in, or not answered`),
  })
  run.signal.throwIfAborted()
  // The count of what the senders' gateways signed for comes a moment later.
  await pause(500)
}

type Cpu = Readonly<Record<string, number>>

function cpuOf({ pids }: TrialNode): Cpu {
  const { user, system } = process.cpuUsage()
  const node = processes.map((it) => [it, cpuMsOf(pids[it] ?? 0)] as const)
  return { ...Object.fromEntries(node), senders: (user + system) / 1_000 }
}

function tellCpu(run: Run, before: Cpu, after: Cpu): void {
  const each = Object.entries(after).map(
    ([name, ms]) => `${name} ${((ms - (before[name] ?? 0)) / 1_000).toFixed(1)} s`,
  )
  run.note(`CPU: ${each.join(", ")}`)
}

interface Blown {
  readonly run: Run
  readonly birch: TrialNode
  readonly gatewayKey: Uint8Array
  readonly receivers: Receivers
  readonly handed: readonly Handed[]
  /** When the FLASH was readable; since 1970. */
  readonly flashMs: number
  readonly lastedMs: number
}

/** Where the time of the FLASH went. */
async function tellFlash(
  run: Run,
  birch: TrialNode,
  { flash, flashMs }: { readonly flash: Handed | undefined; readonly flashMs: number },
): Promise<void> {
  if (flash === undefined) return
  const { dueMs, warning } = flash
  const journey = {
    thread: warning.thread,
    askedMs: dueMs,
    saidMs: dueMs,
    readableMs: flashMs,
  }
  const { custody, written, readable } = await stagesOf(birch, [journey])
  run.note(
    `FLASH: in custody after ${Math.round(custody.p50)} ms, written ${Math.round(written.p50)} ms ` +
      `later, readable ${Math.round(readable.p50)} ms after that`,
  )
}

const warningsSql = `select encode(thread, 'hex'), learned_at_ms from exchange.message
  where kind = 'warning' and direction = 'in'`

/** Answered, and custody of the answer told. */
const receiptsSql = `select count(*) from exchange.message it
  where kind = 'receipt' and direction = 'out'
  and exists (select 1 from exchange.custody where digest = it.digest and by = it.peer)`

async function judgement({ run, birch, gatewayKey, receivers, ...blown }: Blown): Promise<Outcome> {
  const { handed, flashMs, lastedMs } = blown
  const { exchange } = await birch.databases()
  const written = new Map(
    (await rowsOf(exchange, warningsSql)).map(([thread = "", atMs]) => [thread, Number(atMs)]),
  )
  const { lost, wrong } = reckonStorm(handed, await readBooks(birch), gatewayKey)
  const flash = handed.find(({ warning }) => warning.lane === 0)
  const rest = handed.filter((it) => it !== flash)
  const custody = percentilesOf(rest.map((it) => it.custodyMs - it.dueMs))
  const taken = percentilesOf(
    rest.map((it) => (written.get(it.warning.thread) ?? Number.NaN) - it.dueMs),
  )
  const flashTookMs = flashMs - (flash?.dueMs ?? Number.NaN)
  await tellFlash(run, birch, { flash, flashMs })
  const again = handed.filter((it) => it.attempts > 1).length
  run.note(`custody: ${inWords(custody)}; ${again} were asked to come again`)
  run.note(`in the inbox: ${inWords(taken)}, p99 ${Math.round(taken.p99)} ms`)
  run.note(`all of it took ${(lastedMs / 1_000).toFixed(0)} s; ${receivers.signed} receipts sent`)
  run.note(machineNote())
  run.note(`aim: p99 under ${aimMs / 1_000} s: ${taken.p99 < aimMs ? "reached" : "not reached"}`)
  const [[answered] = []] = await rowsOf(exchange, receiptsSql)
  const unanswered = handed.length - Number(answered)
  return {
    lost: lost.length,
    wrong: [
      ...lost,
      ...wrong,
      ...(unanswered > 0 ? [`${unanswered} senders were never told "unsealed"`] : []),
    ],
    summary:
      `${handed.length} warnings in ${run.count("seconds")} s, FLASH readable after ` +
      `${Math.round(flashTookMs)} ms, p99 of the rest ${(taken.p99 / 1_000).toFixed(1)} s, ` +
      `${lost.length} lost`,
    figures: { flashMs: flashTookMs, custody, taken, lastedMs, again },
  }
}
