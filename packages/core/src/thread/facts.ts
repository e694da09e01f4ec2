/**
 * The set of messages, put in an order that does not depend on how it arrived, with what the rules
 * of obligation ask of it: which messages take effect, when they were made, who answered what.
 */

import type { Digest, MessageId, OrgId } from "../ids.ts"
import { kindRule } from "../messages/kinds.ts"
import type { Message } from "../messages/statement.ts"
import type { Warning } from "../messages/warning.ts"
import type { Policy } from "../policy.ts"
import { precedences } from "../vocabulary/precedence.ts"
import { otherParty, type Refusal, type Thread } from "./thread.ts"

/** Two or more messages of one author under one number: kept, shown, an alarm on both sides. */
export interface Conflict {
  readonly author: OrgId
  readonly epoch: number
  readonly number: number
  readonly messages: readonly MessageId[]
}

/** A message that answers one not yet here, or the wrong kind of message. */
export interface Waiting {
  readonly message: MessageId
  readonly for: MessageId
}

export interface Facts {
  readonly thread: Thread
  readonly policy: Policy
  /** All messages in canonical order: author, epoch, number, id. */
  readonly ordered: readonly Message[]
  /** Those that take effect: known kind, and what they answer is here and of the right kind. */
  readonly effective: readonly Message[]
  readonly waiting: readonly Waiting[]
  readonly conflicts: readonly Conflict[]
  /** The warning this thread is about, once it is here. */
  readonly warning: { readonly message: Message; readonly content: Warning } | undefined
  custodyMs(message: Message): number | undefined
  /** Its stated time is too far from custody to be believed: kept and shown, never refused. */
  isDoubtful(message: Message): boolean
  refusalOf(message: Message): Refusal | undefined
  /** When it was made: as stated, or at custody where the stated time is doubtful. */
  timeOf(message: Message): number
  /** Effective messages of a kind whose first answer is `id`, in their author's order. */
  answersTo(id: MessageId, kind: string): readonly Message[]
  ofKind(kind: string): readonly Message[]
  byId(id: MessageId | undefined): Message | undefined
  other(org: OrgId): OrgId
}

const compareText = (a: string, b: string) => {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function compareMessages(a: Message, b: Message): number {
  return (
    compareText(a.statement.author, b.statement.author) ||
    a.part.epoch - b.part.epoch ||
    a.part.number - b.part.number ||
    compareText(a.id, b.id)
  )
}

/** The message whose arrival `message` waits for, if any. */
function missing(message: Message, byId: ReadonlyMap<MessageId, Message>): MessageId | undefined {
  const allowed = kindRule(message.statement.kind)?.answers ?? []
  if (allowed.length === 0) return undefined
  return message.statement.answers.find((id, index) => {
    const answered = byId.get(id)
    return answered === undefined || (index === 0 && !allowed.includes(answered.statement.kind))
  })
}

const isSamePlace = (a: Message, b: Message) =>
  a.part.number === b.part.number &&
  a.part.epoch === b.part.epoch &&
  a.statement.author === b.statement.author

/** In canonical order those of one place stand together. */
function conflictsIn(ordered: readonly Message[]): Conflict[] {
  const conflicts: (Conflict & { readonly messages: MessageId[] })[] = []
  let before: Message | undefined
  for (const it of ordered) {
    const isConflict = before !== undefined && isSamePlace(before, it)
    const { author } = it.statement
    const { epoch, number } = it.part
    const last = conflicts.at(-1)
    const isOfLast = isConflict && last?.messages.at(-1) === before?.id
    if (isOfLast) last?.messages.push(it.id)
    else if (isConflict && before !== undefined) {
      conflicts.push({ author, epoch, number, messages: [before.id, it.id] })
    }
    before = it
  }
  return conflicts
}

/** Messages under what each says; most threads have few of a kind. */
function grouped<Key>(
  messages: readonly Message[],
  keyOf: (it: Message) => Key,
): ReadonlyMap<Key, Message[]> {
  const groups = new Map<Key, Message[]>()
  for (const it of messages) {
    const key = keyOf(it)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [it])
    else group.push(it)
  }
  return groups
}

