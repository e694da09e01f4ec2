/** What the gateway's machine checks, signs and writes: ciphertext and receipts, nothing else. */

import type { Digest, OrgId } from "../ids.ts"
import type { Lane } from "../vocabulary/precedence.ts"

/** A unit whose outer signature, slot path and addressee hold. */
export interface CheckedUnit {
  readonly digest: Digest
  readonly sender: OrgId
  readonly lane: Lane
}

export type UnitCheck =
  | { readonly kind: "good"; readonly unit: CheckedUnit }
  /** `signed` is true when the outer signature held: only then is the refusal signed (I9). */
  | {
      readonly kind: "bad"
      readonly code: string
      readonly signed: boolean
      readonly digest: Digest | null
      readonly sender: OrgId | null
    }

/** The gateway's share of suite 1. Implemented over `@tearline/crypto`. */
export interface GatewaySuite {
  check(unit: Uint8Array): UnitCheck
  /** The signed custody receipt, exact bytes. */
  custody(unit: CheckedUnit, atMs: number): Uint8Array
  /** A signed refusal, exact bytes. */
  refusal(refused: { digest: Digest; sender: OrgId; code: string }, atMs: number): Uint8Array
}

/** An envelope that this gateway holds for its exchange. */
export interface HeldArrival {
  readonly digest: Digest
  readonly sender: OrgId
  readonly lane: Lane
  readonly unit: Uint8Array
  readonly custody: Uint8Array
  readonly atMs: number
}

export interface RefusedArrival {
  readonly kind: "refused"
  readonly digest: Digest | null
  readonly sender: OrgId | null
  readonly code: string
  readonly atMs: number
}

export type GatewayWrite = ({ readonly kind: "held" } & HeldArrival) | RefusedArrival

/** The gateway's durable memory. Implemented over the gateway's door of `@tearline/store`. */
export interface GatewayJournal {
  /** The custody receipt first given for an envelope. */
  custodyOf(digest: Digest): Promise<Uint8Array | undefined>
  /** All or nothing, durable on return; what is held already stays as it is. */
  commit(writes: readonly GatewayWrite[]): Promise<void>
}
