/** Whole nodes over loopback: real servers, real processes, real cryptography. */

import { Client } from "pg"
import { afterAll, beforeAll, expect, test } from "vitest"

import { GatewayLine } from "../src/gateway-line.ts"
import { askDesk, introduce, type Node, startNode, until, untilCounted } from "./node.ts"
import { sealedTo } from "./units.ts"
import { warningTo } from "./warning.ts"

let alder: Node
let birch: Node

beforeAll(async () => {
  ;[alder, birch] = await Promise.all([startNode("Alder"), startNode("Birch")])
  await introduce(alder, birch)
})

afterAll(async () => {
  await Promise.all([alder.end(), birch.end()])
})

interface Report {
  readonly viewHash: string
  readonly messages: readonly { id: string; kind: string; content: Record<string, unknown> }[]
  readonly obligations: readonly { rule: string; end: object | null }[]
}

interface Said {
  readonly threads: readonly { readonly thread: string }[]
}

async function warn(from: Node, to: Node, text = "a market"): Promise<string> {
  const said = await from.post<Said>("/v1/warnings", warningTo([to.own.org], { text }))
  return said.threads[0]?.thread ?? ""
}

const report = (node: Node, thread: string) => node.get<Report>(`/v1/threads/${thread}`)

function isEnded({ obligations }: Report, rule: string): boolean {
  return obligations.some((it) => it.rule === rule && it.end !== null)
}

test("a warning is held, opened and read, and both sides come to the same view", async () => {
  const thread = await warn(alder, birch)
  await until(
    () => report(alder, thread),
    (it) => isEnded(it, "custody") && isEnded(it, "unsealed"),
  )
  await birch.post(`/v1/threads/${thread}/acts`, {
    kind: "receipt",
    content: { step: "read", role: "duty-officer" },
    officer: "officer",
  })
  await until(
    () => report(alder, thread),
    (it) => isEnded(it, "read"),
  )
  const views = await until(
    async () => [await report(alder, thread), await report(birch, thread)],
    ([one, other]) => one?.viewHash === other?.viewHash,
  )
  expect(views[0]?.messages.map((it) => it.kind)).toEqual(["warning", "receipt", "receipt"])
  expect(views[1]?.messages.map((it) => it.content)).toEqual(
    views[0]?.messages.map((it) => it.content),
  )
})

const isHere = async (node: Node, thread: string): Promise<boolean> => {
  const { status } = await askDesk(node.config, `/v1/threads/${thread}`)
  return status === 200
}

/** Both sides agree, which needs every receipt of either to have arrived. */
const agree = async (thread: string): Promise<Report> => {
  await until(() => isHere(birch, thread), Boolean)
  const [view] = await until(
    async () => [await report(alder, thread), await report(birch, thread)] as const,
    ([one, other]) => one.viewHash === other.viewHash && isEnded(one, "unsealed"),
  )
  return view
}

test("an exchange that is killed after the commit and before the send goes on by itself", async () => {
  await alder.gateway.end("SIGKILL")
  const thread = await warn(alder, birch)
  await alder.exchange.end("SIGKILL")
  await alder.startExchange()
  await alder.startGateway()
  expect(isEnded(await agree(thread), "custody")).toBe(true)
})

test("an exchange that is killed again and again while it takes things in takes each in once", async () => {
  const threads: string[] = []
  for (let round = 0; round < 3; round += 1) {
    for (let at = 0; at < 5; at += 1) threads.push(await warn(alder, birch))
    await birch.exchange.end("SIGKILL")
    await birch.startExchange()
  }
  for (const thread of threads) {
    const view = await agree(thread)
    expect(view.messages.map((it) => it.kind)).toEqual(["warning", "receipt"])
  }
})

