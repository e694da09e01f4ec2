/**
 * A released tearline becomes a warning: one signed statement, a bilateral thread with each
 * addressee.
 */

import * as v from "valibot"

import { warningSchema } from "../messages/warning.ts"
import { threadIdOf } from "../thread/identity.ts"
import { emptyThread } from "../thread/thread.ts"
import { precedences } from "../vocabulary/precedence.ts"
import { ActError, type ExchangeAnswer, type Released } from "./inputs.ts"
import { say, type SpokenTo } from "./saying.ts"
import type { Desk, Turn } from "./turn.ts"

function contentOf({ content, precedence }: Released): Record<string, unknown> {
  const read = v.safeParse(warningSchema, content)
  if (!read.success) {
    const [issue] = read.issues
    const where = v.getDotPath(issue) ?? "content"
    throw new ActError("malformed_content", `warning: ${where}: ${issue.message}`)
  }
  const warning = read.output
  const isLow = precedences.entries[precedence].lane > precedences.entries.IMMEDIATE.lane
  if (warning.threatToLife && isLow && warning.loweredBecause === undefined) {
    throw new ActError(
      "threat_to_life_needs_reason",
      "a threat to life travels at least IMMEDIATE, or says in loweredBecause why not",
    )
  }
  // Whoever releases is one officer: at FLASH a second one's review is owed. M-MSG-11.
  return { ...warning, reviewOwed: warning.reviewOwed || precedence === "FLASH" }
}

/** Opens a thread with an addressee; nobody but the two can derive its id. */
function openThread(desk: Desk, released: Released, to: Released["addressees"][number]): SpokenTo {
  const { status } = released
  const nonce = desk.chance.bytes(16).toHex()
  const originator = desk.own
  const addressee = to.org
  const id = threadIdOf(desk.hashing, { originator, addressee, status, nonce })
  return { ...to, nonce, thread: emptyThread({ id, originator, addressee, status }) }
}

/** @throws {ActError} When there is no addressee or the content is not a warning. */
export async function release(desk: Desk, turn: Turn, input: Released): Promise<ExchangeAnswer> {
  const others = new Set(input.addressees.map((it) => it.org))
  if (others.size !== input.addressees.length || others.size === 0 || others.has(desk.own)) {
    throw new ActError("no_addressee", "name each addressee once, and not this organisation")
  }
  const content = contentOf(input)
  const to = input.addressees.map((it) => openThread(desk, input, it))
  const { precedence, status } = input
  const message = await say(desk, turn, {
    kind: "warning",
    content,
    answers: [],
    precedence,
    status,
    to,
  })
  const atMs = desk.clock.nowMs()
  turn.writes.push({ kind: "act", message, act: "warning", officer: input.officer, atMs })
  const threads = to.flatMap(({ org, thread }) => (thread ? [{ org, thread: thread.id }] : []))
  return { kind: "said", message, threads }
}
