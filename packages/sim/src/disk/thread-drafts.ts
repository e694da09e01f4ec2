/** The next rows of the threads that a transaction changes, until all of them are put at once. */

import type {
  Custody,
  CustodyWrite,
  Digest,
  Obligation,
  ObligationWrite,
  Refusal,
  ThreadId,
  ThreadWrite,
} from "@tearline/core"

import type { MessageRow, ThreadRow } from "./exchange-rows.ts"

interface Draft extends ThreadRow {
  head: ThreadWrite
  readonly messages: MessageRow[]
  readonly custody: Custody[]
  readonly refusals: Refusal[]
  readonly obligations: Map<string, Obligation>
}

function draftOf({ head, createdMs, messages, custody, refusals, obligations }: ThreadRow): Draft {
  return {
    head,
    createdMs,
    messages: messages.slice(),
    custody: custody.slice(),
    refusals: refusals.slice(),
    obligations: new Map(obligations),
  }
}

/** The first row about an envelope stays. */
export function addOnce<List extends "messages" | "custody" | "refusals">(
  draft: Draft | undefined,
  list: List,
  row: Draft[List][number],
): boolean {
  const rows: { readonly digest: Digest }[] | undefined = draft?.[list]
  const isNew = rows?.every((it) => it.digest !== row.digest) === true
  if (isNew) rows?.push(row)
  return isNew
}

export class ThreadDrafts {
  readonly #threads: ReadonlyMap<ThreadId, ThreadRow>
  readonly #drafts = new Map<ThreadId, Draft>()
  readonly #nowMs: number

  constructor(threads: ReadonlyMap<ThreadId, ThreadRow>, nowMs: number) {
    this.#threads = threads
    this.#nowMs = nowMs
  }

  rows(): Iterable<[ThreadId, ThreadRow]> {
    return this.#drafts
  }

  /** The thread's next row, copied once in a transaction: a row itself never changes. */
  of(id: ThreadId | null): Draft | undefined {
    if (id === null) return undefined
    const known = this.#drafts.get(id)
    const row = known === undefined ? this.#threads.get(id) : undefined
    if (row === undefined) return known
    const draft = draftOf(row)
    this.#drafts.set(id, draft)
    return draft
  }

  setHead(head: ThreadWrite): void {
    const { id } = head.thread
    const draft = this.of(id)
    if (draft !== undefined) {
      draft.head = head
      return
    }
    const empty = { messages: [], custody: [], refusals: [], obligations: new Map() }
    this.#drafts.set(id, { head, createdMs: this.#nowMs, ...empty })
  }

  setObligation({ thread, obligation }: ObligationWrite): void {
    this.of(thread)?.obligations.set(obligation.id, obligation)
  }

  /** One that was returned takes the place of one that was not. */
  addCustody({ thread, custody }: CustodyWrite): void {
    const draft = this.of(thread)
    const { digest, isReturned } = custody
    const at = draft?.custody.findIndex((it) => it.digest === digest && !it.isReturned) ?? -1
    if (isReturned === true && at !== -1) draft?.custody.splice(at, 1)
    addOnce(draft, "custody", custody)
  }
}
