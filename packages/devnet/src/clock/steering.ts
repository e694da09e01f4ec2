/**
 * Time of the devnet, from the process that plays it.
 *
 * Time stands still while anything is under way: an envelope, a pull, a commit. So every signed
 * time and every due time is that of the episode, however slow the machine is. Quiet means that
 * every process answered, in two rounds one after the other, that nothing is in its hands, and that
 * nothing was finished in between, since an envelope on its way is always in somebody's hands.
 */

import { setTimeout as pause } from "node:timers/promises"

import { CliError, type ChildHandle } from "@tearline/cli"

import { HeldClock, type ClockSetting } from "./held-clock.ts"
import type { Look, Seen } from "./steered.ts"

/** A process that does not answer for so long is asked again. */
const answerMsMax = 2_000
const betweenRoundsMs = 2
const betweenTriesMs = 50
/** Longer than the slowest restart of a killed process with its database. */
const quietMsMax = 90_000

export class Steering {
  readonly #clock: HeldClock
  readonly #processes: ChildHandle[] = []
  readonly #waiting = new Map<number, (seen: Seen | undefined) => void>()
  #lastId = 0
  #runs = false

  constructor(startMs: number) {
    this.#clock = new HeldClock({ nowMs: startMs, runs: false })
  }

  get nowMs(): number {
    return this.#clock.nowMs()
  }

  get setting(): ClockSetting {
    return { nowMs: this.nowMs, runs: this.#runs }
  }

  /** Steers a process too, in this life and every later one. */
  add(process: ChildHandle): void {
    this.#processes.push(process)
    process.onMessage((message) => {
      const seen = message as Seen
      this.#waiting.get(seen.id)?.(seen)
    })
  }

  /** A process has ended: whoever waits for its answer asks again. */
  ended(): void {
    for (const resolve of this.#waiting.values()) resolve(undefined)
  }

  /** Waits until nothing is under way anywhere. Throws `no_answer` when that takes too long. */
  async quiet(): Promise<void> {
    const startedAt = performance.now()
    let before: number | undefined
    for (;;) {
      const rounds = await Promise.all(this.#processes.map((it) => this.#look(it)))
      const done = sumWhenIdle(rounds)
      if (done !== undefined && done === before) return
      before = done
      if (performance.now() - startedAt > quietMsMax) throw notQuiet(this.#processes, rounds)
      await pause(rounds.includes(undefined) ? betweenTriesMs : betweenRoundsMs)
    }
  }

  /** Moves the clock everywhere and waits until what that made due is done. */
  async advance(toMs: number): Promise<void> {
    this.#clock.set({ nowMs: toMs, runs: false })
    await this.quiet()
  }

  /** Lets time run from now on, as on a wall clock that is never behind the episode. */
  async run(): Promise<void> {
    this.#runs = true
    this.#clock.set({ nowMs: Date.now(), runs: true })
    await Promise.all(this.#processes.map((it) => this.#look(it)))
  }

  /** Says where the clock stands; gives the answer, or nothing where there was none. */
  async #look(process: ChildHandle): Promise<Seen | undefined> {
    this.#lastId += 1
    const id = this.#lastId
    const { promise, resolve } = Promise.withResolvers<Seen | undefined>()
    const timer = setTimeout(() => resolve(undefined), answerMsMax)
    this.#waiting.set(id, resolve)
    try {
      if (!process.send({ id, ...this.setting } satisfies Look)) return undefined
      return await promise
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(id)
    }
  }
}

function sumWhenIdle(rounds: readonly (Seen | undefined)[]): number | undefined {
  let sum = 0
  for (const seen of rounds) {
    if (seen === undefined || seen.inFlight > 0) return undefined
    sum += seen.done
  }
  return sum
}

function notQuiet(
  processes: readonly ChildHandle[],
  rounds: readonly (Seen | undefined)[],
): CliError {
  const busy = processes
    .map(({ name }, index) => ({ name, seen: rounds[index] }))
    .filter(({ seen }) => seen === undefined || seen.inFlight > 0)
    .map(({ name, seen }) => `${name}: ${seen?.inFlight ?? "no answer"}`)
  const what = busy.length === 0 ? "work goes on without end" : busy.join(", ")
  const hint = "see the diagnostics in logs/ of the three nodes, and start again"
  return new CliError("no_answer", `the network does not come to rest (${what})`, { hint })
}
