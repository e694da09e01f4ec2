/** The desk interface of a running exchange whose gateway is away. */

import { randomBytes } from "node:crypto"
import { statSync } from "node:fs"

import { Client } from "pg"
import { afterAll, beforeAll, expect, test } from "vitest"

import { newLink, type Obligation, type OrgId, type ThreadId } from "@tearline/core"
import { kemKeyFromSeed } from "@tearline/crypto"
import { openExchangeStore } from "@tearline/store/exchange"

import {
  type ExchangeConfig,
  runExchange,
  type RunningExchange,
  systemClock,
} from "../src/index.ts"
import { encodeInvite } from "../src/invite.ts"
import { messageOf } from "../src/journal.ts"
import { askDesk } from "./node.ts"
import {
  type Database,
  exchangeDocument,
  nodeDatabase,
  organisation,
  type Organisation,
} from "./organisation.ts"
import { warningTo } from "./warning.ts"

let database: Database
let config: ExchangeConfig
let running: RunningExchange
let birch: Organisation
const written: string[] = []
const system = systemClock()
let aheadMs = 0
let isSuspect = false

beforeAll(async () => {
  database = await nodeDatabase()
  config = exchangeDocument(await organisation({ name: "Alder" }), database.exchange)
  birch = await organisation({ name: "Birch" })
  running = await runExchange(config, {
    clock: { ...system, nowMs: () => system.nowMs() + aheadMs, isSuspect: () => isSuspect },
    diagnostics: (...line) => void written.push(JSON.stringify(line)),
  })
})

afterAll(async () => {
  await running.close()
  await database.end()
})

interface Refusal {
  readonly code: string
  readonly message: string
  readonly hint: string
}

const refusal = async (path: string, body?: unknown, token?: string) =>
  await askDesk<Refusal>(config, path, { body, ...(token === undefined ? {} : { token }) })

function inviteOf({ parts }: Organisation): string {
  return encodeInvite({ identity: [parts.identity], operations: parts.operations })
}

function introduction(changes: object = {}): object {
  const { fingerprint } = birch
  return { invite: inviteOf(birch), fingerprint, officer: "officer", method: "voice", ...changes }
}

async function introduceBirch(): Promise<void> {
  expect((await refusal("/v1/peers", introduction())).status).toBe(200)
}

test("nothing is said to whoever does not carry the token", async () => {
  for (const path of ["/live", "/metrics", "/v1/status", "/v1/threads", "/v1/nothing"]) {
    const { status, body } = await refusal(path, undefined, "x".repeat(43))
    expect([status, body.code]).toEqual([401, "unauthorized"])
  }
})

test("the socket may be opened by this user alone", () => {
  expect(statSync(config.desk.socket).mode & 0o777).toBe(0o600)
})

test("a refusal names the field and never the value that was in it", async () => {
  const canary = "canary-9f2c"
  const { status, body } = await refusal("/v1/warnings", { officer: 7, content: canary })
  expect([status, body.code]).toEqual([400, "malformed_request"])
  expect(body.message).toContain("addressees")
  expect(JSON.stringify(body)).not.toContain(canary)
})

test("a request that is no json, or too large, is refused as such", async () => {
  const large = { text: "x".repeat(1_100_000) }
  expect((await refusal("/v1/warnings", large)).body.code).toBe("too_large")
  expect((await refusal("/v1/warnings", undefined)).status).toBe(404)
})

test("a warning to a stranger is refused before anything is sealed", async () => {
  const { status, body } = await refusal("/v1/warnings", warningTo([birch.org]))
  expect([status, body.code]).toEqual([404, "unknown_peer"])
})

test("no peer is taken in to whom nothing could be sealed, M-ID-13: it would stop every warning", async () => {
  const { publicKey } = (await kemKeyFromSeed(birch.kemSeed)).public
  // Its X25519 half is a point of small order.
  const hostile = await organisation({ kemPublicKey: publicKey.slice().fill(0, 1184) })
  const { fingerprint } = hostile
  const asked = introduction({ invite: inviteOf(hostile), fingerprint })
  const { status, body } = await refusal("/v1/peers", asked)
  expect([status, body.code]).toEqual([422, "bad_invite"])
  expect(body.message).toContain("bad_key")
})

test("a peer is taken in only with the fingerprint that a person has compared", async () => {
  const other = await refusal("/v1/peers", introduction({ fingerprint: "1".repeat(30) }))
  expect([other.status, other.body.code]).toEqual([409, "fingerprint_mismatch"])
  const torn = await refusal("/v1/peers", introduction({ invite: inviteOf(birch).slice(0, -8) }))
  expect([torn.status, torn.body.code]).toEqual([422, "bad_invite"])
  expect((await askDesk<object[]>(config, "/v1/peers")).body).toEqual([])
  await introduceBirch()
  const { body } = await askDesk<object[]>(config, "/v1/peers")
  expect(body).toMatchObject([
    { org: birch.org, name: "Birch", compared: { officer: "officer", method: "voice" } },
  ])
})

