/** What the reckoning of a storm makes of a receipt that is none, and of rows that are not there. */

import { createHash } from "node:crypto"

import { expect, test } from "vitest"

import type { ThreadId } from "@tearline/core"
import { generateSigningKey, signCustody } from "@tearline/crypto"

import type { Sender } from "../src/load/sender.ts"
import type { Handed } from "../src/load/storming.ts"
import type { Party } from "../src/node/party.ts"
import type { Books } from "../src/reckoning/books.ts"
import { reckonStorm } from "../src/reckoning/storm-books.ts"

const key = generateSigningKey()
const [birch, alder] = ["b1".repeat(16), "a1".repeat(16)]
const [digest, unit] = ["d1".repeat(32), Buffer.from("a sealed unit")]
const unitHash = createHash("sha256").update(unit).digest()

const about = {
  digest: Uint8Array.fromHex(digest),
  sender: Uint8Array.fromHex(alder),
  recipient: Uint8Array.fromHex(birch),
  atMs: 1,
  unitHash,
}

function handedWith(receipt: Uint8Array): Handed {
  const [sender, thread] = [{ org: alder } as Sender, "t1" as ThreadId]
  const warning = { sender, thread, lane: 3, digest, unit }
  return { warning, dueMs: 0, custodyMs: 0, attempts: 1, receipt }
}

const good = handedWith(signCustody(key, about))
const row = { id: "m1", peer: alder, thread: "t1", digest, direction: "in", place: "" } as const

function booksWith(found: Partial<Books>): Books {
  return {
    node: { org: birch } as Party,
    messages: [row],
    threads: new Map(),
    owed: new Map(),
    custody: new Set(),
    taken: new Set([digest]),
    held: new Set([digest]),
    ...found,
  }
}

const reckoned = (handed: Handed, found: Partial<Books> = {}) =>
  reckonStorm([handed], booksWith(found), key.verifying.publicKey)

test("nothing is lost or wrong where receipt and both databases agree", () => {
  expect(reckoned(good)).toEqual({ lost: [], wrong: [] })
})

test.each<[string, Handed]>([
  ["bytes that are none", handedWith(Buffer.from("OK"))],
  ["one by another key", handedWith(signCustody(generateSigningKey(), about))],
])("an answer is no custody without a receipt that holds: %s", (_, handed) => {
  expect(reckoned(handed).wrong.join()).toContain("what came for a receipt of custody is none")
})

test("a receipt for another unit, sender or node is none for this", () => {
  const other = Uint8Array.fromHex("ff".repeat(16))
  const others = [{ unitHash: about.digest }, { sender: other }, { recipient: other }]
  for (const it of others) {
    const { wrong } = reckoned(handedWith(signCustody(key, { ...about, ...it })))
    expect(wrong).toEqual(["thread t1: the receipt of custody is about something else"])
  }
})

test("what is in custody and in either database not is lost", () => {
  expect(reckoned(good, { messages: [] }).lost).toEqual(["thread t1: in custody, and gone"])
  expect(reckoned(good, { held: new Set() }).lost).toHaveLength(1)
})

test("what was never taken, taken twice, or sent by nobody is wrong", () => {
  expect(reckoned(good, { taken: new Set() }).wrong).toHaveLength(1)
  expect(reckoned(good, { messages: [row, { ...row, id: "m2" }] }).wrong).toHaveLength(1)
  const strange = { ...row, id: "m3", digest: "ee".repeat(32) }
  expect(reckoned(good, { messages: [row, strange] }).wrong).toHaveLength(1)
})
