/** What an exchange keeps, as rows; the core's journal and outbox over them. */

import {
  lastWrittenMs,
  precedences,
  readMessage,
  type ArrivalWrite,
  type Custody,
  type CustodyWrite,
  type Digest,
  type Exchanged,
  type ExchangedQuery,
  type ExchangeJournal,
  type ExchangeWrite,
  type Message,
  type MessageId,
  type MessageWrite,
  type Obligation,
  type ObligationWrite,
  type OrgId,
  type Outbox,
  type OutboxItem,
  type Refusal,
  type StoredLink,
  type StoredThread,
  type ThreadId,
  type ThreadWrite,
} from "@tearline/core"

import { textOf } from "../suite/bytes.ts"
import { readSigned } from "../suite/suite.ts"
import type { Life } from "../time/life.ts"
import type { Schedule } from "../time/schedule.ts"
import { Damage } from "./damage.ts"
import { DiskError, type Platter } from "./platter.ts"

export interface MessageRow {
  readonly id: MessageId
  readonly digest: Digest
  readonly direction: "in" | "out"
  readonly signed: Uint8Array
  readonly part: Uint8Array
}

export interface ThreadRow {
  readonly head: ThreadWrite
  readonly createdMs: number
  readonly messages: readonly MessageRow[]
  readonly custody: readonly Custody[]
  readonly refusals: readonly Refusal[]
  readonly obligations: ReadonlyMap<string, Obligation>
}

/** Where a message stands in its lane; those of a thread are kept there, once. */
export interface SlotRow extends Omit<Exchanged, "signed" | "custody"> {
  readonly direction: "in" | "out"
  /** Null for one that is in its thread. */
  readonly signed: Uint8Array | null
  readonly atMs: number
}

export interface ReceiptRow {
  readonly receipt: Uint8Array
  readonly isReturned: boolean
  readonly atMs: number
}

export interface OutboxRow {
  readonly item: OutboxItem
  readonly owner: string | null
  readonly freeAtMs: number
}

export interface ArrivalRow {
  readonly sender: OrgId
  readonly code: string | null
  readonly atMs: number
}

interface Draft extends ThreadRow {
  head: ThreadWrite
  readonly messages: MessageRow[]
  readonly custody: Custody[]
  readonly refusals: Refusal[]
  readonly obligations: Map<string, Obligation>
}

type Drafts = Map<ThreadId, Draft>

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
function addOnce<List extends "messages" | "custody" | "refusals">(
  draft: Draft | undefined,
  list: List,
  row: Draft[List][number],
): boolean {
  const rows: { readonly digest: Digest }[] | undefined = draft?.[list]
  const isNew = rows?.every((it) => it.digest !== row.digest) === true
  if (isNew) rows?.push(row)
  return isNew
}

/** Called with the writes of a transaction when they are durable. */
export type OnCommit = (writes: readonly ExchangeWrite[]) => void

export const leaseMs = 3 * 3_600_000

/** Nothing that is written has other bytes than its id says: a mistake of ours. */
function wrongBytes(id: MessageId): DiskError {
  return new DiskError("corrupt", `the stored message ${id} is not what its id says`)
}

/** Of what was given back only the place is kept; anything else is what its id says. */
function isAsWritten({ id, kind, direction }: SlotRow, signed: Uint8Array): boolean {
  if (kind === "returned" && direction === "out") return signed.length === 0
  return readSigned(id, signed) !== undefined
}

export class ExchangeDisk {
  readonly platter: Platter
  readonly threads = new Map<ThreadId, ThreadRow>()
  readonly links = new Map<OrgId, StoredLink>()
  readonly digests = new Map<string, ThreadId | null>()
  readonly arrivals = new Map<Digest, ArrivalRow>()
  readonly outbox = new Map<string, OutboxRow>()
  /** By peer, direction and lane; in each by epoch and number. */
  readonly slots = new Map<string, Map<string, SlotRow>>()
  /** Places by envelope and peer. */
  readonly sent = new Map<string, SlotRow>()
  readonly receipts = new Map<string, ReceiptRow>()
  readonly damage = new Damage()
  onCommit: OnCommit = () => undefined
  /** A message of the other side stands in its thread now, and did not before. */
  onCome: (thread: ThreadId, id: MessageId) => void = () => undefined
  /** What has been taken or refused is being taken again. */
  onTwice: (digest: Digest) => void = () => undefined
  /** A row is not as it was read, although no other process writes here. */
  onConflict: (of: "thread" | "link") => void = () => undefined
  /** Changes a planted bug makes to what is written. */
  bent: (write: ExchangeWrite) => ExchangeWrite = (it) => it
  readonly #schedule: Schedule
  /** A row that is damaged or mended is another row. */
  readonly #read = new WeakMap<MessageRow, Message>()

