/**
 * Giving back to a restored peer what it has lost: page by page, the most urgent lane first, until
 * it holds what both sides held before. spec/links.md 5.
 *
 * How far it has got is part of the link, so that it goes on after a crash; whatever comes to light
 * behind that point is given back at once.
 */

import type { Digest, OrgId } from "../ids.ts"
import type { Link } from "../link/link.ts"
import {
  coveredUpTo,
  isBefore,
  isBehind,
  isLost,
  isPutOff,
  nextCursor,
  withAllAgain,
  withPageSettled,
  type PeerRestore,
  type ReturnCursor,
} from "../link/restore.ts"
import { kindRule } from "../messages/kinds.ts"
import { passedMax, returnedBytesMax, returnedItemsMax } from "../messages/restoring.ts"
import type { Returned, ReturnedItem } from "../messages/restoring.ts"
import type { Lane, Precedence } from "../vocabulary/precedence.ts"
import { precedences } from "../vocabulary/precedence.ts"
import { hasUnsealed } from "./answering.ts"
import type { ExchangeAnswer, ReturnsDue } from "./inputs.ts"
import type { Exchanged } from "./ports.ts"
import { say } from "./saying.ts"
import { changeLink, type Desk, type Turn } from "./turn.ts"

/** Bytes of signed objects in one page at most, unless one alone is longer. */
const pageBytesMax = 262_144
/** Reads of the journal for one page at most, so that no turn lasts. */
const readsMax = 16

interface Page {
  readonly items: ReturnedItem[]
  readonly passed: Returned["passed"][number][]
  lane: Lane
  bytes: number
  cursor: ReturnCursor | null
}

const precedenceOf = (lane: Lane): Precedence =>
  precedences.codes.find((it) => precedences.entries[it].lane === lane) ?? "ROUTINE"

/** What is worth nothing once it is old. Its number is told all the same, so that no gap stays. */
const isOfTheMoment = ({ kind }: Exchanged) => kind === "heartbeat" || kind === "returned"

async function isUnsealed(desk: Desk, { id, kind, thread }: Exchanged): Promise<boolean> {
  if (thread === null || kindRule(kind)?.owesReading !== true) return true
  const held = await desk.memory.thread(thread)
  return held !== undefined && hasUnsealed(held.thread, id)
}

async function isRefused(
  desk: Desk,
  thread: Exchanged["thread"],
  digest: Digest,
): Promise<boolean> {
  const held = thread === null ? undefined : await desk.memory.thread(thread)
  return held?.thread.refusals.some((it) => it.digest === digest) === true
}

async function itemOf(desk: Desk, it: Exchanged): Promise<ReturnedItem> {
  return {
    number: it.place.number,
    digest: it.digest,
    signed: it.signed.toBase64(),
    part: it.part.toBase64(),
    opening: it.opening.toBase64(),
    custody: it.custody?.toBase64() ?? null,
    isUnsealed: await isUnsealed(desk, it),
  }
}

/** Puts one lost message, or the number of what need not come back, into the page. */
async function add(
  desk: Desk,
  page: Page,
  direction: ReturnCursor["direction"],
  it: Exchanged,
): Promise<void> {
  // Without custody it is still on its way by itself.
  const isOnItsWay = direction === "out" && it.custody === null
  const isTheirs = direction === "in" && it.thread === null
  if (isOnItsWay || isTheirs || (await isRefused(desk, it.thread, it.digest))) return
  if (isOfTheMoment(it) || it.signed.length > returnedBytesMax) {
    if (direction === "out") page.passed.push({ ...it.place })
    return
  }
  page.items.push(await itemOf(desk, it))
  page.bytes += it.signed.length
}

function isFull({ items, passed, bytes }: Page): boolean {
  return items.length >= returnedItemsMax || passed.length >= passedMax || bytes >= pageBytesMax
}

/** Behind what the peer holds without a gap, so that nothing of it is read. */
function behindCovered(restore: PeerRestore, cursor: ReturnCursor, row: Exchanged): ReturnCursor {
  const rows = cursor.direction === "out" ? restore.held : restore.given
  const { epoch, number } = row.place
  const upTo = coveredUpTo(rows, row.place)
  return { ...cursor, after: { epoch, number: Math.max(number, upTo) } }
}

/** Goes on by one read of the journal; leaves the cursor behind what it has seen. */
async function gather(desk: Desk, peer: OrgId, restore: PeerRestore, page: Page): Promise<void> {
  const { cursor } = page
  if (cursor === null) return
  const rows = await desk.journal.exchanged({ ...cursor, peer, limit: returnedItemsMax })
  for (const row of rows) {
    const { direction } = cursor
    if (!isBefore(restore, direction, row.place)) break
    page.cursor = behindCovered(restore, cursor, row)
    if (isLost(restore, direction, row.place)) await add(desk, page, direction, row)
    if (isFull(page) || page.cursor.after.number > row.place.number) return
  }
  const isOver =
    rows.length < returnedItemsMax || !isBefore(restore, cursor.direction, lastOf(rows))
  if (isOver) page.cursor = nextCursor(cursor)
}

