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

function read<Output>(schema: v.GenericSchema<unknown, Output>, body: unknown): Output {
  const result = v.safeParse(schema, body)
  if (result.success) return result.output
  const [issue] = result.issues
  // The kind of fault and where it is; never the value that was given.
  const where = v.getDotPath(issue) ?? "the request"
  throw new ExchangeError("malformed_request", `${where} is missing or of another form`)
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
