/** What may stand in anything that is sealed: refusals that tell nothing, answers in their lane. */

import { hash } from "node:crypto"

import type { OrgId, Part, Statement } from "@tearline/core"

import { kindNamed } from "../people/repertoire.ts"
import type { Said } from "./signed.ts"

const lanes = ["FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE"]

/** Spec/threads.md 1, a second time. */
function threadOf(originator: OrgId, addressee: OrgId, status: string, nonce: string): string {
  const named = ["tearline/thread/v1", originator, addressee, status, nonce]
  return hash("sha256", JSON.stringify(named), "hex").slice(0, 32)
}

/** The thread of a part is the one of its two ends, its status and its nonce (I8). */
export function nameFault(
  { author, status, kind }: Statement,
  to: OrgId,
  part: Part,
): string | undefined {
  if (part.subject === null) return undefined
  const { thread, nonce } = part.subject
  if (nonce === undefined) return kind === "warning" ? "a warning names no nonce" : undefined
  const isAuthors = threadOf(author, to, status, nonce) === thread
  if (isAuthors || (kind !== "warning" && threadOf(to, author, status, nonce) === thread)) {
    return undefined
  }
  return `${thread} is not the thread of its ends, its status and its nonce`
}

function warningFault({ content, precedence }: Statement): string | undefined {
  if (precedence === "FLASH" && content["reviewOwed"] !== true) return "no review is owed at FLASH"
  const isLow = lanes.indexOf(precedence) > 1
  const isUnfounded = content["threatToLife"] === true && content["loweredBecause"] === undefined
  return isLow && isUnfounded ? "a threat to life travels low and without a reason" : undefined
}

/** A receipt of machines: what a refusal tells, and that nothing else is called unsealed (I9). */
function receiptFault({ content }: Statement, answered: Said | undefined): string | undefined {
  const { step, code } = content
  if (step === "refused" && code !== "cannot_open" && code !== "unknown_kind") {
    return `a refusal tells ${String(code)}`
  }
  if (step !== "unsealed" || answered === undefined) return undefined
  const { kind } = answered.statement
  return kindNamed(kind)?.reading ? undefined : `${kind} is receipted as unsealed`
}

/**
 * What is wrong with how something is said, whoever it is said to; `answered` is what it answers
 * first, where that is known.
 */
export function wordingFault(statement: Statement, answered: Said | undefined): string | undefined {
  const { kind, status, precedence } = statement
  if (kind === "warning") return warningFault(statement)
  if (answered !== undefined && answered.statement.status !== status) {
    return `what is ${answered.statement.status} is answered as ${status}`
  }
  if (answered !== undefined && answered.statement.precedence !== precedence) {
    return `what came at ${answered.statement.precedence} is answered at ${precedence}`
  }
  return kind === "receipt" ? receiptFault(statement, answered) : undefined
}
