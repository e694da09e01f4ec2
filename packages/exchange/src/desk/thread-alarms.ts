/**
 * The alarms that single threads give, kept between looks: a thread is read again only when it has
 * changed. One look reads a few at most, those never looked at first, so that a busy node is not
 * held up by somebody watching its status.
 */

import {
  policyHashOf,
  alarmsOfThread,
  type OrgId,
  type Policy,
  type ThreadId,
  type ThreadAlarm,
} from "@tearline/core"
import type { ExchangeStore, ThreadSummary } from "@tearline/store/exchange"

import { codeOf } from "../exchange-error.ts"
import { hashing } from "../hashing.ts"
import { threadOf } from "../journal.ts"

export interface ThreadAlarmsParts {
  readonly store: Pick<ExchangeStore, "loadThread" | "threads">
  readonly own: OrgId
  readonly policy: Policy
}

interface Looked {
  readonly version: number
  readonly alarms: readonly ThreadAlarm[]
}

const watchedMax = 1_000
const readAtOnceMax = 64

export class ThreadAlarms {
  readonly #parts: ThreadAlarmsParts
  readonly #policyHash
  /** The one looked at longest ago comes first. */
  #looked = new Map<ThreadId, Looked>()

  constructor(parts: ThreadAlarmsParts) {
    this.#parts = parts
    this.#policyHash = policyHashOf(hashing, parts.policy)
  }

  /** Of the newest thousand threads; conflict and damage also where the thread is closed. */
  async now(): Promise<readonly ThreadAlarm[]> {
    const heads = await this.#parts.store.threads({ limit: watchedMax })
    const open = new Set(heads.filter((it) => !it.isClosed).map((it) => it.id))
    const place = new Map([...this.#looked.keys()].map((id, at) => [id, at]))
    const changed = heads
      .filter(({ id, version }) => this.#looked.get(id)?.version !== version)
      .toSorted((a, b) => (place.get(a.id) ?? -1) - (place.get(b.id) ?? -1))
    for (const head of changed.slice(0, readAtOnceMax)) await this.#look(head)
    this.#forgetBut(heads.map((it) => it.id))
    const found = heads.flatMap(({ id }) => this.#looked.get(id)?.alarms ?? [])
    return found.filter(({ kind, thread }) => kind !== "unknown-policy" || open.has(thread))
  }

  async #look({ id, peer, version }: ThreadSummary): Promise<void> {
    try {
      await this.#read(id)
    } catch (error) {
      if (codeOf(error) !== "corrupt") throw error
      this.#looked.delete(id)
      this.#looked.set(id, { version, alarms: [{ kind: "damaged", thread: id, peer }] })
    }
  }

  async #read(id: ThreadId): Promise<void> {
    const loaded = await this.#parts.store.loadThread(id)
    if (loaded === undefined) return
    const { own, policy } = this.#parts
    const terms = { own, policy, policyHash: this.#policyHash }
    this.#looked.delete(id)
    const alarms = alarmsOfThread(threadOf(loaded), terms)
    this.#looked.set(id, { version: loaded.version, alarms })
  }

  #forgetBut(ids: readonly ThreadId[]): void {
    const kept = new Set(ids)
    for (const id of this.#looked.keys()) if (!kept.has(id)) this.#looked.delete(id)
  }
}
