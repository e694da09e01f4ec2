/**
 * A flush fails while a node is made, or while it is started for the first time: then there is a
 * whole node or none, and the next start comes up.
 */

import { existsSync, readdirSync } from "node:fs"
import { dirname } from "node:path"

import { failingFromTheStart, failuresIn } from "../fault/io-fault.ts"
import { OutsideNode } from "../node/outside-node.ts"
import type { Run } from "../scenario.ts"

const stages = ["made", "started for the first time"] as const
type Stage = (typeof stages)[number]

/** About as many flushes as one process of the node has then. */
const atMax: Readonly<Record<Stage, number>> = { made: 12, "started for the first time": 20 }

export interface FailedStart {
  readonly stage: Stage
  /** Flushes that failed. */
  readonly hits: number
  readonly wrong: readonly string[]
}

/** Fails flushes in so many nodes, each of them while it is made or started. */
export async function failStarts(run: Run): Promise<readonly FailedStart[]> {
  const failed: FailedStart[] = []
  for (let count = 0; count < run.count("starts"); count += 1) {
    const stage = stages[count % stages.length] ?? "made"
    failed.push(await failOne(run, stage, `${run.folder}/made-${count}`))
  }
  for (const stage of stages) run.note(lineOf(stage, failed))
  return failed
}

function lineOf(stage: Stage, failed: readonly FailedStart[]): string {
  const own = failed.filter((it) => it.stage === stage)
  const hits = own.reduce((sum, it) => sum + it.hits, 0)
  return `flush of a node that is ${stage}: failed ${hits} times in ${own.length} rounds`
}

/** An earlier one where a process has fewer than that; the first of all is always there. */
async function failOne(run: Run, stage: Stage, dir: string): Promise<FailedStart> {
  for (let at = 1 + run.random.below(atMax[stage]); ; at = Math.ceil(at / 2)) {
    run.signal.throwIfAborted()
    run.progress(`a node is ${stage}, and flush ${at} of each process fails`)
    const { hits, wrong } = await failAt(`${dir}-${at}`, stage, at)
    const never = `no flush failed while a node was ${stage}`
    if (hits === 0 && at === 1) return { stage, hits, wrong: [...wrong, never] }
    if (hits > 0) return { stage, hits, wrong }
  }
}

async function failAt(dir: string, stage: Stage, at: number): Promise<Omit<FailedStart, "stage">> {
  const output = `${dir}.strace`
  const name = "Cedar"
  const prefix = failingFromTheStart({ call: "fsync", at }, output)
  const sound = new OutsideNode({ name, dir })
  const failing = new OutsideNode({ name, dir, prefix })
  const isMade = await (stage === "made" ? failing : sound).make()
  const where = `where flush ${at} failed`
  const wrong: string[] = []
  const leftovers = readdirSync(dirname(dir)).filter((it) => it.includes(".new-"))
  if (leftovers.length > 0) wrong.push(`half a node was left behind ${where}`)
  if (!isMade && existsSync(dir)) wrong.push(`a node is there that was not made, ${where}`)
  if (stage !== "made") {
    await using first = failing
    await first.start().catch(() => undefined)
  }
  return { hits: failuresIn(output), wrong: [...wrong, ...(await nextStart(sound, where))] }
}

async function nextStart(sound: OutsideNode, where: string): Promise<readonly string[]> {
  await using node = sound
  try {
    await node.start()
    await node.desk.status()
    return []
  } catch (error) {
    return [`the next start failed too ${where}: ${error instanceof Error ? error.message : ""}`]
  }
}
