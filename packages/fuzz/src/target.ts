/** What is fuzzed: something that reads bytes, the samples it starts from, and what it may answer. */

/** What one input came to: taken or refused, and a short word for the way that it went. */
export interface Outcome {
  readonly isAccepted: boolean
  /** Out of a small set: two inputs with different features are both worth keeping. */
  readonly feature: string
}

type Grammar = "cbor" | "json" | "text"

export interface Target {
  readonly name: string
  /** The largest input that is tried; a little over what the decoder allows. */
  readonly bytesMax: number
  /** How inputs are taken apart to be changed. */
  readonly grammar: Grammar
  /** Valid samples, and a few that are refused at the last step. */
  readonly seeds: readonly Uint8Array[]
  /** Names and values that the format knows, in the grammar's own terms. */
  readonly words: readonly string[]
  /** Throws {@link BrokenProperty}, or anything else that is a finding. */
  readonly run: (input: Uint8Array) => Outcome | Promise<Outcome>
  /** Inputs between two readings of coverage: fewer where one of them takes long. */
  readonly batch?: number
  /** An input whose length is proportional to `count`: cost must be too. */
  readonly grown?: (count: number) => Uint8Array
  readonly close?: () => void | Promise<void>
}

export interface TargetEntry {
  readonly name: string
  readonly open: () => Promise<Target>
}

/** A property that an input broke: always a finding. */
export class BrokenProperty extends Error {
  override readonly name = "BrokenProperty"
}

/** Throws unless the property holds. */
export function hold(claim: boolean, property: string): void {
  if (!claim) throw new BrokenProperty(property)
}

/** Whether what was written again is what was read. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}
