/** An exchange's memory as plain maps: what a commit writes, the next step reads. */

import {
  emptyThread,
  withCustody,
  withMessage,
  withRefusal,
  type Digest,
  type ExchangeJournal,
  type ExchangeWrite,
  type OrgId,
  type StoredLink,
  type Thread,
  type ThreadId,
} from "@tearline/core"

export interface MapJournal extends ExchangeJournal {
  readonly threads: ReadonlyMap<ThreadId, Thread>
  readonly links: ReadonlyMap<OrgId, StoredLink>
  /** Rows that the node would have written, of all kinds. */
  readonly written: { rows: number }
}

export function mapJournal(): MapJournal {
  const threads = new Map<ThreadId, Thread>()
  const versions = new Map<ThreadId, number>()
  const links = new Map<OrgId, StoredLink>()
  const digests = new Map<string, ThreadId | null>()
  const arrived = new Set<Digest>()
  const written = { rows: 0 }

  function change(id: ThreadId | null, how: (thread: Thread) => Thread): void {
    const thread = id === null ? undefined : threads.get(id)
    if (thread !== undefined && id !== null) threads.set(id, how(thread))
  }

  function apply(write: ExchangeWrite): void {
    switch (write.kind) {
      case "thread":
        if (!threads.has(write.thread.id)) threads.set(write.thread.id, emptyThread(write.thread))
        versions.set(write.thread.id, write.version)
        return
      case "message":
        digests.set(`${write.message.digest}/${write.peer}`, write.thread)
        change(write.thread, (it) => withMessage(it, write.message))
        return
      case "custody":
        change(write.thread, (it) => withCustody(it, write.custody))
        return
      case "refusal":
        change(write.thread, (it) => withRefusal(it, write.refusal))
        return
      case "link":
        links.set(write.link.peer, write)
        return
      case "arrival":
        arrived.add(write.digest)
        return
      case "obligation":
      case "enqueue":
      case "dequeue":
      case "act":
    }
  }

  return {
    threads,
    links,
    written,
    async thread(id) {
      const thread = threads.get(id)
      return thread && { thread, version: versions.get(id) ?? 0 }
    },
    threadOf: async (digest, peer) => digests.get(`${digest}/${peer}`),
    link: async (peer) => links.get(peer),
    exchanged: async () => [],
    sent: async () => undefined,
    hasArrived: async (digest) => arrived.has(digest),
    async commit(writes) {
      written.rows += writes.length
      // Heads first: messages and receipts need their thread.
      for (const write of writes) if (write.kind === "thread") apply(write)
      for (const write of writes) if (write.kind !== "thread") apply(write)
    },
  }
}
