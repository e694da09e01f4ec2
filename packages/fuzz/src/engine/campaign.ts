/**
 * The coverage loop: inputs made of those that showed something new, in batches, until time or
 * number is up.
 *
 * What is chosen depends on the seed and on coverage alone, never on time, so that the same seed
 * and the same number of runs give the same inputs.
 */

import { Random } from "@tearline/sim"

import { mutated } from "../mutation/mutation.ts"
import type { Target } from "../target.ts"
import type { Coverage } from "./coverage.ts"
import { execute, type Executed } from "./execution.ts"

/** What says that an input was worth keeping. */
export type Signal = "coverage" | "outcome" | "both"

export interface CampaignOptions {
  readonly target: Target
  readonly seed: string
  /** Kept by earlier campaigns; run first. */
  readonly corpus: readonly Uint8Array[]
  readonly runsMax: number
  readonly untilMs: number
  readonly signal: Signal
  /** Whether only what shows something new is to be kept of the corpus too. */
  readonly isKeeping: boolean
  readonly coverage: Coverage
  /** Before an input is run: whoever dies of it has left it behind. */
  readonly onInput: (input: Uint8Array) => void
  readonly onFinding: (input: Uint8Array, reason: string) => Promise<void>
  /** A few times a second. */
  readonly onBreath: (campaign: Campaign) => void
}

const batchDefault = 256
/** A process that says nothing for longer is taken for dead. */
const breathMs = 200
const corpusMax = 4_000
const reasonsMax = 5
/** Of recent ones, which are where something new was last seen. */
const recent = 24

export class Campaign {
  readonly #options: CampaignOptions
  readonly #random: Random
  readonly #features = new Set<string>()
  readonly #reasons = new Set<string>()
  readonly #kept: Uint8Array[] = []
  #breathedMs = 0
  executions = 0

  constructor(options: CampaignOptions) {
    this.#options = options
    this.#random = new Random(`${options.seed}/${options.target.name}`)
  }

  get kept(): readonly Uint8Array[] {
    return this.#kept
  }

  get features(): number {
    return this.#features.size
  }

  get findings(): number {
    return this.#reasons.size
  }

  async run(): Promise<void> {
    const { target, corpus, runsMax, untilMs } = this.#options
    this.#options.coverage.fresh()
    await this.#begin([...target.seeds, ...corpus])
    while (this.executions < runsMax && performance.now() < untilMs) {
      const count = Math.min(target.batch ?? batchDefault, runsMax - this.executions)
      await this.#batch(Array.from({ length: count }, () => this.#next()))
      if (this.#reasons.size >= reasonsMax) return
    }
  }

  /** Samples and what was kept before: all of it when it will not be written back, else what counts. */
  async #begin(given: readonly Uint8Array[]): Promise<void> {
    const { coverage, isKeeping, target } = this.#options
    for (const input of given) {
      const isNew = this.#isNewOutcome(await this.#execute(input))
      if (!isKeeping || isNew || coverage.fresh() > 0) this.#keep(input)
    }
    coverage.fresh()
    if (this.#kept.length === 0) this.#kept.push(...target.seeds)
  }

  #next(): Uint8Array {
    const pool = this.#random.isLucky(0.4) ? this.#kept.slice(-recent) : this.#kept
    const input = this.#random.pick(pool)
    return mutated(
      this.#options.target,
      { input, donor: this.#random.pick(this.#kept) },
      this.#random,
    )
  }

  async #execute(input: Uint8Array): Promise<Executed> {
    const { target, onInput, onFinding } = this.#options
    onInput(input)
    const executed = await execute(target, input)
    this.executions += 1
    await this.#breathe()
    const { reason } = executed
    if (reason !== undefined && !this.#reasons.has(reason)) {
      this.#reasons.add(reason)
      await onFinding(input, reason)
    }
    return executed
  }

  /** Lets the process speak, and sockets close. */
  async #breathe(): Promise<void> {
    const nowMs = performance.now()
    if (nowMs - this.#breathedMs < breathMs) return
    this.#breathedMs = nowMs
    this.#options.onBreath(this)
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** Whether the outcome is of a kind not seen before; notes it. */
  #isNewOutcome({ feature, isAccepted }: Executed): boolean {
    if (this.#options.signal === "coverage") return false
    const before = this.#features.size
    this.#features.add(`${isAccepted} ${feature}`)
    return this.#features.size > before
  }

  #keep(input: Uint8Array): void {
    if (this.#kept.length < corpusMax) this.#kept.push(input)
  }

  async #batch(inputs: readonly Uint8Array[]): Promise<void> {
    const { coverage, signal } = this.#options
    const left: Uint8Array[] = []
    for (const input of inputs) {
      if (performance.now() >= this.#options.untilMs) return
      if (this.#isNewOutcome(await this.#execute(input))) this.#keep(input)
      else left.push(input)
    }
    if (signal === "outcome" || !coverage.hasFresh()) return
    await this.#attribute(left)
    coverage.fresh()
  }

  /** Keeps those of the inputs that run something new, by halves: each half is run again. */
  async #attribute(inputs: readonly Uint8Array[]): Promise<void> {
    const { coverage } = this.#options
    const middle = Math.ceil(inputs.length / 2)
    for (const half of [inputs.slice(0, middle), inputs.slice(middle)]) {
      // A loop that ends by the clock ends here too; one that ends by number never does.
      if (performance.now() >= this.#options.untilMs) return
      for (const input of half) await this.#execute(input)
      const [only] = half
      if (half.length === 1 && only !== undefined) {
        if (coverage.fresh() > 0) this.#keep(only)
      } else if (half.length > 1 && coverage.hasFresh()) await this.#attribute(half)
    }
  }
}
