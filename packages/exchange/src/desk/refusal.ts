/** The one place in which an error becomes words for the person at the desk. */

import { ActError, type ActRefusal } from "@tearline/core"
import { CryptoError } from "@tearline/crypto"
import { StoreError } from "@tearline/store"

import { ExchangeError, type ExchangeErrorCode } from "../exchange-error.ts"

type RefusalStatus = 400 | 401 | 404 | 409 | 413 | 422 | 500 | 503

export interface Refusal {
  readonly status: RefusalStatus
  readonly code: string
  readonly message: string
  readonly hint: string
}

const actHints: Readonly<Record<ActRefusal, string>> = {
  unknown_thread: "list the threads with: tearline threads",
  unknown_kind: "see the list of acts",
  not_entitled: "look at the thread: this act is for the other side",
  nothing_to_answer: "look at the thread for what waits for an answer",
  malformed_content: "correct the field that is named and send it again",
  no_addressee: "name at least one peer",
  restored_without_epoch:
    "tell this peer by another way now; then stop the node, type tearline restore, start it again",
  threat_to_life_needs_reason: "raise the precedence, or say why it is lower",
}

const restoring = "stop the node and restore the database from a backup, then: tearline restore"

const ownHints: Partial<Record<ExchangeErrorCode, readonly [RefusalStatus, string]>> = {
  unauthorized: [401, "use the token of this node's state folder"],
  unknown_peer: [404, "list the peers; add the organisation with its invite"],
  bad_invite: [422, "ask the other organisation for its invite again"],
  fingerprint_mismatch: [409, "read both fingerprints aloud on a line that you trust"],
  malformed_request: [400, "correct the field that is named and send it again"],
  too_large: [413, "shorten it"],
  unknown_thread: [404, "list the threads with: tearline threads"],
  ambiguous_thread: [409, "give more of the thread's id"],
  corrupt: [500, restoring],
  closing: [503, "wait until the node has started again"],
}

const passing: readonly string[] = ["unavailable", "conflict", "disk_full"]

const seeDiagnostics = "look at the node's diagnostics"

const storeHints: Readonly<Record<string, string>> = {
  disk_full: "free some space on the disk of the database; the node then goes on by itself",
  corrupt: restoring,
}

function ofStore({ code, about, message }: StoreError): Refusal {
  const isPassing = passing.includes(code)
  const refused = `the database refuses (${code}); nothing was done`
  return {
    status: isPassing ? 503 : 500,
    code,
    // Names what is damaged; what to do comes after it, and is the hint here.
    message: about === undefined ? refused : (message.split("; ")[0] ?? refused),
    hint: storeHints[code] ?? (isPassing ? "try again in a moment" : seeDiagnostics),
  }
}

/** Words and status for any error. What is not ours says nothing of what it says itself. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof ActError) {
    const { code, message } = error
    const status = code === "unknown_thread" ? 404 : 422
    return { status, code, message, hint: actHints[code] }
  }
  if (error instanceof ExchangeError) {
    const [status, hint] = ownHints[error.code] ?? [500, seeDiagnostics]
    return { status, code: error.code, message: error.message, hint }
  }
  if (error instanceof StoreError) return ofStore(error)
  if (error instanceof CryptoError && error.code === "not_encodable") {
    const hint = "use whole numbers and plain text"
    return { status: 422, code: "malformed_content", message: error.message, hint }
  }
  if (error instanceof CryptoError && error.code === "too_large") {
    return { status: 413, code: "too_large", message: error.message, hint: "shorten it" }
  }
  const message = "something went wrong inside the node; nothing was done"
  return { status: 500, code: "internal", message, hint: seeDiagnostics }
}
