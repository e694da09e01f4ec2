/** What an exchange keeps, as rows; the core's journal and outbox over them. */

import {
  lastWrittenMs,
  precedences,
  readMessage,
  type ArrivalWrite,
  type CustodyWrite,
  type Digest,
  type Exchanged,
  type ExchangedQuery,
  type ExchangeJournal,
  type ExchangeWrite,
  type Message,
  type MessageId,
  type MessageWrite,
  type OrgId,
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
import type {
  ArrivalRow,
  MessageRow,
  OutboxRow,
  ReceiptRow,
  SlotRow,
  ThreadRow,
} from "./exchange-rows.ts"
import { OutboxTable } from "./outbox-table.ts"
import { DiskError, type Platter } from "./platter.ts"
import { addOnce, ThreadDrafts } from "./thread-drafts.ts"

/** Called with the writes of a transaction when they are durable. */
export type OnCommit = (writes: readonly ExchangeWrite[]) => void

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
  readonly outboxTable: OutboxTable
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
    this.outboxTable = new OutboxTable({
      rows: this.outbox,
      platter,
      schedule,
      damage: this.damage,
    })
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

  /** The latest time that this node knows to have written, as production asks its links for it. */
  get latestMs(): number {
    return lastWrittenMs([...this.links.values()].map((it) => it.link))
  }

  /** Another row in the place of one of a thread's, if that is still there. */
  replaceMessage(thread: ThreadId, message: MessageRow, by: MessageRow): void {
    const row = this.threads.get(thread)
    if (row?.messages.includes(message) !== true) return
    const messages = row.messages.map((it) => (it === message ? by : it))
    this.platter.put(this.threads, thread, { ...row, messages })
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
    const drafts = new ThreadDrafts(this.threads, this.#schedule.nowMs)
    // Heads first: messages and receipts need their thread.
    for (const write of writes) if (write.kind === "thread") drafts.setHead(write)
    for (const write of writes) if (write.kind !== "thread") this.#apply(drafts, write)
    for (const [id, row] of drafts.rows()) this.platter.put(this.threads, id, row)
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

  #apply(drafts: ThreadDrafts, write: Exclude<ExchangeWrite, ThreadWrite>): void {
    switch (write.kind) {
      case "message":
        return this.#addMessage(drafts, write)
      case "custody":
        return this.#addCustody(drafts, write)
      case "refusal":
        addOnce(drafts.of(write.thread), "refusals", write.refusal)
        return
      case "obligation":
        return drafts.setObligation(write)
      case "link":
        this.platter.put(this.links, write.link.peer, write)
        return
      case "arrival":
        return this.#addArrival(write)
      case "enqueue":
        return this.outboxTable.enqueue(write.item)
      case "dequeue":
        this.platter.remove(this.outbox, write.id)
        return
      case "act":
    }
  }

  #addMessage(drafts: ThreadDrafts, write: MessageWrite): void {
    const { thread, peer, message, direction, signed, part } = write
    const { id, digest } = message
    this.platter.put(this.digests, `${digest}/${peer}`, thread)
    this.#addSlot(write)
    const row = { id, digest, direction, signed, part }
    const isNew = addOnce(drafts.of(thread), "messages", row)
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

  #addCustody(drafts: ThreadDrafts, write: CustodyWrite): void {
    const { custody, receipt } = write
    const { digest, by } = custody
    // Of what came here the own gateway's, of what went the peer's.
    const key = this.sent.has(`${digest}/${by}`) ? `${digest}/${by}` : digest
    const isReturned = custody.isReturned === true
    const known = this.receipts.get(key)
    // The first of each sort stays; one that was returned goes before one that was not.
    if (known === undefined || (isReturned && !known.isReturned)) {
      this.platter.put(this.receipts, key, { receipt, isReturned, atMs: this.#schedule.nowMs })
    }
    drafts.addCustody(write)
  }

  #addArrival({ digest, sender, code, atMs }: ArrivalWrite): void {
    if (this.arrivals.has(digest)) this.onTwice(digest)
    else this.platter.put(this.arrivals, digest, { sender, code, atMs })
  }
}
