/** An episode rehearsed in the core alone: every message held at once, nothing lost, no process. */

import {
  builtInPolicy,
  emptyThread,
  kindRule,
  type Message,
  nextPlace,
  type Obligation,
  type Thread,
  viewThread,
  withCustody,
  withMessage,
} from "@tearline/core"
import { type Episode, momentOf } from "@tearline/devnet"

const orgs = { alder: "a", birch: "b", cedar: "c" }
const id = (digit: string, length: number) => digit.padStart(length, "0")

interface Rehearsed {
  readonly obligations: readonly Obligation[]
  /** The message of each step. */
  readonly messages: ReadonlyMap<string, string>
}

export function rehearse(episode: Episode): Rehearsed {
  const messages = new Map<string, string>()
  let count = 0
  let thread = {
    ...emptyThread({
      id: id("1", 32) as Thread["id"],
      originator: id(orgs.alder, 32) as Thread["originator"],
      addressee: id(orgs.birch, 32) as Thread["addressee"],
      status: "exercise",
    }),
  }
  const say = (by: "alder" | "birch" | "cedar", kind: string, rest: Said): Message => {
    count += 1
    const author = id(orgs[by], 32) as Thread["originator"]
    const message = {
      id: id(count.toString(16), 64),
      digest: id((count + 4096).toString(16), 64),
      statement: { kind, author, status: "exercise", precedence: "FLASH", ...rest },
      part: {
        subject: { thread: thread.id },
        epoch: 1,
        ...nextPlace(thread, author, 1),
      },
    } as unknown as Message
    const at = { digest: message.digest, by: author, atMs: rest.atMs }
    thread = withCustody(withMessage(thread, message), at)
    return message
  }
  for (const step of episode.steps) {
    if (step.kind === "event") continue
    const answered = messages.get(step.answers ?? "")
    const answers = answered === undefined ? [] : [answered]
    const content = step.act === "receipt" ? { ...step.content, of: answered } : step.content
    const atMs = momentOf(step)
    const message = say(step.by, step.act, { atMs, answers, content })
    messages.set(step.id, message.id)
    if (kindRule(step.act)?.owesReading !== true) continue
    const other = step.by === "alder" ? "birch" : "alder"
    const opened = { step: "unsealed", of: message.id }
    say(other, "receipt", { atMs, answers: [message.id], content: opened })
  }
  return { obligations: viewThread(thread, builtInPolicy).obligations, messages }
}

interface Said {
  readonly atMs: number
  readonly answers: readonly string[]
  readonly content: Readonly<Record<string, unknown>>
}