test("the content of a warning is held against its schema, and a fraction has no form", async () => {
  await introduceBirch()
  const warning = warningTo([birch.org]) as { content: object }
  const without = { ...warning, content: { ...warning.content, title: "" } }
  const empty = await refusal("/v1/warnings", without)
  expect([empty.status, empty.body.code]).toEqual([422, "malformed_content"])
  const fraction = { ...warning, content: { ...warning.content, extra: 0.5 } }
  const second = await refusal("/v1/warnings", fraction)
  expect([second.status, second.body.code]).toEqual([422, "malformed_content"])
})

test("a thread is found by the beginning of its id, and shows what was said", async () => {
  await introduceBirch()
  const said = await askDesk<{ threads: { thread: string }[] }>(config, "/v1/warnings", {
    body: warningTo([birch.org], { title: "a title" }),
  })
  const thread = said.body.threads[0]?.thread ?? ""
  const found = await askDesk<object>(config, `/v1/threads/${thread.slice(0, 12)}`)
  expect(found.body).toMatchObject({
    thread: { id: thread, peer: birch.org, peerName: "Birch" },
    title: "a title",
    precedence: "FLASH",
    messages: [{ kind: "warning", mine: true, number: 1, custodyAtMs: null }],
    obligations: [{ rule: "custody", owedBy: birch.org, end: null }],
  })
  expect((await refusal("/v1/threads/zz")).body.code).toBe("unknown_thread")
  const inbox = await askDesk<{ lines: object[] }>(config, "/v1/inbox")
  expect(inbox.body.lines).toContainEqual(
    expect.objectContaining({ thread, rule: "custody", mine: false, title: "a title" }),
  )
  const status = await askDesk<object>(config, "/v1/status")
  expect(status.body).toMatchObject({
    status: "no-gateway",
    links: [{ name: "Birch", isSilent: false, gaps: 0 }],
  })
})

test("a link that is silent, and a clock that jumped, reach a person unasked", async () => {
  await introduceBirch()
  await askDesk(config, "/v1/warnings", { body: warningTo([birch.org]) })
  const alarms = async () => (await askDesk<{ alarms: object[] }>(config, "/v1/status")).body.alarms
  const alive = async () =>
    (await askDesk<{ lines: { rule: string }[] }>(config, "/v1/inbox")).body.lines.filter(
      (it) => it.rule === "be-alive",
    )
  expect([await alarms(), await alive()]).toEqual([[], []])
  aheadMs = 3 * 3_600_000
  isSuspect = true
  expect(await alarms()).toContainEqual(
    expect.objectContaining({ kind: "link-silent", peer: birch.org, wasHeard: false }),
  )
  expect(await alive()).toContainEqual(
    expect.objectContaining({ thread: "", peer: birch.org, mine: false, overdue: true }),
  )
  await expect.poll(alarms, { timeout: 10_000 }).toContainEqual({ kind: "clock-suspect" })
  aheadMs = 0
  isSuspect = false
})

test("a damaged message is never used, and takes nothing but its thread out of sight", async () => {
  await introduceBirch()
  const said = await askDesk<{ threads: { thread: string }[] }>(config, "/v1/warnings", {
    body: warningTo([birch.org]),
  })
  const id = said.body.threads[0]?.thread ?? ""
  const store = await openExchangeStore(database.exchange, { org: config.org })
  const loaded = await store.loadThread(id as Parameters<typeof store.loadThread>[0])
  const whole = loaded?.messages[0]
  if (whole === undefined || loaded === undefined) throw new RangeError("no message was stored")
  const { statement, part } = messageOf(whole)
  const message = { ...whole, id: "0".repeat(64) as typeof whole.id, statement, part }
  await store.commit([
    {
      kind: "message",
      thread: loaded.head.id,
      peer: birch.org,
      direction: "in",
      message,
      signed: whole.signed,
      part: whole.part,
      opening: new Uint8Array(1),
      slotNumber: 1,
      learnedAtMs: 1,
    },
  ])
  await store.close()
  const { status, body } = await refusal(`/v1/threads/${id}`)
  expect([status, body.code]).toEqual([500, "corrupt"])
  const title = "(damaged: restore it from a backup)"
  const threads = await askDesk<object[]>(config, "/v1/threads")
  expect(threads.body).toContainEqual(expect.objectContaining({ id, title }))
  expect(threads.body).toContainEqual(expect.objectContaining({ title: "a title" }))
  const inbox = await askDesk<{ lines: object[] }>(config, "/v1/inbox")
  expect(inbox.body.lines).toContainEqual(expect.objectContaining({ thread: id, title }))
  expect(inbox.body.lines).toContainEqual(expect.objectContaining({ title: "a title" }))
  const node = await askDesk<{ alarms: object[] }>(config, "/v1/status")
  expect(node.body.alarms).toContainEqual(expect.objectContaining({ kind: "damaged", thread: id }))
})

