/** Composing, signing, sealing and queueing what this organisation says. */

import { present } from "../assert.ts"
import type { MessageId, OrgId, ThreadId } from "../ids.ts"
import { nextLanePlace, toldOf, toldOfAll, withSealed, type Link } from "../link/link.ts"
import { protocolVersion, type Message, type Part, type Statement } from "../messages/statement.ts"
import { nextPlace, nonceOf, withMessage, type Thread } from "../thread/thread.ts"
import { precedences, type Precedence } from "../vocabulary/precedence.ts"
import type { Status } from "../vocabulary/status.ts"
import { ActError } from "./inputs.ts"
import type { Addressee, Sealed } from "./ports.ts"
import { changeLink, putThread, type Desk, type Turn } from "./turn.ts"

/** One side that is spoken to; `thread` is null for a message about the link. */
export interface SpokenTo {
  readonly org: OrgId
  readonly thread: Thread | null
  /** Of a thread that is being opened; of any other it is in the thread. */
  readonly nonce?: string
  readonly asks?: readonly string[]
  readonly releasableTo?: readonly OrgId[]
}

export interface Saying {
  readonly kind: string
  readonly content: Readonly<Record<string, unknown>>
  readonly answers: readonly MessageId[]
  readonly precedence: Precedence
  readonly status: Status
  readonly to: readonly SpokenTo[]
  /** Of every epoch what is held, not only of the addressee's newest. */
  readonly tellsAll?: boolean
}

function statementOf(desk: Desk, saying: Saying): Statement {
  return {
    version: protocolVersion,
    kind: saying.kind,
    author: desk.own,
    atMs: desk.clock.nowMs(),
    status: saying.status,
    precedence: saying.precedence,
    evidence: "signed",
    policy: desk.policyHash,
    answers: [...saying.answers],
    content: { ...saying.content },
  }
}

function subjectOf({ thread, nonce: drawn }: SpokenTo): Part["subject"] {
  if (thread === null) return null
  const nonce = drawn ?? nonceOf(thread)
  // A nonce is 16 bytes in hexadecimal, as a thread's id is.
  return nonce === undefined
    ? { thread: thread.id }
    : { thread: thread.id, nonce: nonce as ThreadId }
}

function heldFor({ tellsAll = false }: Saying, link: Link): Part["held"] {
  return tellsAll ? toldOfAll(link) : toldOf(link)
}

async function addresseeOf(desk: Desk, saying: Saying, to: SpokenTo): Promise<Addressee> {
  const { link } = await desk.memory.link(to.org, desk.clock.nowMs())
  if (link.rolledBack !== undefined) throw rolledBack(to.org)
  const place = nextLanePlace(link, precedences.entries[saying.precedence].lane)
  const inThread = to.thread && nextPlace(to.thread, desk.own, link.epoch)
  const withinMs = desk.withinMs?.(to.org) ?? null
  const part: Part = {
    subject: subjectOf(to),
    epoch: link.epoch,
    number: inThread?.number ?? place.number,
    previous: inThread?.previous ?? null,
    asks: [...(to.asks ?? [])],
    releasableTo: [...(to.releasableTo ?? [])],
    policy: desk.policyHash,
    held: heldFor(saying, link),
    ...(withinMs === null ? {} : { carriedWithinMs: withinMs }),
  }
  return { org: to.org, part, place }
}

/**
 * What is kept of a signed object. A page of what is given back holds copies of messages that are
 * here anyway, and is in the outbox until custody: afterwards nothing needs it but its number.
 */
function keptOf({ kind }: Statement, { signed }: Sealed): Uint8Array {
  return kind === "returned" ? new Uint8Array(0) : signed
}

async function queue(
  desk: Desk,
  turn: Turn,
  said: { statement: Statement; sealed: Sealed; to: SpokenTo; addressee: Addressee },
): Promise<void> {
  const { statement, sealed, to, addressee } = said
  const unit = present(
    sealed.units.find((it) => it.org === to.org),
    "sealing gives a unit for each addressee",
  )
  const nowMs = desk.clock.nowMs()
  const thread = to.thread?.id ?? null
  const message: Message = {
    id: sealed.id,
    digest: sealed.digest,
    statement,
    part: addressee.part,
  }
  turn.writes.push({
    kind: "message",
    thread,
    peer: to.org,
    direction: "out",
    message,
    signed: keptOf(statement, sealed),
    part: unit.part,
    opening: unit.opening,
    slotNumber: addressee.place.number,
    learnedAtMs: nowMs,
  })
  if (to.thread !== null) {
    const before = await desk.memory.thread(to.thread.id)
    putThread(desk, turn, before, withMessage(before?.thread ?? to.thread, message))
  }
  await changeLink(desk, turn, to.org, (link) =>
    withSealed(link, addressee.place, unit.slotHash, nowMs),
  )
  const item = {
    id: `${sealed.digest}/${to.org}`,
    peer: to.org,
    lane: addressee.place.lane,
    digest: sealed.digest,
    thread,
    unit: unit.unit,
    createdAtMs: nowMs,
  }
  turn.writes.push({ kind: "enqueue", item })
  turn.outputs.push({ kind: "send", item })
}

/** The numbers that would be given were given before: nothing may be sealed under them again. */
export function rolledBack(peer: OrgId): ActError {
  return new ActError(
    "restored_without_epoch",
    `${peer} holds what this database has lost: stop the node and type tearline restore`,
  )
}

/** Says one thing to each of `saying.to`, once signed for all. */
export async function say(
  desk: Desk,
  turn: Turn,
  saying: Saying,
): Promise<Pick<Sealed, "id" | "digest">> {
  const statement = statementOf(desk, saying)
  const spoken: { to: SpokenTo; addressee: Addressee }[] = []
  for (const to of saying.to) spoken.push({ to, addressee: await addresseeOf(desk, saying, to) })
  const sealed = await desk.sealer.seal(
    statement,
    spoken.map((it) => it.addressee),
  )
  for (const it of spoken) await queue(desk, turn, { statement, sealed, ...it })
  return sealed
}
