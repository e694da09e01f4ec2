/** What a fuzzed process and its supervisor say to each other. */

import type { Signal } from "../engine/campaign.ts"

/** What one process is to do. */
export interface Order {
  readonly target: string
  readonly seed: string
  readonly runsMax: number
  readonly msMax: number
  readonly signal: Signal
  /** Whether what was worth keeping replaces the kept corpus at the end. */
  readonly isKeeping: boolean
  /** Where each input is written before it is run. */
  readonly inputPath: string
}

export interface Tally {
  readonly executions: number
  readonly corpus: number
  readonly points: number
  readonly features: number
  readonly ms: number
}

export type FromChild =
  | { readonly kind: "alive" }
  | { readonly kind: "progress"; readonly tally: Tally }
  | { readonly kind: "found"; readonly reason: string; readonly input: string }
  | { readonly kind: "done"; readonly tally: Tally }
