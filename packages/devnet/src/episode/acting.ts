/**
 * Doing one step of an episode at one desk, once, also when a process is killed in the middle.
 *
 * A desk that does not answer may have done the act. So before an act is tried again it is looked
 * for among what that desk has said.
 */

import { setTimeout as pause } from "node:timers/promises"

import { CliError, type ThreadMessage } from "@tearline/cli"

import type { Network, Party } from "../node/network.ts"
import type { ActStep } from "./episode.ts"

/** The role in whose name all acts of an episode are done; nobody in it is a person. */
const officer = "duty-officer"
const againMs = 100
const patienceMs = 60_000

/** Asks until there is an answer, for as long as a killed process may take to come back. */
export async function patiently<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  const startedAt = performance.now()
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isAway(error) || performance.now() - startedAt > patienceMs) throw error
    }
    await pause(againMs)
  }
}

function isAway(error: unknown): boolean {
  return error instanceof CliError && (error.code === "not_running" || error.code === "no_answer")
}

/** What an episode's play has come to so far: the thread, and the message of each step. */
export interface Said {
  thread: string | undefined
  readonly messages: Map<string, string>
}

/** Does a step whose answer is there, and notes its message. */
export async function perform(network: Network, said: Said, step: ActStep): Promise<void> {
  const party = network.parties[step.by]
  const before = new Set((await ownMessages(party, said.thread)).map((it) => it.id))
  const startedAt = performance.now()
  for (;;) {
    try {
      await ask(network, said, step)
      return
    } catch (error) {
      if (!isAway(error) || performance.now() - startedAt > patienceMs) throw error
    }
    await network.time.quiet()
    if (await wasDone(party, { said, step, before })) return
    await pause(againMs)
  }
}

async function ask(network: Network, said: Said, step: ActStep): Promise<void> {
  const { desk } = network.parties[step.by].node
  if (step.act === "warning") {
    const { content, to = "birch", precedence = "FLASH", status = "exercise" } = step
    const addressees = [{ org: network.parties[to].node.org }]
    const made = await desk.warn({ addressees, precedence, status, content, officer })
    said.thread = made.threads[0]?.thread
    said.messages.set(step.id, made.message)
    return
  }
  const answers = [said.messages.get(step.answers ?? "") ?? ""]
  const { act: kind, content } = step
  const { message } = await desk.act(said.thread ?? "", { kind, content, answers, officer })
  said.messages.set(step.id, message)
}

interface Looked {
  readonly said: Said
  readonly step: ActStep
  readonly before: ReadonlySet<string>
}

async function wasDone(party: Party, { said, step, before }: Looked): Promise<boolean> {
  if (step.act === "warning") {
    const [thread] = (await patiently(() => party.node.desk.threads())).map((it) => it["id"])
    if (typeof thread === "string") said.thread = thread
  }
  const messages = await ownMessages(party, said.thread)
  const done = messages.find(
    ({ id, kind, content }) =>
      kind === step.act && !before.has(id) && content["step"] === step.content["step"],
  )
  if (done !== undefined) said.messages.set(step.id, done.id)
  return done !== undefined
}

async function ownMessages(
  { node }: Party,
  thread: string | undefined,
): Promise<readonly ThreadMessage[]> {
  if (thread === undefined) return []
  const { messages } = await patiently(() => node.desk.thread(thread))
  return messages.filter((it) => it.mine)
}