interface Crowded {
  readonly lines: readonly { thread: string; id: string; mine: boolean }[]
  readonly more: { readonly ours: number; readonly theirs: number }
}

interface Page extends Pick<Crowded, "lines"> {
  readonly next: string | null
}

/** A thread with one peer in which we owe so much, due as late as said. */
async function oweMuch(peer: OrgId, options: { count: number; dueMs: number }): Promise<ThreadId> {
  const store = await openExchangeStore(database.exchange, { org: config.org })
  const id = randomBytes(16).toHex() as ThreadId
  const { count, dueMs } = options
  const thread = { id, originator: peer, addressee: config.org, status: "actual" } as const
  const viewHash = "0".repeat(64)
  const head = { peer, expectedVersion: null, version: 1, viewHash, isClosed: false }
  const owed = Array.from({ length: count }, (_, at) => ({
    kind: "obligation" as const,
    thread: id,
    obligation: {
      id: `read/${at}`,
      rule: "read",
      owedBy: config.org,
      bearer: "officer",
      about: "0".repeat(64),
      startMs: 1,
      dueMs,
      end: null,
    } as Obligation,
  }))
  await store.commit([{ kind: "thread", thread, ...head }, ...owed])
  await store.close()
  return id
}

test("a peer that fills the inbox hides nothing of another, and what is left out is said", async () => {
  const cedar = "c".repeat(32) as OrgId
  await oweMuch(birch.org, { count: 700, dueMs: 10 })
  const real = await oweMuch(cedar, { count: 1, dueMs: 20 })
  const { body } = await askDesk<Crowded>(config, "/v1/inbox")
  const mine = body.lines.filter((it) => it.mine)
  expect(mine).toHaveLength(500)
  expect(mine.some((it) => it.thread === real)).toBe(true)
  expect(body.more.ours).toBeGreaterThanOrEqual(201)
  const all = new Set<string>()
  let after: string | null = ""
  while (after !== null) {
    const page: Page = (await askDesk<Page>(config, `/v1/inbox/ours${after}`)).body
    for (const it of page.lines) all.add(`${it.thread}/${it.id}`)
    after = page.next && `?after=${encodeURIComponent(page.next)}`
  }
  expect(all.size).toBe(mine.length + body.more.ours)
  expect((await refusal("/v1/inbox/ours?after=x")).body.code).toBe("malformed_request")
})

test("M-LNK-19: one addressee whose link is in the way is left out and named, and the others are warned", async () => {
  await introduceBirch()
  const cedar = await organisation({ name: "Cedar" })
  const store = await openExchangeStore(database.exchange, { org: config.org })
  const rolledBack = { sinceMs: 1, unanswered: [] }
  const link = { ...newLink(cedar.org, Date.now()), rolledBack }
  await store.commit([{ kind: "link", link, expectedVersion: null, version: 1 }])
  await store.close()
  const { fingerprint } = cedar
  const added = await refusal("/v1/peers", introduction({ invite: inviteOf(cedar), fingerprint }))
  expect(added.status).toBe(200)
  const both = await askDesk<object>(config, "/v1/warnings", {
    body: warningTo([cedar.org, birch.org]),
  })
  expect(both.body).toMatchObject({
    threads: [{ org: birch.org }],
    leftOut: [{ org: cedar.org, code: "restored_without_epoch" }],
  })
  const alone = await refusal("/v1/warnings", warningTo([cedar.org]))
  expect([alone.status, alone.body.code]).toEqual([422, "restored_without_epoch"])
  expect(alone.body.message).toContain(cedar.org)
})

test("a damaged link is named, and takes nothing but itself out of sight", async () => {
  await introduceBirch()
  expect((await refusal("/v1/warnings", warningTo([birch.org]))).status).toBe(200)
  const state = async () => (await askDesk<object>(config, "/v1/status")).body
  const damage = { kind: "link-damaged", peer: birch.org, peerName: "Birch" }
  expect(await state()).toMatchObject({ alarms: expect.not.arrayContaining([damage]) })
  const client = new Client({ connectionString: database.exchange })
  await client.connect()
  const upTo = `set state = replace(state, '"epoch":1', '"epoch":3')`
  await client.query(`update exchange.link ${upTo} where peer = decode('${birch.org}', 'hex')`)
  await client.end()
  expect(await state()).toMatchObject({ alarms: expect.arrayContaining([damage]) })
  expect((await askDesk(config, "/v1/inbox")).status).toBe(200)
  // The running exchange knows better than the row, and writes it anew.
  expect((await refusal("/v1/warnings", warningTo([birch.org]))).status).toBe(200)
  expect(await state()).toMatchObject({ alarms: expect.not.arrayContaining([damage]) })
})

test("diagnostics name codes and never an officer, a token or a word that was said", async () => {
  const metrics = await askDesk<string>(config, "/metrics")
  const all = `${written.join("\n")}\n${metrics.body}`
  for (const secret of ['officer"', config.desk.token, config.exchangeKey, "a title", "market"]) {
    expect(all).not.toContain(secret)
  }
})
