/**
 * The reckoning: everything that was promised, held against both databases and both desks.
 *
 * A promise is lost when it is not there at the sender or at the addressee. Beside that both sides
 * must agree: the same messages, each once, under equal thread hashes; no custody told that the
 * other gateway does not hold, and nothing that it holds not taken in.
 */

import type { Party } from "../node/party.ts"
import { type Books, type MessageRow, type OwedRow, readBooks } from "./books.ts"
import type { Ledger } from "./ledger.ts"

export interface Reckoned {
  /** Promises that are not kept, a line each. */
  readonly lost: readonly string[]
  /** What the two sides do not agree about, a line each. */
  readonly wrong: readonly string[]
  readonly messages: number
  readonly threads: number
}

/** Reads all books and judges. The nodes must be running and at rest. */
export async function reckon(ledger: Ledger, nodes: readonly Party[]): Promise<Reckoned> {
  const all = new Map<string, Books>()
  for (const node of nodes) all.set(node.org, await readBooks(node))
  const books = [...all.values()]
  const desks: string[] = []
  for (const it of books) desks.push(...(await deskDifferences(it)))
  return {
    lost: lostOf(ledger, all),
    wrong: [
      ...books.flatMap((it) => oneSided(it, all)),
      ...books.flatMap((it) => custodyDifferences(it, all)),
      ...books.flatMap(duplicates),
      ...books.flatMap(withoutThread),
      ...threadDifferences(books),
      ...desks,
    ],
    messages: books.reduce((sum, it) => sum + it.messages.length, 0),
    threads: new Set(books.flatMap((it) => [...it.threads.keys()])).size,
  }
}

function keyOf({ peer, id, direction }: Pick<MessageRow, "peer" | "id" | "direction">): string {
  return `${direction} ${peer} ${id}`
}

const keysByBooks = new WeakMap<Books, ReadonlySet<string>>()

function has(
  books: Books | undefined,
  row: Pick<MessageRow, "peer" | "id" | "direction">,
): boolean {
  if (books === undefined) return false
  const keys = keysByBooks.get(books) ?? new Set(books.messages.map(keyOf))
  keysByBooks.set(books, keys)
  return keys.has(keyOf(row))
}

function lostOf(ledger: Ledger, all: ReadonlyMap<string, Books>): string[] {
  const lost: string[] = []
  for (const { from, to, message, thread } of ledger.said) {
    const about = `message ${message.slice(0, 12)} of thread ${thread.slice(0, 12)}`
    const atSender = has(all.get(from), { peer: to, id: message, direction: "out" })
    const atAddressee = has(all.get(to), { peer: from, id: message, direction: "in" })
    if (!atSender) lost.push(`${about}: acknowledged, and not at its sender`)
    if (atSender && !atAddressee) lost.push(`${about}: acknowledged, and not at its addressee`)
  }
  for (const { at, message } of ledger.shown) {
    const isThere = all.get(at)?.messages.some((it) => it.id === message) === true
    if (!isThere) lost.push(`message ${message.slice(0, 12)}: shown to an officer, and gone`)
  }
  return lost
}

/** Messages that one side has and the other has not. */
function oneSided(books: Books, all: ReadonlyMap<string, Books>): string[] {
  const { org, name } = books.node
  return books.messages.flatMap((row) => {
    const other = all.get(row.peer)
    const direction = row.direction === "in" ? "out" : "in"
    if (other === undefined || has(other, { peer: org, id: row.id, direction })) return []
    return [`message ${row.id.slice(0, 12)} is at ${name} and not at ${other.node.name}`]
  })
}

/** Custody told and not held; held and not taken; sent and no custody told of. */
function custodyDifferences(books: Books, all: ReadonlyMap<string, Books>): string[] {
  const { name } = books.node
  return books.messages.flatMap(({ digest, peer, direction, id }) => {
    const other = all.get(peer)
    if (direction === "in" || other === undefined) return []
    const about = `envelope ${digest.slice(0, 12)} of ${name}, message ${id.slice(0, 12)}`
    const isTold = books.custody.has(`${digest} ${peer}`)
    const isHeld = other.held.has(digest)
    if (isTold && !isHeld)
      return [`${about}: custody was told of, and ${other.node.name} has it not`]
    if (!isTold) return [`${about}: nobody has told of its custody`]
    return other.taken.has(digest) ? [] : [`${about}: ${other.node.name} holds and never took it`]
  })
}

/** Two messages of one author under one number are two copies of one act, or a conflict. */
function duplicates({ messages, node }: Books): string[] {
  const seen = new Map<string, string>()
  return messages.flatMap(({ place, id, direction }) => {
    const before = seen.get(`${direction} ${place}`)
    seen.set(`${direction} ${place}`, id)
    if (before === undefined || before === id) return []
    return [`${node.name} has two messages under ${place}`]
  })
}

/** Of what is said in a thread whose row is gone nobody is told any more. */
function withoutThread({ messages, threads, node }: Books): string[] {
  const gone = messages.filter(({ thread }) => thread !== "" && !threads.has(thread))
  return [...new Set(gone.map((it) => it.thread))].map(
    (it) => `thread ${it.slice(0, 12)} is not at ${node.name}, and its messages are`,
  )
}

function threadDifferences(books: readonly Books[]): string[] {
  const hashes = new Map<string, Set<string>>()
  for (const { threads } of books) {
    for (const [id, hash] of threads) hashes.set(id, (hashes.get(id) ?? new Set()).add(hash))
  }
  return [...hashes]
    .filter(([, found]) => found.size > 1)
    .map(([id]) => `thread ${id.slice(0, 12)} has another hash on each side`)
}

const atOnce = 8

/** Each desk reads every thread out of its stored messages: that must come to what is written. */
async function deskDifferences({ node, threads, owed }: Books): Promise<string[]> {
  const wrong: string[] = []
  const left = [...threads]
  const reading = Array.from({ length: atOnce }, async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [id, hash] = next
      const { viewHash, conflicts, obligations } = await node.desk.thread(id)
      const due = obligations.map((it) => ({ ...it, isOpen: it.end === null }))
      if (linesOf(due) !== linesOf(owed.get(id) ?? [])) {
        wrong.push(`${node.name} lists otherwise what thread ${id.slice(0, 12)} makes owed`)
      }
      if (viewHash !== hash) wrong.push(`${node.name} shows thread ${id.slice(0, 12)} otherwise`)
      if (conflicts.length > 0) wrong.push(`thread ${id.slice(0, 12)} has a conflict`)
    }
  })
  await Promise.all(reading)
  return wrong
}

function linesOf(owed: readonly OwedRow[]): string {
  return owed
    .map(({ id, dueMs, isOpen }) => `${id} ${dueMs} ${isOpen}`)
    .toSorted()
    .join("\n")
}
