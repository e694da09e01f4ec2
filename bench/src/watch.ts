/** Waiting for what a desk would see: hints that something changed, then a look at the thread. */

import type { DeskClient, ThreadDocument } from "@tearline/cli"

export interface Watch {
  /** Resolves when the thread, as the exchange's API returns it, is as wanted; gives that moment. */
  until(thread: string, isWanted: (document: ThreadDocument) => boolean): Promise<number>
  stop(): void
}

const patienceMs = 60_000

/** Watches a desk's feed. A hint costs one look; nothing is polled. */
export async function watch(desk: DeskClient): Promise<Watch> {
  const controller = new AbortController()
  const waiting = new Map<string, Set<() => void>>()
  /** Threads that have been hinted at: nothing else is worth a look yet. */
  const hinted = new Set<string>()
  const listening = Promise.withResolvers<void>()

  async function listen(): Promise<void> {
    for await (const event of desk.events(controller.signal)) {
      listening.resolve()
      const thread = String(event["thread"])
      hinted.add(thread)
      for (const look of waiting.get(thread) ?? []) look()
    }
  }
  const feed = listen().catch((error: unknown) => {
    if (!controller.signal.aborted) listening.reject(error)
  })
  // The feed says hello first, so that no hint is missed between asking and listening.
  await Promise.race([listening.promise, feed])

  return {
    stop: () => controller.abort(),
    async until(thread, isWanted) {
      const { promise, resolve, reject } = Promise.withResolvers<number>()
      const timer = setTimeout(() => reject(new Error(`${thread} did not come`)), patienceMs)
      const looks = waiting.get(thread) ?? new Set()
      waiting.set(thread, looks)
      let isLooking = false
      let again = false
      async function look(): Promise<void> {
        if (isLooking) {
          again = true
          return
        }
        isLooking = true
        do {
          again = false
          const document = await desk.thread(thread).catch(() => undefined)
          if (document !== undefined && isWanted(document)) resolve(performance.now())
        } while (again)
        isLooking = false
      }
      const onHint = () => void look()
      looks.add(onHint)
      if (hinted.has(thread)) onHint()
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        looks.delete(onHint)
        if (looks.size === 0) waiting.delete(thread)
      }
    },
  }
}
