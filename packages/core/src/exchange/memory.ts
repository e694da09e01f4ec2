/**
 * What the machine holds of threads and links between reading and writing them.
 *
 * A turn steps on working copies; what is read is kept, so that a busy thread is read once. When a
 * turn is not written, everything goes: the store is the truth and is read again.
 */

import type { OrgId, ThreadId } from "../ids.ts"
import { newLink, type Link } from "../link/link.ts"
import type { Policy } from "../policy.ts"
import type { Thread } from "../thread/thread.ts"
import { viewThread, type ThreadView } from "../thread/view.ts"
import type { ExchangeJournal, StoredLink } from "./ports.ts"

/** A thread with its view and stored version; `null` before it was ever written. */
export class HeldThread {
  readonly thread: Thread
  readonly version: number | null
  readonly #policy: Policy
  #view: ThreadView | undefined

  constructor({ thread, version }: Pick<HeldThread, "thread" | "version">, policy: Policy) {
    this.thread = thread
    this.version = version
    this.#policy = policy
  }

  /** Made when it is first asked for: a step may put a thread several times and write it once. */
  get view(): ThreadView {
    return (this.#view ??= viewThread(this.thread, this.#policy))
  }
}

/** Version of a link that has never been written. */
interface HeldLink {
  readonly link: Link
  readonly version: number | null
}

export interface Memory {
  thread(id: ThreadId): Promise<HeldThread | undefined>
  keepThread(thread: Thread, version: number): void
  link(peer: OrgId, nowMs: number): Promise<HeldLink>
  keepLink(stored: StoredLink): void
  /** A step begins: what it keeps can be undone until the next begins. */
  begin(): void
  /** The step failed half-way: back to what earlier steps of the turn had made. */
  undo(): void
  /** The turn is written: what has not been used for longest may go. */
  settle(): void
  forget(): void
}

/** Threads kept at most; the least recently used goes first. */
const threadsMax = 2_000

export function openMemory(journal: ExchangeJournal, policy: Policy): Memory {
  const threads = new Map<ThreadId, HeldThread>()
  const links = new Map<OrgId, HeldLink>()
  let undos: (() => void)[] = []

  /** Remembers how `map` was at `key`, so that a failed step leaves no trace. */
  function mark<Key, Value>(map: Map<Key, Value>, key: Key): void {
    const before = map.get(key)
    undos.push(() => (before === undefined ? map.delete(key) : map.set(key, before)))
  }

  function keep(held: HeldThread): HeldThread {
    threads.delete(held.thread.id)
    threads.set(held.thread.id, held)
    return held
  }

  return {
    async thread(id) {
      const held = threads.get(id)
      if (held !== undefined) return keep(held)
      const stored = await journal.thread(id)
      if (stored === undefined) return undefined
      return keep(new HeldThread(stored, policy))
    },
    keepThread(thread, version) {
      mark(threads, thread.id)
      keep(new HeldThread({ thread, version }, policy))
    },
    async link(peer, nowMs) {
      const held = links.get(peer) ?? (await journal.link(peer))
      const link = held ?? { link: newLink(peer, nowMs), version: null }
      links.set(peer, link)
      return link
    },
    keepLink(stored) {
      mark(links, stored.link.peer)
      links.set(stored.link.peer, stored)
    },
    begin() {
      undos = []
    },
    undo() {
      for (const back of undos.toReversed()) back()
      undos = []
    },
    settle() {
      undos = []
      for (const oldest of threads.keys()) {
        if (threads.size <= threadsMax) break
        threads.delete(oldest)
      }
    },
    forget() {
      threads.clear()
      links.clear()
    },
  }
}
