/** What the desk may ask for, as schemas of its JSON. */

import * as v from "valibot"

import {
  messageIdSchema,
  orgIdSchema,
  precedences,
  statuses,
  type Acted,
  type Precedence,
  type Released,
  type ThreadId,
} from "@tearline/core"

import { ExchangeError } from "../exchange-error.ts"
import type { Introduction } from "../peers.ts"

const word = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200))
const contentSchema = v.record(v.string(), v.unknown())

const addresseeSchema = v.strictObject({
  org: orgIdSchema,
  asks: v.exactOptional(v.array(v.string())),
  releasableTo: v.exactOptional(v.array(orgIdSchema)),
})

const warningSchema = v.strictObject({
  addressees: v.array(addresseeSchema),
  precedence: v.picklist(precedences.codes),
  status: v.picklist(statuses.codes),
  content: contentSchema,
  officer: word,
})

const actSchema = v.strictObject({
  kind: word,
  content: contentSchema,
  answers: v.exactOptional(v.array(messageIdSchema)),
  officer: word,
})

const introductionSchema = v.strictObject({
  invite: v.pipe(v.string(), v.minLength(1)),
  fingerprint: v.string(),
  officer: word,
  method: word,
})

/** The kind of fault and where it is; never a value that was given, nor a name that we do not know. */
function faultOf(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === "never") return "a field is not known: see the names of this request"
  return `${v.getDotPath(issue) ?? "the request"} is missing or of another form`
}

function read<Output>(schema: v.GenericSchema<unknown, Output>, body: unknown): Output {
  const result = v.safeParse(schema, body)
  if (result.success) return result.output
  throw new ExchangeError("malformed_request", faultOf(result.issues[0]))
}

/** Throws `malformed_request`. */
export function readRelease(body: unknown): Released {
  return { kind: "released", ...read(warningSchema, body) }
}

/** An act in a thread of that precedence. Throws `malformed_request`. */
export function readAct(
  body: unknown,
  { thread, precedence }: { thread: ThreadId; precedence: Precedence },
): Acted {
  const { kind, ...rest } = read(actSchema, body)
  return { kind: "acted", thread, act: kind, precedence, ...rest }
}

/** Throws `malformed_request`. */
export function readIntroduction(body: unknown): Introduction {
  return read(introductionSchema, body)
}
