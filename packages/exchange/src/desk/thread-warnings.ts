/**
 * The alarms that single threads give, kept between looks: a thread is read again only when it has
 * changed. One look reads a few at most, those never looked at first, so that a busy node is not
 * held up by somebody watching its status.
 */

import {
  policyHashOf,
  warningsOfThread,
  type OrgId,
  type Policy,
  type ThreadId,
  type ThreadWarning,
} from "@tearline/core"
import type { ExchangeStore } from "@tearline/store/exchange"

import { hashing } from "../hashing.ts"
import { threadOf } from "../journal.ts"

export interface ThreadWarningsParts {
  readonly store: Pick<ExchangeStore, "loadThread" | "threads">
  readonly own: OrgId
  readonly policy: Policy
}

interface Looked {
  readonly version: number
  readonly warnings: readonly ThreadWarning[]
}

const watchedMax = 1_000
const readAtOnceMax = 64

export class ThreadWarnings {
  readonly #parts: ThreadWarningsParts
  readonly #policyHash
  /** The one looked at longest ago comes first. */
  #looked = new Map<ThreadId, Looked>()

  constructor(parts: ThreadWarningsParts) {
    this.#parts = parts
    this.#policyHash = policyHashOf(hashing, parts.policy)
  }

  /** Of the newest thousand threads; a conflict also where the thread is closed. */
  async now(): Promise<readonly ThreadWarning[]> {
    const heads = await this.#parts.store.threads({ limit: watchedMax })
    const open = new Set(heads.filter((it) => !it.isClosed).map((it) => it.id))
    const place = new Map([...this.#looked.keys()].map((id, at) => [id, at]))
    const changed = heads
      .filter(({ id, version }) => this.#looked.get(id)?.version !== version)
      .toSorted((a, b) => (place.get(a.id) ?? -1) - (place.get(b.id) ?? -1))
    for (const { id } of changed.slice(0, readAtOnceMax)) await this.#look(id)
    this.#forgetBut(heads.map((it) => it.id))
    const found = heads.flatMap(({ id }) => this.#looked.get(id)?.warnings ?? [])
    return found.filter(({ kind, thread }) => kind === "conflict" || open.has(thread))
  }

  async #look(id: ThreadId): Promise<void> {
    const loaded = await this.#parts.store.loadThread(id)
    if (loaded === undefined) return
    const { own, policy } = this.#parts
    const terms = { own, policy, policyHash: this.#policyHash }
    this.#looked.delete(id)
    const warnings = warningsOfThread(threadOf(loaded), terms)
    this.#looked.set(id, { version: loaded.version, warnings })
  }

  #forgetBut(ids: readonly ThreadId[]): void {
    const kept = new Set(ids)
    for (const id of this.#looked.keys()) if (!kept.has(id)) this.#looked.delete(id)
  }
}
