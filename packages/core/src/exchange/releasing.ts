/**
 * A released tearline becomes a warning: one signed statement, a bilateral thread with each
 * addressee.
 *
 * A warning never waits for another addressee: one whose link is damaged, or who says that it holds
 * what this node never sent, is left out and named, and the others are warned.
 */

import * as v from "valibot"

import { warningSchema } from "../messages/warning.ts"
import { threadIdOf } from "../thread/identity.ts"
import { emptyThread } from "../thread/thread.ts"
import { precedences } from "../vocabulary/precedence.ts"
import { ActError, type ExchangeAnswer, type LeftOut, type Released } from "./inputs.ts"
import { rolledBack, say, type SpokenTo } from "./saying.ts"
import { isDamage, type Desk, type Turn } from "./turn.ts"

type Chosen = Released["addressees"][number]

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
function openThread(desk: Desk, released: Released, to: Chosen): SpokenTo {
  const { status } = released
  const nonce = desk.chance.bytes(16).toHex()
  const originator = desk.own
  const addressee = to.org
  const id = threadIdOf(desk.hashing, { originator, addressee, status, nonce })
  return { ...to, nonce, thread: emptyThread({ id, originator, addressee, status }) }
}

/** Why nothing can be sealed to this addressee now. An error that says nothing of it is thrown. */
async function obstacleOf(desk: Desk, { org }: Chosen): Promise<[LeftOut, Error] | undefined> {
  try {
    const { link } = await desk.memory.link(org, desk.clock.nowMs())
    if (link.rolledBack === undefined) return undefined
    return [{ org, code: "restored_without_epoch" }, rolledBack(org)]
  } catch (error) {
    if (!isDamage(error)) throw error
    return [{ org, code: "link_damaged" }, error]
  }
}

/** Whom it can go to, and whom not. Throws what stands in the way where it can go to nobody. */
async function parted(
  desk: Desk,
  addressees: readonly Chosen[],
): Promise<{ readonly reached: readonly Chosen[]; readonly leftOut: readonly LeftOut[] }> {
  const reached: Chosen[] = []
  const obstacles: [LeftOut, Error][] = []
  for (const it of addressees) {
    const obstacle = await obstacleOf(desk, it)
    if (obstacle === undefined) reached.push(it)
    else obstacles.push(obstacle)
  }
  const [first] = obstacles
  if (reached.length === 0 && first !== undefined) throw first[1]
  return { reached, leftOut: obstacles.map(([it]) => it) }
}

/**
 * @throws {ActError} When there is no addressee or the content is not a warning; or
 *   `restored_without_epoch` when nobody can be warned.
 */
export async function release(desk: Desk, turn: Turn, input: Released): Promise<ExchangeAnswer> {
  const others = new Set(input.addressees.map((it) => it.org))
  if (others.size !== input.addressees.length || others.size === 0 || others.has(desk.own)) {
    throw new ActError("no_addressee", "name each addressee once, and not this organisation")
  }
  const content = contentOf(input)
  const { reached, leftOut } = await parted(desk, input.addressees)
  const to = reached.map((it) => openThread(desk, input, it))
  const { precedence, status } = input
  const { id: message } = await say(desk, turn, {
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
  return { kind: "said", message, threads, leftOut }
}