test("M-CAR-21: what waits of a peer that the database has lost is taken in once it is added again", async () => {
  await birch.exchange.end("SIGTERM")
  const thread = await warn(alder, birch)
  await until(
    () => report(alder, thread),
    (it) => isEnded(it, "custody"),
  )
  // It is left out at the next start, as after a restore from before it was added.
  const client = new Client(birch.database.exchange)
  await client.connect()
  await client.query("update exchange.peer set identity = ''")
  await client.end()
  await birch.startExchange()
  const unknown = "arrival_of_unknown_peer"
  await until(
    async () => birch.exchange.diagnostics,
    (lines) => lines.some((it) => it.includes(unknown)),
  )
  const alarm = { kind: "peer-unknown", peer: alder.own.org }
  expect(await birch.get("/v1/status")).toMatchObject({ alarms: [alarm] })
  await introduce(alder, birch)
  const { messages } = await agree(thread)
  expect(messages[0]?.kind).toBe("warning")
})

test("after an outage of the peer a warning arrives by itself within ten seconds", async () => {
  await birch.gateway.end("SIGKILL")
  const thread = await warn(alder, birch)
  const tried = () =>
    alder.get<string>("/metrics").then((it) => /outcome="peer_unreachable"\} (\d+)/.exec(it))
  await until(tried, (it) => Number(it?.[1] ?? 0) >= 5)
  await birch.startGateway()
  const backAt = performance.now()
  await until(() => isHere(birch, thread), Boolean)
  expect(performance.now() - backAt).toBeLessThan(10_000)
  await agree(thread)
})

test("no word of a warning, no officer and no key is in any diagnostic line or metric (I13)", async () => {
  const canary = "canary-4b71"
  const thread = await warn(alder, birch, canary)
  await agree(thread)
  expect(JSON.stringify(await report(birch, thread))).toContain(canary)
  const metrics = await Promise.all([alder, birch].map((it) => it.get<string>("/metrics")))
  const all = [...alder.diagnostics(), ...birch.diagnostics(), ...metrics].join("\n")
  expect(all).toContain("arrivals")
  const { token } = alder.config.desk
  for (const secret of [canary, "officer", token, alder.config.exchangeKey]) {
    expect(all).not.toContain(secret)
  }
})

test("a kind that this version does not speak is kept, shown and answered unknown_kind", async () => {
  const thread = await warn(alder, birch)
  const { messages } = await agree(thread)
  const policy = "0".repeat(64)
  const statement = {
    version: 1,
    kind: "later-kind",
    author: alder.own.org,
    atMs: 1_800_000_000_000,
    status: "exercise",
    precedence: "FLASH",
    evidence: "signed",
    policy,
    answers: [],
    content: { text: "of a later version" },
  }
  const privatePart = {
    subject: { thread },
    epoch: 1,
    number: 2,
    previous: messages[0]?.id ?? null,
    asks: [],
    releasableTo: [],
    policy,
    held: [],
  }
  const options = { kind: "later-kind", statement, privatePart, number: 99 }
  const sealed = await sealedTo(alder.own, birch.own, options)
  const line = new GatewayLine(alder.config.gateway)
  const asked = await line.ask({
    method: "POST",
    path: `/inner/v1/departures?to=${birch.own.org}&lane=0`,
    body: sealed.unit,
    signal: AbortSignal.timeout(10_000),
  })
  line.close()
  expect(asked.status).toBe(200)
  const shown = await until(
    () => report(birch, thread),
    (it) => it.messages.some(({ kind }) => kind === "later-kind"),
  )
  expect(shown.messages.at(-1)?.content).toEqual({ text: "of a later version" })
  const gaps = await birch.get<{ links: { gaps: number }[] }>("/v1/status")
  expect(gaps.links[0]?.gaps).toBeGreaterThan(0)
  const counted = () => birch.get<string>("/metrics")
  await untilCounted(counted, (it) =>
    /departures_total\{lane="3",outcome="custody"\} [1-9]/.test(it),
  )
  // What this database never gave a number to was sealed by an older or another one of its keys.
  const status = () => alder.get<{ alarms: { kind: string }[] }>("/v1/status")
  await until(status, ({ alarms }) => alarms.some((it) => it.kind === "restored-without-epoch"))
  await expect(warn(alder, birch)).rejects.toThrow("restored_without_epoch")
})
