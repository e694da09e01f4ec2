/**
 * What exchange and courier ask of the inner listener, read out of their bytes: spec/carriage.md 4
 * and spec/carriers.md 4. All throw `malformed`, or the codes of `decode`.
 */

import type { CarriedPlace, Digest, Lane, OrgId, TakePage } from "@tearline/core"
import { decode } from "@tearline/crypto"

import { GatewayError } from "./gateway-error.ts"

const orgForm = /^[0-9a-f]{32}$/
const digestForm = /^[0-9a-f]{64}$/

// A list of one text spells like the text, so that a form alone says nothing of a value.
function isOrg(value: unknown): value is OrgId {
  return typeof value === "string" && orgForm.test(value)
}

function isDigest(value: unknown): value is Digest {
  return typeof value === "string" && digestForm.test(value)
}

function isLane(value: unknown): value is Lane {
  return value === 0 || value === 1 || value === 2 || value === 3
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
}

function isCarriedKind(value: unknown): value is CarriedPlace["kind"] {
  return value === "unit" || value === "custody" || value === "refusal"
}

/** The items of a list of so many; none of another value. */
function itemsOf(value: unknown, count: number): readonly unknown[] {
  return Array.isArray(value) && value.length === count ? (value as unknown[]) : []
}

/** What the exchange has taken: digests. */
export function readTaken(bytes: Uint8Array): readonly Digest[] {
  const list: unknown = decode(bytes)
  if (Array.isArray(list) && list.every(isDigest)) return list
  throw malformed("what was taken is a list of digests in hexadecimal")
}

export interface SettledUnit {
  readonly peer: OrgId
  readonly digest: Digest
}

/** What the exchange has settled of what came back by file: `[[peer, digest]]`. */
export function readSettled(bytes: Uint8Array): readonly SettledUnit[] {
  const list: unknown = decode(bytes)
  if (!Array.isArray(list)) throw notSettled()
  return list.map((item) => {
    const [peer, digest] = itemsOf(item, 2)
    if (!isOrg(peer) || !isDigest(digest)) throw notSettled()
    return { peer, digest }
  })
}

function notSettled(): GatewayError {
  return malformed("what is settled is a list of [peer, digest]")
}

/** Where a courier goes on: `[to or null, place or null]`. */
export function readPage(bytes: Uint8Array): TakePage {
  const value: unknown = decode(bytes)
  const [to, after] = itemsOf(value, 2)
  if (to !== null && !isOrg(to)) throw notPage()
  return { to, after: after === null ? null : placeOf(after) }
}

function placeOf(value: unknown): CarriedPlace {
  const [lane, atMs, digest, peer, kind] = itemsOf(value, 5)
  if (!isLane(lane) || !isTime(atMs) || !isDigest(digest)) throw notPage()
  if (!isOrg(peer) || !isCarriedKind(kind)) throw notPage()
  return { lane, atMs, digest, peer, kind }
}

function notPage(): GatewayError {
  return malformed("a page is [to or null, place or null]: spec/carriers.md 4")
}

export interface ClosedStick {
  readonly openedMs: number
  readonly from: readonly OrgId[]
}

/** A stick is in: `[when it was opened, organisations]`. */
export function readClosed(bytes: Uint8Array): ClosedStick {
  const value: unknown = decode(bytes)
  const [openedMs, from] = itemsOf(value, 2)
  if (isTime(openedMs) && Array.isArray(from) && from.every(isOrg)) return { openedMs, from }
  throw malformed("a stick that is in is [when it was opened, organisations]: spec/carriers.md 4")
}

function malformed(message: string): GatewayError {
  return new GatewayError("malformed", message)
}
