/**
 * What a thread is about, for lists: its warning's title and precedence. They never change, so each
 * thread is read once.
 */

import type { Precedence, Thread, ThreadId } from "@tearline/core"
import type { ExchangeStore } from "@tearline/store/exchange"

import { codeOf } from "../exchange-error.ts"
import { kindOfStored, messageOf } from "../journal.ts"

export interface Subject {
  readonly title: string
  readonly precedence: Precedence
  readonly threatToLife: boolean
}

/** A thread whose warning is not here yet: until it is, the worst is assumed. */
const unknown: Subject = {
  title: "(the warning is not here yet)",
  precedence: "IMMEDIATE",
  threatToLife: true,
}
const damaged: Subject = { ...unknown, title: "(damaged: restore it from a backup)" }
const keptMax = 10_000
const atOnceMax = 8

export function subjectOf({ messages }: Pick<Thread, "messages">): Subject | undefined {
  const warning = messages.find((it) => it.statement.kind === "warning")
  if (warning === undefined) return undefined
  const { content, precedence } = warning.statement
  // Every warning that came in or went out was held against the schema, which has a title.
  return {
    title: content["title"] as string,
    precedence,
    threatToLife: content["threatToLife"] === true,
  }
}

export class Subjects {
  readonly #store: Pick<ExchangeStore, "loadThread">
  readonly #kept = new Map<ThreadId, Subject>()

  constructor(store: Pick<ExchangeStore, "loadThread">) {
    this.#store = store
  }

  async of(threads: readonly ThreadId[]): Promise<ReadonlyMap<ThreadId, Subject>> {
    const missing = [...new Set(threads)].filter((it) => !this.#kept.has(it))
    const found = new Map<ThreadId, Subject>()
    for (let at = 0; at < missing.length; at += atOnceMax) {
      const some = missing.slice(at, at + atOnceMax)
      await Promise.all(some.map(async (it) => found.set(it, await this.#read(it))))
    }
    return new Map(threads.map((it) => [it, found.get(it) ?? this.#kept.get(it) ?? unknown]))
  }

  /** One that is damaged is shown as such: it must not take the others out of sight. */
  async #read(thread: ThreadId): Promise<Subject> {
    try {
      return await this.#whole(thread)
    } catch (error) {
      if (codeOf(error) === "corrupt") return damaged
      throw error
    }
  }

  async #whole(thread: ThreadId): Promise<Subject> {
    const loaded = await this.#store.loadThread(thread)
    const warning = loaded?.messages.find((it) => kindOfStored(it) === "warning")
    const subject = warning && subjectOf({ messages: [messageOf(warning)] })
    if (subject === undefined) return unknown
    this.#kept.set(thread, subject)
    const oldest = this.#kept.keys().next().value
    if (this.#kept.size > keptMax && oldest !== undefined) this.#kept.delete(oldest)
    return subject
  }
}
