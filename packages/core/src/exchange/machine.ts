/**
 * The exchange as a machine for the host loop: facts in, writes and orders out.
 *
 * Acts of officers, arrivals, custody and time all come through this one switch; nothing else in
 * the exchange changes a thread or a link.
 */

import type { Machine, Stepped } from "../host/host.ts"
import type { Digest } from "../ids.ts"
import { heartbeatIsDue, toldOf } from "../link/link.ts"
import type { Returned } from "../messages/restoring.ts"
import { readMessage } from "../messages/statement.ts"
import { policyHashOf } from "../thread/identity.ts"
import { withCustody, withRefusal } from "../thread/thread.ts"
import { precedences, type Lane } from "../vocabulary/precedence.ts"
import { planAct } from "./acts.ts"
import { answerClaims } from "./answering.ts"
import { giveBack, giveBackLate, returnsDue, settlePage } from "./giving-back.ts"
import {
  ActError,
  type Acted,
  type Arrived,
  type CustodyReceived,
  type ExchangeAnswer,
  type ExchangeInput,
  type ExchangeOutput,
  type RefusalReceived,
  type Ticked,
  type Unopenable,
} from "./inputs.ts"
import { openMemory } from "./memory.ts"
import type { ExchangeWrite } from "./ports.ts"
import { release } from "./releasing.ts"
import { reopen } from "./reopening.ts"
import { say } from "./saying.ts"
import { refuse, take } from "./taking.ts"
import {
  changeThread,
  credible,
  newTurn,
  writeThreads,
  type Desk,
  type ExchangePorts,
  type Turn,
} from "./turn.ts"
import { merged } from "./writes.ts"

export type ExchangeMachine = Machine<ExchangeInput, ExchangeWrite, ExchangeOutput, ExchangeAnswer>

/** The lane in which an input waits for its turn: that of what it answers, where it answers. */
export function laneOf(input: ExchangeInput): Lane {
  switch (input.kind) {
    case "released":
      return precedences.entries[input.precedence].lane
    case "arrived":
      return precedences.entries[input.opened.precedence].lane
    case "unopenable":
      return precedences.entries[input.precedence].lane
    case "acted":
      return precedences.entries[input.precedence ?? "IMMEDIATE"].lane
    case "custody-received":
    case "refusal-received":
      return input.item.lane
    case "ticked":
      return precedences.entries.ROUTINE.lane
    case "reopened":
      // Before anything else can take a number.
      return precedences.entries.FLASH.lane
    case "returns-due":
      return input.lane
  }
}

async function act(desk: Desk, turn: Turn, input: Acted): Promise<ExchangeAnswer> {
  const held = await desk.memory.thread(input.thread)
  if (held === undefined) {
    throw new ActError("unknown_thread", `there is no thread ${input.thread}; see tearline threads`)
  }
  const { thread } = held
  const planned = planAct(thread, desk.own, input, desk.policy)
  const [first] = planned.answers
  const answered = thread.messages.find((it) => it.id === first)
  const org = thread.originator === desk.own ? thread.addressee : thread.originator
  const { id: message } = await say(desk, turn, {
    ...planned,
    precedence: answered?.statement.precedence ?? "ROUTINE",
    status: thread.status,
    to: [{ org, thread }],
  })
  const atMs = desk.clock.nowMs()
  turn.writes.push({ kind: "act", message, act: input.act, officer: input.officer, atMs })
  return { kind: "said", message, threads: [{ org, thread: thread.id }], leftOut: [] }
}

async function noteCustody(
  desk: Desk,
  turn: Turn,
  { item, custody: stated, receipt }: CustodyReceived,
): Promise<ExchangeAnswer> {
  if (stated.digest !== item.digest) return { kind: "refused", code: "foreign_receipt" }
  const custody = { ...stated, atMs: credible(desk, stated.atMs) }
  const { thread } = item
  if (thread !== null) await changeThread(desk, turn, thread, (it) => withCustody(it, custody))
  turn.writes.push({ kind: "custody", thread, custody, receipt }, { kind: "dequeue", id: item.id })
  await settlePage(desk, turn, item)
  await giveBackOld(desk, turn, item, receipt)
  return { kind: "noted" }
}

/**
 * A peer that was restored meanwhile may have held this before and have lost it: then its gateway
 * gives the first receipt again and its exchange nothing.
 */
async function giveBackOld(
  desk: Desk,
  turn: Turn,
  { digest, peer, createdAtMs }: CustodyReceived["item"],
  custody: Uint8Array,
): Promise<void> {
  const { link } = await desk.memory.link(peer, desk.clock.nowMs())
  if (createdAtMs > (link.peerRestore?.acceptedAtMs ?? -1)) return
  const sent = await desk.journal.sent(digest, peer)
  if (sent === undefined) return
  await giveBackLate(desk, turn, peer, { direction: "out", late: { ...sent, custody } })
}

async function noteRefusal(
  desk: Desk,
  turn: Turn,
  { item, code, atMs }: RefusalReceived,
): Promise<ExchangeAnswer> {
  const { thread, digest, peer } = item
  const refusal = { digest, by: peer, code, atMs: credible(desk, atMs) }
  if (thread !== null) await changeThread(desk, turn, thread, (it) => withRefusal(it, refusal))
  turn.writes.push({ kind: "refusal", thread, refusal }, { kind: "dequeue", id: item.id })
  await settlePage(desk, turn, item)
  return { kind: "noted" }
}

