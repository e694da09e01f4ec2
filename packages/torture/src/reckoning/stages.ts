/**
 * Where a warning's time went: acknowledged at its sender, in custody of the addressee's gateway,
 * written by its exchange, readable at its desk. The middle two are the nodes' own clocks, which on
 * one machine are one.
 */

import type { Percentiles } from "../load/percentile.ts"
import { percentilesOf } from "../load/percentile.ts"
import type { TrialNode } from "../node/trial-node.ts"
import { rowsOf } from "./books.ts"

/** Moments of one warning, milliseconds since 1970. */
export interface Journey {
  readonly thread: string
  readonly askedMs: number
  readonly saidMs: number
  readonly readableMs: number
}

export type Stages = Readonly<
  Record<"acknowledged" | "custody" | "written" | "readable", Percentiles>
>

const warningsSql = `select encode(thread, 'hex'), encode(digest, 'hex'), learned_at_ms
  from exchange.message where kind = 'warning' and direction = 'in'`

export async function stagesOf(
  addressee: TrialNode,
  journeys: readonly Journey[],
): Promise<Stages> {
  const { exchange, gateway } = await addressee.databases()
  const custody = new Map(
    (await rowsOf(gateway, "select encode(digest, 'hex'), at_ms from gateway.arrival")).map(
      ([digest = "", atMs]) => [digest, Number(atMs)],
    ),
  )
  const warnings = new Map(
    (await rowsOf(exchange, warningsSql)).map(([thread = "", digest = "", atMs]) => [
      thread,
      { custodyMs: custody.get(digest) ?? Number.NaN, writtenMs: Number(atMs) },
    ]),
  )
  const each = journeys.flatMap((it) => {
    const found = warnings.get(it.thread)
    return found === undefined ? [] : [{ ...it, ...found }]
  })
  return {
    acknowledged: percentilesOf(each.map((it) => it.saidMs - it.askedMs)),
    custody: percentilesOf(each.map((it) => it.custodyMs - it.saidMs)),
    written: percentilesOf(each.map((it) => it.writtenMs - it.custodyMs)),
    readable: percentilesOf(each.map((it) => it.readableMs - it.writtenMs)),
  }
}
