/** The invite file of a peer: read, taken apart and checked before anybody is asked about it. */

import {
  checkIdentity,
  checkIdentityChain,
  checkOperations,
  decode,
  fingerprint,
} from "@tearline/crypto"

import { CliError } from "./cli-error.ts"
import { readJsonFile } from "./json-file.ts"

export interface ReadInvite {
  /** As the node takes it: base64. */
  readonly invite: string
  /** Organisation id in hexadecimal. */
  readonly org: string
  readonly name: string
  readonly endpoints: readonly string[]
  readonly fingerprint: string
}

/** Reads an invite file. Throws `cannot_read`, or `wrong_content` for what is no invite. */
export async function readInvite(path: string): Promise<ReadInvite> {
  return inviteIn(await readJsonFile(path), path)
}

/** The invite in a document that came from `path`. Throws `wrong_content`. */
export function inviteIn(document: unknown, path: string): ReadInvite {
  const invite = (document as { readonly invite?: unknown } | null)?.invite
  if (typeof invite !== "string") throw noInvite(path)
  try {
    const { identity: chain, operations } = statementsOf(Buffer.from(invite, "base64"))
    const identity = checkIdentityChain(chain)
    const how = checkOperations(operations, identity)
    const [first = new Uint8Array()] = chain
    return {
      invite,
      org: Buffer.from(identity.org).toString("hex"),
      name: identity.name,
      endpoints: how.endpoints,
      fingerprint: fingerprint(checkIdentity(first).rootPublicKey),
    }
  } catch (cause) {
    throw noInvite(path, cause)
  }
}

interface Statements {
  readonly identity: readonly Uint8Array[]
  readonly operations: Uint8Array
}

function statementsOf(bytes: Uint8Array): Statements {
  const value = decode(bytes) as { readonly [key: string]: unknown }
  const { identity, operations } = value
  const isChain = Array.isArray(identity) && identity.every((it) => it instanceof Uint8Array)
  if (isChain && operations instanceof Uint8Array) {
    return { identity, operations }
  }
  throw new TypeError("an invite holds a chain of identities and an operations statement")
}

function noInvite(path: string, cause?: unknown): CliError {
  return new CliError("wrong_content", `${path} is no invite that can be trusted`, {
    hint: "ask the peer for it again: tearline peer export; it may have been cut or changed",
    cause,
  })
}
