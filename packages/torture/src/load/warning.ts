/** One warning released at a desk and written into the ledger. */

import type { Party } from "../node/party.ts"
import type { Ledger } from "../reckoning/ledger.ts"
import { trialWarning } from "./content.ts"

export interface Released {
  readonly thread: string
  /** Before it was asked for, and after it was acknowledged; on the clock of `performance`. */
  readonly askedMs: number
  readonly saidMs: number
}

export interface Order {
  readonly from: Party
  readonly to: Party
  readonly precedence: string
  readonly ledger: Ledger
  /** What its title says of it. */
  readonly mark?: string
}

let marks = 0

/** Throws what the desk says. */
export async function release(order: Order): Promise<Released> {
  const { from, to, precedence, ledger, mark = precedence } = order
  marks += 1
  const askedMs = performance.now()
  const { message, threads } = await from.desk.warn({
    addressees: [{ org: to.org }],
    precedence,
    status: "test",
    content: trialWarning(`${mark} ${marks}`),
    officer: "trial",
  })
  const saidMs = performance.now()
  const thread = threads[0]?.thread ?? ""
  ledger.noteSaid({ from: from.org, to: to.org, thread, message })
  return { thread, askedMs, saidMs }
}

/** Releases `count` of them, some at a time; stops early when told to. */
export async function releaseMany(
  order: Order,
  { count, signal, onDone }: Many,
): Promise<readonly Released[]> {
  const all: Released[] = []
  let left = count
  const lines = Array.from({ length: atOnce }, async () => {
    while (left > 0 && !signal.aborted) {
      left -= 1
      all.push(await release(order))
      onDone?.(all.length)
    }
  })
  await Promise.all(lines)
  return all
}

export interface Many {
  readonly count: number
  readonly signal: AbortSignal
  readonly onDone?: (done: number) => void
}

const atOnce = 16
