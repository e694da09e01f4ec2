/**
 * What the exchange and its opener say to each other. The opener is handed one unit with the public
 * keys of its sender, asks for the one key that the unit's slot names, and answers with what it
 * found or a code.
 */

import type { OpenedUnit } from "@tearline/crypto"

/** One unit to open. */
export interface ToOpen {
  readonly kind: "open"
  readonly ticket: number
  readonly unit: Uint8Array
  readonly ownOrg: Uint8Array
  /** Sender and digest that our own gateway's receipt names; the unit must be of just these. */
  readonly sender: Uint8Array
  readonly digest: Uint8Array
  /** Public keys of that sender. */
  readonly gatewayKeys: readonly Uint8Array[]
  readonly exchangeKeys: readonly Uint8Array[]
}

/** The answer to {@link KeyAsked}; null when the key is gone or never was ours. */
export interface KeyGiven {
  readonly kind: "key"
  readonly prekeyId: Uint8Array
  readonly seed: Uint8Array | null
}

export type ToOpener = ToOpen | KeyGiven

/** What of an opened unit goes back to the exchange. */
export interface Content extends Pick<
  OpenedUnit,
  | "messageId"
  | "kind"
  | "statement"
  | "privatePart"
  | "signedObject"
  | "privatePartBytes"
  | "sender"
  | "precedence"
  | "digest"
  | "epoch"
  | "lane"
  | "number"
> {
  /** What shows that the signature covers the part; exact bytes. */
  readonly openingBytes: Uint8Array
}

export type FromOpener =
  | { readonly kind: "ready" }
  | { readonly kind: "key-asked"; readonly prekeyId: Uint8Array }
  | { readonly kind: "opened"; readonly ticket: number; readonly content: Content }
  | { readonly kind: "refused"; readonly ticket: number; readonly code: string }