const none: readonly Message[] = []

type WarningFact = NonNullable<Facts["warning"]>

/** The sooner the threat, the less time anything has. */
const threatMs = ({ content }: WarningFact) =>
  content.window?.earliestMs ?? content.window?.latestMs ?? Number.POSITIVE_INFINITY

function compareStrictness(a: WarningFact, b: WarningFact): number {
  const laneOf = (it: WarningFact) => precedences.entries[it.message.statement.precedence].lane
  return (
    Number(b.content.threatToLife) - Number(a.content.threatToLife) ||
    laneOf(a) - laneOf(b) ||
    threatMs(a) - threatMs(b) ||
    compareText(a.message.id, b.message.id)
  )
}

/**
 * The warning that counts: the strictest, should its originator have put several into one thread,
 * so that none of them can quietly take back what another made urgent.
 */
function warningIn(warnings: readonly Message[]): Facts["warning"] {
  return (
    warnings
      // The content was held against the schema of its kind when the message was read.
      .map((message) => ({ message, content: message.statement.content as unknown as Warning }))
      .toSorted(compareStrictness)
      .at(0)
  )
}

/** Several warnings in one thread are a conflict, whatever their numbers. */
function warningConflicts(warnings: readonly Message[]): Conflict[] {
  const [first, second] = warnings
  if (first === undefined || second === undefined) return []
  const { epoch, number } = second.part
  const messages = warnings.map((it) => it.id)
  return [{ author: first.statement.author, epoch, number, messages }]
}

/** Everything that the rules need, computed once from the set. */
export function factsOf(thread: Thread, policy: Policy): Facts {
  const ordered = thread.messages.toSorted(compareMessages)
  const byId = new Map(ordered.map((it) => [it.id, it]))
  const custody = new Map<Digest, number>(thread.custody.map((it) => [it.digest, it.atMs]))
  const refusals = new Map<Digest, Refusal>(thread.refusals.map((it) => [it.digest, it]))
  const waiting = ordered.flatMap((it) => {
    const absent = missing(it, byId)
    return absent === undefined ? [] : [{ message: it.id, for: absent }]
  })
  const waits = new Set(waiting.map((it) => it.message))
  const takesEffect = (it: Message) =>
    kindRule(it.statement.kind) !== undefined && !waits.has(it.id)
  const effective = ordered.filter(takesEffect)
  const custodyMs = (message: Message) => custody.get(message.digest)
  function isDoubtful(message: Message): boolean {
    const { atMs } = message.statement
    const tookMs = (custodyMs(message) ?? atMs) - atMs
    // A stick may be on its way for days: only longer than that is a ground for doubt.
    const carriedMs = message.part.carriedWithinMs ?? 0
    return tookMs > policy.doubtMs + carriedMs || -tookMs > policy.doubtMs
  }
  // Asked for by every rule: a thread that a peer fills must not cost more than its length.
  const byKind = grouped(effective, (it) => it.statement.kind)
  const byAnswer = grouped(effective, (it) => it.statement.answers[0])
  const ofKind = (kind: string) => byKind.get(kind) ?? none
  const warnings = ofKind("warning")
  return {
    thread,
    policy,
    ordered,
    effective,
    waiting,
    conflicts: [...conflictsIn(ordered), ...warningConflicts(warnings)],
    warning: warningIn(warnings),
    custodyMs,
    refusalOf: (message) => refusals.get(message.digest),
    isDoubtful,
    timeOf: (message) =>
      isDoubtful(message) ? (custodyMs(message) ?? message.statement.atMs) : message.statement.atMs,
    answersTo: (id, kind) => byAnswer.get(id)?.filter((it) => it.statement.kind === kind) ?? none,
    ofKind,
    byId: (id) => (id === undefined ? undefined : byId.get(id)),
    other: (org) => otherParty(thread, org),
  }
}
