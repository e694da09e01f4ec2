/**
 * Whether the gateway can do its work now, and how much of it waits.
 *
 * Looked up every few seconds rather than at each question: who asks for readiness must not be able
 * to load the database. Counting in between is by what this process itself sees, and put right by
 * the next look.
 */

import { type Activity, type Diagnostics, RecentTrouble } from "@tearline/core"
import { StoreError } from "@tearline/store"
import type { GatewayStore } from "@tearline/store/gateway"

import { codeOf } from "./gateway-error.ts"

export interface HealthReport {
  readonly isReady: boolean
  readonly database: string
  /** Code of the database's latest failure within the last minute, whatever went well since. */
  readonly trouble: string | null
  readonly waiting: number
  /** What this process may do to its machine; all false under the permission flags. */
  readonly permissions: {
    readonly fsWrite: boolean
    readonly childProcess: boolean
    readonly worker: boolean
    readonly addons: boolean
  }
}

const lookMs = 2000

export class Health {
  readonly #activity: Activity
  readonly #diagnostics: Diagnostics
  readonly #trouble = new RecentTrouble(() => performance.now())
  #database = "starting"
  #changes = 0
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(activity: Activity, diagnostics: Diagnostics) {
    this.#activity = activity
    this.#diagnostics = diagnostics
  }

  get isReady(): boolean {
    return this.#database === "ready"
  }

  /** Starts looking, again and again until closed. Resolves after the first look. */
  async watch(store: Pick<GatewayStore, "counts">): Promise<void> {
    const changes = this.#changes
    try {
      const { untaken } = await store.counts()
      const total = untaken.reduce((sum, it) => sum + it, 0)
      if (changes === this.#changes) this.#activity.waiting = total
      this.#turn("ready")
    } catch (error) {
      this.noted(error)
    }
    if (this.#isClosed) return
    this.#timer = setTimeout(() => void this.watch(store), lookMs)
  }

  /** A call to the database has failed, or one has gone through. */
  noted(error?: unknown): void {
    this.#turn(error === undefined ? "ready" : codeOf(error))
    if (error instanceof StoreError && error.code !== "conflict") this.#trouble.note(error.code)
  }

  held(): void {
    this.#changes += 1
    this.#activity.waiting += 1
  }

  taken(count: number): void {
    this.#changes += 1
    this.#activity.waiting -= count
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  report(): HealthReport {
    return {
      isReady: this.isReady,
      database: this.#database,
      trouble: this.#trouble.code ?? null,
      waiting: this.#activity.waiting,
      permissions: {
        fsWrite: may("fs.write"),
        childProcess: may("child"),
        worker: may("worker"),
        addons: may("addon"),
      },
    }
  }

  #turn(database: string): void {
    if (database === this.#database) return
    this.#database = database
    const level = database === "ready" ? "info" : "error"
    this.#diagnostics(level, "database_state", { code: database })
  }
}

/** Without the permission model everything is allowed. */
function may(permission: string): boolean {
  return process.permission?.has(permission) ?? true
}