async function tick(desk: Desk, turn: Turn, { links }: Ticked): Promise<ExchangeAnswer> {
  const nowMs = desk.clock.nowMs()
  for (const { peer, heartbeatMs } of links) {
    await answerClaims(desk, turn, peer)
    const { link } = await desk.memory.link(peer, nowMs)
    const due = returnsDue(peer, link.peerRestore)
    if (due !== null) turn.outputs.push({ kind: "give-back", due })
    if (link.rolledBack !== undefined || !heartbeatIsDue(link, heartbeatMs, nowMs)) continue
    await say(desk, turn, {
      kind: "heartbeat",
      content: { held: toldOf(link) },
      answers: [],
      precedence: "ROUTINE",
      status: "actual",
      to: [{ org: peer, thread: null }],
    })
  }
  return { kind: "noted" }
}

/** The envelopes of which an arrival may have brought messages: its own, or those given back. */
function broughtBy(input: Arrived | Unopenable): readonly Digest[] {
  if (input.kind === "unopenable") return []
  const { statement, part, digest } = input.opened
  const read = readMessage(statement, part, input.opened)
  if (read.kind === "refused" || read.statement.kind !== "returned") return [digest]
  return (read.statement.content as unknown as Returned).items.map((it) => it.digest)
}

/**
 * Tells again what was told when this envelope was first taken or refused: a commit that was
 * reported as failed may have been durable, and then nobody was told anything.
 */
async function tellAgain(
  desk: Desk,
  turn: Turn,
  input: Arrived | Unopenable,
): Promise<ExchangeAnswer> {
  const { digest, sender } = input.kind === "arrived" ? input.opened : input
  turn.outputs.push({ kind: "taken", digest })
  for (const brought of broughtBy(input)) {
    const thread = await desk.journal.threadOf(brought, sender)
    if (thread !== undefined && thread !== null) turn.outputs.push({ kind: "show", thread })
  }
  return { kind: "again" }
}

function handle(desk: Desk, turn: Turn, input: ExchangeInput): Promise<ExchangeAnswer> {
  switch (input.kind) {
    case "released":
      return release(desk, turn, input)
    case "acted":
      return act(desk, turn, input)
    case "arrived":
    case "unopenable":
      return arrive(desk, turn, input)
    case "custody-received":
      return noteCustody(desk, turn, input)
    case "refusal-received":
      return noteRefusal(desk, turn, input)
    case "ticked":
      return tick(desk, turn, input)
    case "reopened":
      return reopen(desk, turn, input)
    case "returns-due":
      return giveBack(desk, turn, input)
  }
}

async function arrive(
  desk: Desk,
  turn: Turn,
  input: Arrived | Unopenable,
): Promise<ExchangeAnswer> {
  const { digest } = input.kind === "arrived" ? input.opened : input
  if (await desk.journal.hasArrived(digest)) return tellAgain(desk, turn, input)
  return input.kind === "arrived" ? take(desk, turn, input) : refuse(desk, turn, input, input.code)
}

async function stepped(desk: Desk, turn: Turn, input: ExchangeInput): Promise<ExchangeAnswer> {
  const answer = await handle(desk, turn, input)
  await writeThreads(desk, turn)
  return answer
}

/** What the exchange's host loop needs beyond the ports: where its orders go. */
export interface ExchangeShell extends ExchangePorts {
  readonly perform: (output: ExchangeOutput) => void
}

/** The machine that the exchange's host loop runs. */
export function exchangeMachine(shell: ExchangeShell): ExchangeMachine {
  const memory = openMemory(shell.journal, shell.policy)
  // Digests taken in this turn, which the journal does not know yet.
  const taken = new Set<Digest>()
  const journal: Desk["journal"] = {
    thread: (id) => shell.journal.thread(id),
    threadOf: (digest, peer) => shell.journal.threadOf(digest, peer),
    link: (peer) => shell.journal.link(peer),
    exchanged: (query) => shell.journal.exchanged(query),
    sent: (digest, peer) => shell.journal.sent(digest, peer),
    hasArrived: async (digest) => taken.has(digest) || shell.journal.hasArrived(digest),
    commit: (writes) => shell.journal.commit(writes),
  }
  const policyHash = policyHashOf(shell.hashing, shell.policy)
  const desk: Desk = { ...shell, journal, memory, policyHash }
  return {
    async step(input): Promise<Stepped<ExchangeWrite, ExchangeOutput, ExchangeAnswer>> {
      const turn = newTurn()
      memory.begin()
      const answer = await stepped(desk, turn, input).catch((error: unknown) => {
        memory.undo()
        throw error
      })
      for (const it of turn.writes) if (it.kind === "arrival") taken.add(it.digest)
      const { writes, outputs } = turn
      return { writes, outputs, answer }
    },
    async commit(writes) {
      await shell.journal.commit(merged(writes))
      memory.settle()
      taken.clear()
    },
    forget() {
      memory.forget()
      taken.clear()
    },
    perform: shell.perform,
  }
}