  constructor(platter: Platter, schedule: Schedule) {
    this.platter = platter
    this.#schedule = schedule
  }

  journal(life: Life): ExchangeJournal {
    const read = <Value>(value: () => Value): Promise<Value> => this.#reading(value)
    return {
      thread: (id) => read(() => this.#thread(id)),
      threadOf: (digest, peer) => read(() => this.digests.get(`${digest}/${peer}`)),
      link: (peer) => read(() => this.#link(peer)),
      exchanged: (query) => read(() => this.#exchanged(query)),
      sent: (digest, peer) => read(() => this.#sent(digest, peer)),
      hasArrived: (digest) => read(() => this.arrivals.has(digest)),
      commit: (writes) =>
        this.platter.transact(
          life,
          () => writes,
          () => this.#commit(writes),
        ),
    }
  }

  outboxOf(life: Life, owner: string): Outbox {
    const free = (it: OutboxRow) => it.freeAtMs <= this.#schedule.nowMs
    return {
      claim: async (limit, full) => {
        if (![...this.outbox.values()].some(free)) return []
        return this.platter.transact(
          life,
          () => [owner, limit, full],
          () => this.#claim(owner, limit, full),
        )
      },
      release: async (ids, delayMs) => {
        await this.platter.transact(
          life,
          () => [owner, ids, delayMs],
          () => this.#hold(owner, ids, { owner: null, delayMs }),
        )
      },
      renewLease: (ids) =>
        this.platter.transact(
          life,
          () => [owner, ids],
          () => this.#hold(owner, ids, { owner, delayMs: leaseMs }).map((it) => it.item.id),
        ),
      find: (id) => this.#reading(() => this.#item(id)),
    }
  }

  /** The latest time that this node knows to have written, as production asks its links for it. */
  get latestMs(): number {
    return lastWrittenMs([...this.links.values()].map((it) => it.link))
  }

  /** Once at start: frees what an earlier run held. */
  takeBack(owner: string): void {
    const held = [...this.outbox.values()].filter((it) => it.owner === owner)
    for (const row of held) this.#setOutbox({ ...row, owner: null, freeAtMs: 0 })
  }

  /** Another row in the place of one of a thread's, if that is still there. */
  replaceMessage(thread: ThreadId, message: MessageRow, by: MessageRow): void {
    const row = this.threads.get(thread)
    if (row?.messages.includes(message) !== true) return
    const messages = row.messages.map((it) => (it === message ? by : it))
    this.platter.put(this.threads, thread, { ...row, messages })
  }

  replaceItem(item: OutboxItem, by: OutboxItem): void {
    const row = this.outbox.get(item.id)
    if (row?.item === item) this.#setOutbox({ ...row, item: by })
  }

  async #reading<Value>(value: () => Value): Promise<Value> {
    this.platter.read()
    return value()
  }

  #link(peer: OrgId): StoredLink | undefined {
    const row = this.links.get(peer)
    if (row !== undefined) this.damage.mustHold(row)
    return row
  }

  #item(id: string): OutboxItem | undefined {
    const item = this.outbox.get(id)?.item
    if (item !== undefined) this.damage.mustHold(item)
    return item
  }

  #thread(id: ThreadId): StoredThread | undefined {
    const row = this.threads.get(id)
    if (row === undefined) return undefined
    const { originator, addressee, status } = row.head.thread
    const messages = row.messages.map((it) => this.#message(it))
    const { custody, refusals } = row
    const thread = { id, originator, addressee, status, messages, custody, refusals }
    return { thread, version: row.head.version }
  }

  #exchanged({ peer, direction, lane, after, limit }: ExchangedQuery): Exchanged[] {
    const rows = [...(this.slots.get(`${peer}/${direction}/${lane}`)?.values() ?? [])]
    return rows
      .filter(({ place: { epoch, number } }) =>
        epoch === after.epoch ? number > after.number : epoch > after.epoch,
      )
      .toSorted((a, b) => a.place.epoch - b.place.epoch || a.place.number - b.place.number)
      .slice(0, limit)
      .map((it) => this.#whole(it, peer))
  }

  #sent(digest: Digest, peer: OrgId): Exchanged | undefined {
    const row = this.sent.get(`${digest}/${peer}`)
    return row && this.#whole(row, peer)
  }