function lastOf(rows: readonly Exchanged[]): Exchanged["place"] {
  return rows.at(-1)?.place ?? { epoch: 0, lane: 0, number: 0 }
}

const isEmpty = ({ items, passed }: Page) => items.length + passed.length === 0

async function nextPage(desk: Desk, peer: OrgId, restore: PeerRestore): Promise<Page> {
  const lane = restore.cursor?.lane ?? 3
  const page: Page = { items: [], passed: [], lane, bytes: 0, cursor: restore.cursor }
  for (let reads = 0; reads < readsMax && page.cursor !== null && !isFull(page); reads += 1) {
    // One page is of one lane: a warning is not to wait in another's.
    if (page.cursor.lane !== page.lane && !isEmpty(page)) break
    page.lane = page.cursor.lane
    await gather(desk, peer, restore, page)
  }
  return page
}

async function sayReturned(
  desk: Desk,
  turn: Turn,
  peer: OrgId,
  { lane, ...content }: Returned & { readonly lane: Lane },
): Promise<Digest> {
  const { digest } = await say(desk, turn, {
    kind: "returned",
    content,
    answers: [],
    precedence: precedenceOf(lane),
    status: "actual",
    to: [{ org: peer, thread: null }],
  })
  return digest
}

/** What is to be given back next on this link, if anything. */
export function returnsDue(peer: OrgId, restore: PeerRestore | undefined): ReturnsDue | null {
  if (restore === undefined || restore.cursor === null) return null
  const { epoch, cursor } = restore
  return { kind: "returns-due", peer, epoch, lane: cursor.lane }
}

/** Whether a page may be given now: it is due, this node may seal, and the peer keeps up. */
function mayGive(desk: Desk, link: Link, restore: PeerRestore): boolean {
  if (restore.cursor === null || link.rolledBack !== undefined) return false
  const isByFile = (desk.withinMs?.(link.peer) ?? null) !== null
  return !isPutOff(restore, desk.clock.nowMs()) && !isBehind(restore, isByFile)
}

/** Gives back one page, where one may be given now. */
export async function giveBack(
  desk: Desk,
  turn: Turn,
  { peer, epoch }: ReturnsDue,
): Promise<ExchangeAnswer> {
  const { link } = await desk.memory.link(peer, desk.clock.nowMs())
  const restore = link.peerRestore
  if (restore?.epoch !== epoch || !mayGive(desk, link, restore)) {
    return { kind: "given-back", next: null }
  }
  const { cursor, items, passed, lane } = await nextPage(desk, peer, restore)
  const isSaid = items.length + passed.length > 0 || cursor === null
  const pages = restore.pages + Number(isSaid)
  const inHand = [...(restore.inHand ?? [])]
  if (isSaid) {
    const page = { epoch, page: pages, isLast: cursor === null, items, passed, lane }
    inHand.push(await sayReturned(desk, turn, peer, page))
  }
  const after = { ...restore, pages, cursor, inHand }
  await changeLink(desk, turn, peer, (it) => ({ ...it, peerRestore: after }))
  return { kind: "given-back", next: returnsDue(peer, after) }
}

/** A page has left the outbox: there is room for the next. */
export async function settlePage(
  desk: Desk,
  turn: Turn,
  { digest, peer }: { readonly digest: Digest; readonly peer: OrgId },
): Promise<void> {
  const { link } = await desk.memory.link(peer, desk.clock.nowMs())
  const after = withPageSettled(link, digest)
  if (after === link) return
  await changeLink(desk, turn, peer, () => after)
  const due = returnsDue(peer, after.peerRestore)
  if (due !== null) turn.outputs.push({ kind: "give-back", due })
}

/** What has come to light of what a restored peer may have lost, after its page may have gone. */
export async function giveBackLate(
  desk: Desk,
  turn: Turn,
  peer: OrgId,
  { direction, late }: { readonly direction: "out" | "in"; readonly late: Exchanged },
): Promise<void> {
  const { link } = await desk.memory.link(peer, desk.clock.nowMs())
  const restore = link.peerRestore
  if (restore === undefined || !isLost(restore, direction, late.place)) return
  if (link.rolledBack !== undefined) {
    await changeLink(desk, turn, peer, (it) => withAllAgain(it, restore))
    return
  }
  const page: Page = { items: [], passed: [], lane: late.place.lane, bytes: 0, cursor: null }
  await add(desk, page, direction, late)
  if (isEmpty(page)) return
  const { items, passed, lane } = page
  const { epoch } = restore
  await sayReturned(desk, turn, peer, { epoch, page: null, isLast: false, items, passed, lane })
}
