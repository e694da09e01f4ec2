/**
 * The process in which inputs are run: it may hang, run out of memory or die, and its supervisor
 * learns which input it was.
 */

import { openSync, writeSync } from "node:fs"

import { Campaign } from "../engine/campaign.ts"
import { Coverage } from "../engine/coverage.ts"
import { reasonOf } from "../engine/execution.ts"
import { steepness } from "../engine/growth.ts"
import { corpusOf, keepCorpus } from "../engine/kept.ts"
import { minimised } from "../engine/minimise.ts"
import type { Target } from "../target.ts"
import { entryOf } from "../targets/catalogue.ts"
import type { FromChild, Order, Tally } from "./exchanged.ts"

const bornMs = performance.now()
const order = JSON.parse(process.argv[2] ?? "{}") as Order
const file = openSync(order.inputPath, "w")
let current: Uint8Array = new Uint8Array()

/** Resolves once it has left: a channel that is closed forgets what waits. */
function tell(message: FromChild): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (process.send === undefined) resolve()
  else process.send(message, () => resolve())
  return promise
}

/** A length in four bytes, then the input: overwritten in place, since this happens for each one. */
function leaveBehind(input: Uint8Array): void {
  current = input
  const head = Buffer.alloc(4)
  head.writeUInt32BE(input.length)
  writeSync(file, Buffer.concat([head, input]), 0, 4 + input.length, 0)
}

function found(input: Uint8Array, reason: string): Promise<void> {
  return tell({ kind: "found", reason, input: input.toBase64() })
}

async function reportSteepness(target: Target): Promise<void> {
  const steep = await steepness(target, () => void tell({ kind: "alive" }))
  if (steep !== undefined) await found(steep.input, steep.reason)
}

async function fuzz(): Promise<void> {
  const target = await entryOf(order.target).open()
  await tell({ kind: "alive" })
  const coverage = new Coverage()
  const startedMs = performance.now()
  const tallyOf = ({ executions, kept, features }: Campaign): Tally => {
    const ms = performance.now() - startedMs
    return { executions, corpus: kept.length, points: coverage.points, features, ms }
  }
  await reportSteepness(target)
  const campaign = new Campaign({
    ...order,
    target,
    coverage,
    corpus: corpusOf(order.target),
    untilMs: bornMs + order.msMax,
    onInput: leaveBehind,
    onFinding: async (input, reason) => found(await minimised(target, input, reason), reason),
    onBreath: (it) => void tell({ kind: "progress", tally: tallyOf(it) }),
  })
  await campaign.run()
  if (order.isKeeping) keepCorpus(order.target, campaign.kept)
  await tell({ kind: "done", tally: tallyOf(campaign) })
  coverage.close()
  await target.close?.()
}

// What escapes from a promise that nobody awaits would have ended the product's process too.
process.on("uncaughtException", (error) => void found(current, `escaped: ${reasonOf(error)}`))
process.on("unhandledRejection", (error) => void found(current, `escaped: ${reasonOf(error)}`))
// Whoever started this is gone: nobody would end it.
process.on("disconnect", () => process.exit())
await fuzz()
process.disconnect?.()
