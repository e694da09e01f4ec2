/**
 * The host loop: the one piece of code in which anything is ever accepted.
 *
 * Inputs wait in lanes. A turn takes what waits, most urgent first, steps each in memory, writes
 * all of it in one transaction, and only once that is flushed lets an output happen or an answer
 * go. So "acknowledged" always means "durable" (I2), and many inputs share one flush. A turn of
 * lower precedence ends as soon as a FLASH waits, which then has a turn of its own.
 *
 * A step that throws costs that one input. A commit that fails costs the turn: nothing of it has
 * happened, the machine forgets what it had in memory, and whoever asked is told and asks again.
 */

import type { Lane } from "../vocabulary/precedence.ts"

/** What one input came to, in memory: what to write, what to do afterwards, what to answer. */
export interface Stepped<Write, Output, Answer> {
  readonly writes: readonly Write[]
  readonly outputs: readonly Output[]
  readonly answer: Answer
}

export interface Machine<Input, Write, Output, Answer> {
  /** Sees what earlier steps of the turn have made. May throw: the input is then refused. */
  step(input: Input): Promise<Stepped<Write, Output, Answer>>
  /** All or nothing, and on stable storage when it returns. */
  commit(writes: readonly Write[]): Promise<void>
  /** The turn was not written: drop what was stepped in memory. */
  forget(): void
  /** At least once, idempotent by the id that the output carries; never before the flush. */
  perform(output: Output): void
}

export interface HostOptions {
  /** How many inputs one turn takes at most. */
  readonly turnMax?: number
  /**
   * Lets the process hear what has come meanwhile. Awaited between the steps of a turn below FLASH:
   * a step of nothing but arithmetic would otherwise keep a FLASH from being heard until all are
   * done.
   */
  readonly breathe?: () => Promise<void>
}

export interface Host<Input, Answer> {
  /** Resolves with the answer once it is durable; rejects when refused or not written. */
  submit(input: Input, lane: Lane): Promise<Answer>
  /** How many inputs wait or are being stepped. */
  readonly waiting: number
}

interface Waiting<Input, Answer> {
  readonly input: Input
  readonly resolve: (answer: Answer) => void
  readonly reject: (reason: unknown) => void
}

type Settle = () => void

class Loop<Input, Write, Output, Answer> implements Host<Input, Answer> {
  readonly #machine: Machine<Input, Write, Output, Answer>
  readonly #turnMax: number
  readonly #breathe: (() => Promise<void>) | undefined
  readonly #lanes: Waiting<Input, Answer>[][] = [[], [], [], []]
  #stepping = 0
  #isRunning = false

  constructor(machine: Machine<Input, Write, Output, Answer>, options: HostOptions) {
    this.#machine = machine
    this.#turnMax = options.turnMax ?? 64
    this.#breathe = options.breathe
  }

  get waiting(): number {
    return this.#stepping + this.#lanes.reduce((sum, lane) => sum + lane.length, 0)
  }

  submit(input: Input, lane: Lane): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    this.#lanes[lane]?.push({ input, resolve, reject })
    if (!this.#isRunning) void this.#run()
    return promise
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    // One breath, so that what is submitted together shares a turn.
    await Promise.resolve()
    while (this.waiting > 0) await this.#turn()
    this.#isRunning = false
  }

  #flashWaits(): boolean {
    return (this.#lanes[0]?.length ?? 0) > 0
  }

  /** The next input of this turn: a FLASH turn takes FLASH only, another stops when one waits. */
  #next(isFlash: boolean): Waiting<Input, Answer> | undefined {
    if (isFlash) return this.#lanes[0]?.shift()
    return this.#flashWaits() ? undefined : this.#lanes.find((lane) => lane.length > 0)?.shift()
  }

  async #turn(): Promise<void> {
    const isFlash = this.#flashWaits()
    const writes: Write[] = []
    const settled: { done: Settle; failed: (reason: unknown) => void }[] = []
    for (let taken = 0; taken < this.#turnMax; taken += 1) {
      const next = this.#next(isFlash)
      if (next === undefined) break
      this.#stepping = taken + 1
      await this.#step(next, writes, settled)
      if (!isFlash) await this.#breathe?.()
    }
    await this.#write(writes, settled)
    this.#stepping = 0
  }

  async #step(
    next: Waiting<Input, Answer>,
    writes: Write[],
    settled: { done: Settle; failed: (reason: unknown) => void }[],
  ): Promise<void> {
    try {
      const stepped = await this.#machine.step(next.input)
      writes.push(...stepped.writes)
      const done = () => {
        for (const output of stepped.outputs) this.#machine.perform(output)
        next.resolve(stepped.answer)
      }
      settled.push({ done, failed: next.reject })
    } catch (error) {
      next.reject(error)
    }
  }

  async #write(
    writes: readonly Write[],
    settled: readonly { done: Settle; failed: (reason: unknown) => void }[],
  ): Promise<void> {
    try {
      if (writes.length > 0) await this.#machine.commit(writes)
    } catch (error) {
      this.#machine.forget()
      for (const it of settled) it.failed(error)
      return
    }
    for (const it of settled) it.done()
  }
}

/** Starts a host loop over a machine; it sleeps while nothing waits. */
export function startHost<Input, Write, Output, Answer>(
  machine: Machine<Input, Write, Output, Answer>,
  options: HostOptions = {},
): Host<Input, Answer> {
  return new Loop(machine, options)
}
