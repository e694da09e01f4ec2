/**
 * When a desk shows what: its feed hints that a thread has changed, and the moment that counts is
 * the one at which the desk has returned the warning's text.
 */

import { setTimeout as pause } from "node:timers/promises"

import type { DeskEvent } from "@tearline/cli"

import type { TrialNode } from "../node/trial-node.ts"

const againMs = 100

export class Watch {
  readonly #node: TrialNode
  readonly #stop = new AbortController()
  /** Threads that were hinted at. */
  readonly #hinted = new Set<string>()
  readonly #waiting = new Map<string, () => void>()
  readonly #open = Promise.withResolvers<void>()
  #listening: Promise<void> | undefined

  constructor(node: TrialNode) {
    this.#node = node
  }

  /** Resolves once hints are heard. */
  async start(): Promise<void> {
    this.#listening = this.#listen()
    await this.#open.promise
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#listening
  }

  /** Resolves with the moment at which the desk has shown the thread's warning. */
  async readable(thread: string, signal: AbortSignal): Promise<number> {
    while (!this.#hinted.has(thread)) {
      signal.throwIfAborted()
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting.set(thread, resolve)
      // Not by hints alone: one may have fallen between two connections to the feed.
      await Promise.race([promise, pause(1_000)])
      this.#waiting.delete(thread)
      if (await this.#isShown(thread)) return performance.now()
    }
    while (!(await this.#isShown(thread))) {
      signal.throwIfAborted()
      await pause(againMs)
    }
    return performance.now()
  }

  async #isShown(thread: string): Promise<boolean> {
    try {
      return (await this.#node.desk.thread(thread)).title !== undefined
    } catch {
      return false
    }
  }

  /** Listens again whenever the exchange has gone and come back. */
  async #listen(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        for await (const event of this.#node.desk.events(signal)) {
          this.#hint(event)
        }
      } catch {
        // Between two lives.
      }
      await pause(againMs, undefined, { signal }).catch(() => undefined)
    }
  }

  /** The first only says that the feed is open. */
  #hint(event: DeskEvent): void {
    this.#open.resolve()
    if (event.kind !== "thread") return
    const thread = String(event["thread"])
    this.#hinted.add(thread)
    this.#waiting.get(thread)?.()
  }
}
