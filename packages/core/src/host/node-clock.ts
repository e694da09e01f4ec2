/**
 * The node's clock: it never steps back, whatever the machine's wall clock does.
 *
 * It starts at the later of wall time and the latest time that the node is known to have written,
 * and runs on the machine's uptime. Towards the wall clock it drifts by a twentieth at most, so
 * that a small error heals and a jump moves no due time; a jump of over a minute is shown to a
 * person, and so is one back that happened while the node was down.
 */

import type { Clock } from "./ports.ts"

const slewShare = 0.05
const suspectMs = 60_000

/** The machine's two clocks, in milliseconds. */
export interface Hands {
  readonly wallMs: () => number
  /** Runs evenly and never back. */
  readonly uptimeMs: () => number
}

export interface NodeClock extends Clock {
  /**
   * Never shows an earlier time than this from now on: what a former run has written. A wall clock
   * over a minute behind that has stepped back while nobody looked.
   */
  notBefore(atMs: number): void
  /** Whether the wall clock has jumped since this was last asked; asked every few seconds. */
  isSuspect(): boolean
}

/** A clock over the machine's hands, made monotone. */
export function nodeClock(hands: Hands): NodeClock {
  let shownMs = hands.wallMs()
  let atUptimeMs = hands.uptimeMs()
  let offsetMs = shownMs - atUptimeMs
  let isBehind = false

  function advance(): void {
    const uptimeMs = hands.uptimeMs()
    const elapsedMs = uptimeMs - atUptimeMs
    atUptimeMs = uptimeMs
    const behindMs = hands.wallMs() - (shownMs + elapsedMs)
    const slewMs = Math.max(-elapsedMs * slewShare, Math.min(elapsedMs * slewShare, behindMs))
    shownMs += elapsedMs + slewMs
  }

  return {
    nowMs() {
      advance()
      return Math.floor(shownMs)
    },
    notBefore(atMs) {
      advance()
      isBehind ||= atMs - shownMs > suspectMs
      shownMs = Math.max(shownMs, atMs)
    },
    isSuspect() {
      const before = offsetMs
      offsetMs = hands.wallMs() - hands.uptimeMs()
      const hasJumped = isBehind || Math.abs(offsetMs - before) > suspectMs
      isBehind = false
      return hasJumped
    },
  }
}
