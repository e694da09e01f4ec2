/**
 * What a thread's rows say, read without the core: the messages that take effect, in the order of
 * spec/threads.md 2 and 3, and when each of them was made.
 */

import type { Digest, MessageId, OrgId, Part, Statement } from "@tearline/core"

import type { ThreadRow } from "../disk/exchange-rows.ts"
import { kindNamed, mayAnswer } from "../people/repertoire.ts"

/** What was signed, as the observer of all sealing remembers it. */
export interface Utterance {
  readonly id: MessageId
  readonly digest: Digest
  readonly statement: Statement
  readonly part: Part
}

const hour = 3_600_000

function compare(a: Utterance, b: Utterance): number {
  if (a.statement.author !== b.statement.author) {
    return a.statement.author < b.statement.author ? -1 : 1
  }
  const byPlace = a.part.epoch - b.part.epoch || a.part.number - b.part.number
  return byPlace || (a.id < b.id ? -1 : 1)
}

export interface Window {
  readonly earliestMs?: number
  readonly latestMs?: number
}

export const windowOf = ({ statement }: Utterance): Window => statement.content["window"] ?? {}

const ranks = ["FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE"]

/** Several warnings in one thread: the strictest counts (M-THR-26). */
function isStricter(a: Utterance, b: Utterance): number {
  const keys = [a, b].map((it) => {
    const { earliestMs, latestMs } = windowOf(it)
    const life = it.statement.content["threatToLife"] === true ? 0 : 1
    const rank = ranks.indexOf(it.statement.precedence)
    return [life, rank, earliestMs ?? latestMs ?? Number.MAX_SAFE_INTEGER, it.id] as const
  })
  const [left, right] = keys as [(typeof keys)[0], (typeof keys)[0]]
  const at = left.findIndex((it, index) => it !== right[index])
  return at >= 0 && (left[at] as number | string) < (right[at] as number | string) ? -1 : 1
}

/** The first of what it answers that is not here, or of no kind that it can answer (M-THR-6). */
function awaited(
  { kind, answers }: Statement,
  kinds: ReadonlyMap<MessageId, string>,
): MessageId | undefined {
  const known = kindNamed(kind)
  if (known === undefined || known.answers.length === 0) return undefined
  const [first] = answers
  if (first !== undefined && !mayAnswer(known, kinds.get(first) ?? "")) return first
  return answers.find((it) => !kinds.has(it))
}

export class SaidIn {
  readonly all: readonly Utterance[]
  readonly effective: readonly Utterance[]
  readonly originator: OrgId
  readonly addressee: OrgId
  readonly #kinds: ReadonlyMap<MessageId, string>
  readonly #custody: ReadonlyMap<Digest, number>
  readonly #byKind: ReadonlyMap<string, readonly Utterance[]>
  readonly warning: Utterance | undefined

  constructor(row: ThreadRow, utterances: readonly Utterance[]) {
    const { originator, addressee } = row.head.thread
    this.originator = originator
    this.addressee = addressee
    this.#custody = new Map(row.custody.map((it) => [it.digest, it.atMs]))
    this.all = utterances.toSorted(compare)
    this.#kinds = new Map(utterances.map((it) => [it.id, it.statement.kind]))
    this.effective = this.all.filter(
      (it) => kindNamed(it.statement.kind) !== undefined && this.awaitedBy(it) === undefined,
    )
    this.#byKind = Map.groupBy(this.effective, (it) => it.statement.kind)
    this.warning = this.of("warning").toSorted(isStricter).at(0)
  }

  /** What it waits for before it takes effect. */
  awaitedBy({ statement }: Utterance): MessageId | undefined {
    return awaited(statement, this.#kinds)
  }

  of(kind: string): readonly Utterance[] {
    return this.#byKind.get(kind) ?? []
  }

  /** Of a kind, and answering this one first of all. */
  answering(id: MessageId, kind: string): Utterance[] {
    return this.of(kind).filter((it) => it.statement.answers[0] === id)
  }

  custodyMs({ digest }: Utterance): number | undefined {
    return this.#custody.get(digest)
  }

  /** As stated, unless custody is over an hour away, beyond what the carrier may take. */
  madeMs(it: Utterance): number {
    const { atMs } = it.statement
    const heldMs = this.custodyMs(it) ?? atMs
    const isLate = heldMs - atMs > hour + (it.part.carriedWithinMs ?? 0)
    return isLate || atMs - heldMs > hour ? heldMs : atMs
  }

  other(org: OrgId): OrgId {
    return org === this.originator ? this.addressee : this.originator
  }
}
