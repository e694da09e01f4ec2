/** Whole nodes over loopback: real servers, real processes, real cryptography. */

import { afterAll, beforeAll, expect, test } from "vitest"

import { introduce, type Node, startNode, until } from "./node.ts"
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
  readonly messages: readonly { kind: string; content: Record<string, unknown> }[]
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
