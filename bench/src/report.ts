/** Figures as lines for people, each against what is wanted and what others need for the same. */

import type { DeliveryFigures } from "./delivery.ts"
import type { NativeReference } from "./native.ts"
import type { Percentiles } from "./percentile.ts"
import {
  acknowledgedElsewhere,
  fanOutElsewhere,
  readableElsewhere,
  type Reference,
} from "./references.ts"

const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} ms`
const mega = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`

function spread({ p50, p95, p99 }: Percentiles): string {
  return `p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)}`
}

/** Parts of a whole, largest first. */
function parts(figures: Readonly<Record<string, number>>, unit: (value: number) => string): string {
  const sorted = Object.entries(figures).toSorted(([, a], [, b]) => b - a)
  return `         ${sorted.map(([name, value]) => `${name} ${unit(value)}`).join(", ")}`
}

const sum = (figures: Readonly<Record<string, number>>) =>
  Object.values(figures).reduce((total, it) => total + it, 0)

/** One line: the figure, what was wanted, whether it was reached. */
function against(what: string, seen: string, wanted: string, isReached: boolean): string {
  return `${isReached ? "reached" : "short  "}  ${what}: ${seen} (wanted: ${wanted})`
}

/** How a figure of ours stands to those of others: like against like, an estimate against p95. */
function besides(ours: Percentiles, references: readonly Reference[]): string[] {
  return references.map(({ system, ms: theirs, is }) => {
    const own = is === "median" ? ours.p50 : ours.p95
    const ratio = theirs / own
    const words = ratio >= 1 ? `${ratio.toFixed(1)} × sooner` : `${(1 / ratio).toFixed(1)} × later`
    return `           ${words} than ${system}: ${is} ${ms(theirs)} (bench/src/references.ts)`
  })
}

function nativeLines({ costs, deliveryMs }: NativeReference): string[] {
  const lines = costs.map(
    ({ operation, count, eachMs }) => `           ${count} × ${operation}: ${ms(eachMs)} each`,
  )
  return [
    `         the native operations of one delivery, alone: ${ms(deliveryMs)} of CPU`,
    ...lines,
  ]
}

export function deliveryReport(figures: DeliveryFigures): string {
  const { readableMs, acknowledgedMs, sustained, cpu, pss, fanOut } = figures
  const cpuSeen = `${ms(cpu.deliveryMs)}, ${cpu.ratio.toFixed(2)} × the native operations`
  const lines = [
    against(
      "FLASH readable at one partner",
      spread(readableMs),
      "p95 < 100 ms",
      readableMs.p95 < 100,
    ),
    ...besides(readableMs, readableElsewhere),
    against(
      "human acknowledgement back",
      spread(acknowledgedMs),
      "p95 < 100 ms",
      acknowledgedMs.p95 < 100,
    ),
    ...besides(acknowledgedMs, acknowledgedElsewhere),
    `         sustained: ${sustained.perSecond.toFixed(1)} deliveries a second with both receipts`,
    against("CPU of a delivery, both nodes", cpuSeen, "< 2 ×", cpu.ratio < 2),
    parts(cpu.byProcess, ms),
    ...nativeLines(cpu.native),
    against("one node, idle", mega(sum(pss.idle)), "< 300 MB", sum(pss.idle) < 300e6),
    parts(pss.idle, mega),
    `         the same after the load: ${mega(sum(pss.afterLoad))}`,
    parts(pss.afterLoad, mega),
  ]
  if (fanOut !== undefined) {
    const { partners, lastReadableMs } = fanOut
    const what = `FLASH readable at the last of ${partners} partners`
    lines.push(against(what, spread(lastReadableMs), "p95 < 1 s", lastReadableMs.p95 < 1_000))
    if (partners === 30) lines.push(...besides(lastReadableMs, fanOutElsewhere))
  }
  return lines.join("\n")
}
