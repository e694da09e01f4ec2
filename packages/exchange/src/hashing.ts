import { hash } from "node:crypto"

import type { Hashing } from "@tearline/core"
import { encode, type Value } from "@tearline/crypto"

/** The core's share of suite 1: SHA-256, and deterministic CBOR. */
export const hashing: Hashing = {
  hash: (bytes) => hash("sha256", bytes, "buffer"),
  // The encoder itself refuses what has no canonical form.
  encode: (value) => encode(value as Value),
}