  /** With its exact bytes, which are held against its id. */
  #whole(row: SlotRow, peer: OrgId): Exchanged {
    const { thread, id, digest, direction } = row
    const inThread = thread === null ? undefined : this.threads.get(thread)
    const message = inThread?.messages.find((it) => it.id === id)
    if (message !== undefined) this.damage.mustHold(message)
    const signed = row.signed ?? message?.signed
    if (signed === undefined || !isAsWritten(row, signed)) throw wrongBytes(id)
    const receipt = this.receipts.get(direction === "out" ? `${digest}/${peer}` : digest)
    if (receipt !== undefined) this.damage.mustHold(receipt)
    return { ...row, signed, custody: receipt?.receipt ?? null }
  }

  /** A message out of its bytes, through the same gate as a peer's; each row is read once. */
  #message(row: MessageRow): Message {
    const known = this.#read.get(row)
    if (known !== undefined) return known
    const message = this.#readMessage(row)
    this.#read.set(row, message)
    return message
  }

  #readMessage(row: MessageRow): Message {
    this.damage.mustHold(row)
    const statement = readSigned(row.id, row.signed)
    if (statement === undefined) throw wrongBytes(row.id)
    const { kind, author: sender, precedence } = statement
    const read = readMessage(statement, JSON.parse(textOf(row.part)), { kind, sender, precedence })
    if (read.kind === "refused") throw new DiskError("corrupt", `${row.id}: ${read.code}`)
    return { id: row.id, digest: row.digest, statement: read.statement, part: read.part }
  }

  #commit(written: readonly ExchangeWrite[]): void {
    const writes = written.map((it) => this.bent(it))
    for (const write of writes) this.#mustFollow(write)
    const drafts: Drafts = new Map()
    // Heads first: messages and receipts need their thread.
    for (const write of writes) if (write.kind === "thread") this.#setHead(drafts, write)
    for (const write of writes) if (write.kind !== "thread") this.#apply(drafts, write)
    for (const [id, row] of drafts) this.platter.put(this.threads, id, row)
    this.onCommit(writes)
  }

  #mustFollow(write: ExchangeWrite): void {
    if (write.kind !== "thread" && write.kind !== "link") return
    const stored =
      write.kind === "thread"
        ? this.threads.get(write.thread.id)?.head.version
        : this.#link(write.link.peer)?.version
    if ((stored ?? null) === write.expectedVersion) return
    // What was retired is not there any more, whoever remembers it.
    if (stored !== undefined) this.onConflict(write.kind)
    throw new DiskError("conflict", "changed since it was read: read it again")
  }

  #apply(drafts: Drafts, write: Exclude<ExchangeWrite, ThreadWrite>): void {
    switch (write.kind) {
      case "message":
        return this.#addMessage(drafts, write)
      case "custody":
        return this.#addCustody(drafts, write)
      case "refusal":
        addOnce(this.#draftOf(drafts, write.thread), "refusals", write.refusal)
        return
      case "obligation":
        return this.#setObligation(drafts, write)
      case "link":
        this.platter.put(this.links, write.link.peer, write)
        return
      case "arrival":
        return this.#addArrival(write)
      case "enqueue":
        return this.#enqueue(write.item)
      case "dequeue":
        this.platter.remove(this.outbox, write.id)
        return
      case "act":
    }
  }

  /** The thread's next row, copied once in a transaction: a row itself never changes. */
  #draftOf(drafts: Drafts, id: ThreadId | null): Draft | undefined {
    if (id === null) return undefined
    const known = drafts.get(id)
    const row = known === undefined ? this.threads.get(id) : undefined
    if (row === undefined) return known
    const draft = draftOf(row)
    drafts.set(id, draft)
    return draft
  }

  #setHead(drafts: Drafts, head: ThreadWrite): void {
    const { id } = head.thread
    const draft = this.#draftOf(drafts, id)
    if (draft !== undefined) {
      draft.head = head
      return
    }
    const createdMs = this.#schedule.nowMs
    const empty = { messages: [], custody: [], refusals: [], obligations: new Map() }
    drafts.set(id, { head, createdMs, ...empty })
  }

  #setObligation(drafts: Drafts, { thread, obligation }: ObligationWrite): void {
    this.#draftOf(drafts, thread)?.obligations.set(obligation.id, obligation)
  }

  #addMessage(drafts: Drafts, write: MessageWrite): void {
    const { thread, peer, message, direction, signed, part } = write
    const { id, digest } = message
    this.platter.put(this.digests, `${digest}/${peer}`, thread)
    this.#addSlot(write)
    const row = { id, digest, direction, signed, part }
    const isNew = addOnce(this.#draftOf(drafts, thread), "messages", row)
    if (isNew && thread !== null && direction === "in") this.onCome(thread, id)
  }

  #addSlot(write: MessageWrite): void {
    const { thread, peer, message, direction, signed, part, opening, slotNumber } = write
    const { id, digest, statement } = message
    const { lane } = precedences.entries[statement.precedence]
    const place = { epoch: message.part.epoch, lane, number: slotNumber }
    const key = `${peer}/${direction}/${lane}`
    const lanes = this.slots.get(key) ?? new Map<string, SlotRow>()
    this.slots.set(key, lanes)
    const row: SlotRow = {
      id,
      digest,
      kind: statement.kind,
      place,
      thread,
      part,
      opening,
      direction,
      signed: thread === null ? signed : null,
      atMs: this.#schedule.nowMs,
    }
    const at = `${place.epoch}/${place.number}`
    if (!lanes.has(at)) this.platter.put(lanes, at, row)
    if (direction === "out") this.platter.put(this.sent, `${digest}/${peer}`, row)
  }

  #addCustody(drafts: Drafts, { thread, custody, receipt }: CustodyWrite): void {
    const { digest, by } = custody
    // Of what came here the own gateway's, of what went the peer's.
    const key = this.sent.has(`${digest}/${by}`) ? `${digest}/${by}` : digest
    const isReturned = custody.isReturned === true
    const known = this.receipts.get(key)
    // The first of each sort stays; one that was returned goes before one that was not.
    if (known === undefined || (isReturned && !known.isReturned)) {
      this.platter.put(this.receipts, key, { receipt, isReturned, atMs: this.#schedule.nowMs })
    }
    const draft = this.#draftOf(drafts, thread)
    const at = draft?.custody.findIndex((it) => it.digest === digest && !it.isReturned) ?? -1
    if (isReturned && at !== -1) draft?.custody.splice(at, 1)
    addOnce(draft, "custody", custody)
  }

  #addArrival({ digest, sender, code, atMs }: ArrivalWrite): void {
    if (this.arrivals.has(digest)) this.onTwice(digest)
    else this.platter.put(this.arrivals, digest, { sender, code, atMs })
  }

  #enqueue(item: OutboxItem): void {
    if (this.outbox.has(item.id)) return
    // Leased from the start to whoever enqueues it.
    this.#setOutbox({ item, owner: "exchange", freeAtMs: this.#schedule.nowMs + leaseMs })
  }

  #setOutbox(row: OutboxRow): void {
    this.platter.put(this.outbox, row.item.id, row)
  }

  #claim(owner: string, limit: number, full: readonly OrgId[]): OutboxItem[] {
    const { nowMs } = this.#schedule
    const free = [...this.outbox.values()]
      .filter((it) => it.freeAtMs <= nowMs)
      .filter(({ item }) => item.lane === 0 || !full.includes(item.peer))
      .toSorted((a, b) => a.item.lane - b.item.lane || a.freeAtMs - b.freeAtMs)
      .slice(0, limit)
    for (const { item } of free) this.damage.mustHold(item)
    for (const row of free) this.#setOutbox({ ...row, owner, freeAtMs: nowMs + leaseMs })
    return free.map((it) => it.item)
  }

  #hold(
    owner: string,
    ids: readonly string[],
    to: { readonly owner: string | null; readonly delayMs: number },
  ): OutboxRow[] {
    const freeAtMs = this.#schedule.nowMs + to.delayMs
    const rows = ids.map((id) => this.outbox.get(id)).filter((it) => it !== undefined)
    const ours = rows.filter((it) => it.owner === owner)
    for (const row of ours) this.#setOutbox({ ...row, owner: to.owner, freeAtMs })
    return ours
  }
}
