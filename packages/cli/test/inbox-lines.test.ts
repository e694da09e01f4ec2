/** The inbox before a person: alarms above, machines' work rolled up, threats to life single. */

import { expect, test } from "vitest"

import type { NodeStatus, InboxLine } from "../src/desk/answers.ts"
import { inboxLines } from "../src/inbox-lines.ts"
import { styleFor } from "../src/terminal/style.ts"

const nowMs = Date.UTC(2030, 0, 15, 12)
const minute = 60_000

const status: NodeStatus = {
  org: "a".repeat(32),
  name: "Alder",
  status: "ready",
  nowMs,
  alarms: [],
  links: [],
  threads: { open: 0, closed: 0 },
  obligations: { open: 0, overdue: 0 },
  quarantined: 0,
  restored: null,
}

let count = 0
function owed(changes: Partial<InboxLine> = {}): InboxLine {
  count += 1
  return {
    id: `custody/${count}`,
    rule: "custody",
    thread: "b".repeat(32),
    peer: "c".repeat(32),
    peerName: "Birch",
    owedBy: "c".repeat(32),
    mine: false,
    bearer: "gateway",
    precedence: "PRIORITY",
    threadStatus: "actual",
    threatToLife: false,
    title: "a title",
    startMs: nowMs,
    dueMs: nowMs + count * minute,
    overdue: false,
    ...changes,
  }
}

const calling = { program: "tearline", dir: undefined }
const more = { ours: 0, theirs: 0 }
const shown = (list: readonly InboxLine[], changes: Partial<NodeStatus> = {}) =>
  inboxLines({
    owed: list,
    more,
    status: { ...status, ...changes },
    nowMs,
    style: styleFor(false),
    calling,
  })

test("custody and unsealed of one peer are one line, with how many and the oldest due time", () => {
  const lines = shown([owed({ dueMs: nowMs + minute }), owed({ rule: "unsealed" }), owed()])
  const rows = lines.filter((it) => it.includes("Birch"))
  expect(rows).toHaveLength(1)
  expect(rows[0]).toContain("3 messages")
  expect(rows[0]).toContain("12:01")
})

test("another peer, an exercise, a person's work and a threat to life each stay by themselves", () => {
  const life = { threatToLife: true, title: "a market" }
  const lines = shown([
    owed(),
    owed(),
    owed({ peer: "d".repeat(32), peerName: "Cedar" }),
    owed({ threadStatus: "exercise" }),
    owed({ rule: "read", bearer: "officer" }),
    owed(life),
    owed(life),
  ])
  expect(lines.filter((it) => it.includes("Birch"))).toHaveLength(5)
  expect(lines.filter((it) => it.includes("Cedar"))).toHaveLength(1)
  expect(lines.filter((it) => it.includes("a market"))).toHaveLength(2)
})

test("what a person must be told stands above everything, also above an empty inbox", () => {
  const kinds = ["clock-suspect", "conflict", "unknown-policy", "link-silent", "gaps", "new-kind"]
  const alarms = kinds.map((kind) => ({ kind, peerName: "Birch", thread: "b".repeat(32) }))
  const lines = shown([], { alarms })
  expect(lines.slice(0, kinds.length).every((it) => it.startsWith("! "))).toBe(true)
  expect(lines.at(kinds.length)).toContain("nothing waits for you")
  expect(lines[0]).toContain("clock")
})

test("a peer that was never heard is not said to have been", () => {
  const silent = { kind: "link-silent", peerName: "Birch", sinceMs: nowMs - 2 * 60 * minute }
  const [never, last] = [false, true].map((wasHeard) =>
    shown([], { alarms: [{ ...silent, wasHeard }] }).at(0),
  )
  expect(never).toBe("! Birch was added 2 h ago and has never been heard: see tearline status")
  expect(last).toBe("! Birch is silent, last heard 2 h ago")
})

test("what is left out is counted, and how to see it is said", () => {
  const style = styleFor(false)
  const owedLines = [owed({ mine: true, rule: "read" }), owed()]
  const cut = { ours: 700, theirs: 3 }
  const lines = inboxLines({ owed: owedLines, more: cut, status, nowMs, style, calling })
  expect(lines.filter((it) => it.includes("tearline inbox --all"))).toEqual([
    "  and 700 more, less urgent: tearline inbox --all",
    "  and 3 more, less urgent: tearline inbox --all",
  ])
  expect(shown(owedLines).join()).not.toContain("--all")
})

test("what is due at one time is listed in the order in which people take it up", () => {
  const rules = ["act", "reach", "read-back", "own", "read"]
  const list = rules.map((rule) => owed({ rule, mine: true, dueMs: nowMs + minute }))
  const lines = shown(list)
  const found = ["read it  ", "take it", "read it back", "reach those", "say what"]
  const places = found.map((duty) => lines.findIndex((line) => line.includes(duty)))
  expect(places).toEqual([1, 2, 3, 4, 5])
})

test("whatever is due first, the hint is to show the thread and then to act", () => {
  for (const [rule, command] of [
    ["read", "read"],
    ["agree-read-back", "read-back-reply"],
  ] as const) {
    const lines = shown([owed({ rule, mine: true, dueMs: nowMs + minute })])
    expect(lines.slice(-2)).toEqual([
      "next: tearline show bbbbbbbb",
      `then: tearline ${command} bbbbbbbb`,
    ])
  }
})
