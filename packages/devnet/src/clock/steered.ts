/**
 * The end of the clock's channel that lies in a gateway or an exchange of the devnet.
 *
 * Only devnet's own mains open it: the programs that a real node runs take the system's clock and
 * nothing else, so that nobody who can start or signal a process can tell it the time.
 */

import { HeldClock } from "./held-clock.ts"

/** What devnet's process says: where the clock stands. Every message is answered. */
export interface Look {
  readonly id: number
  readonly nowMs: number
  readonly runs: boolean
}

/** What the process answers, once it has done what the new time asks of it. */
export interface Seen {
  readonly id: number
  /** Pieces of work finished since the start, and begun and not finished. */
  readonly done: number
  readonly inFlight: number
}

/** What is steered: a running gateway or exchange. */
export interface Steered {
  activity(): { readonly done: number; readonly inFlight: number }
  /** Does what has become due, where the process has such a thing. */
  tick?(): Promise<void>
}

/** The variable that says where the clock stands before the first message. */
export const clockVariable = "TEARLINE_EPISODE_CLOCK"

/** The clock as the process is started with it. */
export function startingClock(): HeldClock {
  const [nowMs = "0", runs] = (process.env[clockVariable] ?? "").split(" ")
  return new HeldClock({ nowMs: Number(nowMs), runs: runs === "runs" })
}

/** Answers devnet's process from now on. */
export function beSteered(clock: HeldClock, steered: Steered): void {
  process.on("message", (message) => {
    void answer(clock, steered, message as Look)
  })
}

async function answer(clock: HeldClock, steered: Steered, look: Look): Promise<void> {
  const isLater = look.nowMs > clock.nowMs()
  clock.set(look)
  if (isLater) await steered.tick?.()
  process.send?.({ id: look.id, ...steered.activity() } satisfies Seen)
}
