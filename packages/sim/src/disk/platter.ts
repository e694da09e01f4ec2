/**
 * A disk with three layers: written, flushed, lost.
 *
 * A transaction is applied whole when its flush ends, as PostgreSQL gives it. A crash in between
 * loses it, tears it (which recovery sees by its checksum and drops) or leaves it flushed although
 * nobody was ever told: recovery applies it. A full or failing disk rejects; once in a while it has
 * flushed all the same.
 */

import type { Life } from "../time/life.ts"
import type { Random } from "../time/random.ts"
import type { Schedule } from "../time/schedule.ts"
import { endOfRecord, recordOf, torn } from "./write-ahead.ts"

export type DiskCode = "unavailable" | "disk_full" | "corrupt" | "conflict"

export class DiskError extends Error {
  override name = "DiskError"
  readonly code: DiskCode

  constructor(code: DiskCode, message: string) {
    super(message)
    this.code = code
  }
}

export type Condition = "well" | "slow" | "failing" | "full"

/** The moment at which an armed strike falls on the next transaction. */
export type Moment = "written" | "flushed"

interface Transaction {
  readonly life: Life
  /** What is written of it. */
  readonly content: () => unknown
  readonly apply: () => void
  isOver: boolean
}

/** The log as a crash left it, and what its records would do. */
interface LeftBehind {
  readonly bytes: Uint8Array
  readonly records: readonly Transaction[]
}

export interface PlatterParts {
  readonly schedule: Schedule
  readonly random: Random
  readonly see: (rare: string) => void
}

const flushMs = { min: 2, max: 6, stall: 500 }
const stallShare = 0.01

export class Platter {
  readonly #parts: PlatterParts
  readonly #pending = new Set<Transaction>()
  #armed: { readonly moment: Moment; readonly strike: () => void } | undefined
  #undo: (() => void)[] | undefined
  #failedAtMs = 0
  #left: LeftBehind | undefined
  readonly #latest = new Map<"ms", number>()
  condition: Condition = "well"
  /** The next transaction is reported as failed and flushed all the same. */
  isAmbiguous = false
  /** Whether who asked for the transaction that is being applied will hear that it failed. */
  losesAnswer = false
  /** A planted bug: told before it is flushed. */
  tellsEarly = false

  constructor(parts: PlatterParts) {
    this.#parts = parts
  }

  arm(moment: Moment, strike: () => void): void {
    this.#armed = { moment, strike }
  }

  disarm(): void {
    this.#armed = undefined
    this.isAmbiguous = false
  }

  /** Remembers from now on how to come back to this moment. */
  beginBackup(): void {
    this.#undo = []
  }

  get hasBackup(): boolean {
    return this.#undo !== undefined
  }

  /** Back to how it was when the backup began; of a log nothing is left. */
  restore(): void {
    this.#left = undefined
    for (const back of (this.#undo ?? []).toReversed()) back()
    this.#undo = undefined
  }

  forgetBackup(): void {
    this.#undo = undefined
  }

  put<Key, Value>(table: Map<Key, Value>, key: Key, value: Value): void {
    this.#remember(table, key)
    table.set(key, value)
  }

  remove<Key, Value>(table: Map<Key, Value>, key: Key): void {
    this.#remember(table, key)
    table.delete(key)
  }

  /** A row with this time in it is written. */
  noteTime(atMs: number): void {
    if (atMs > this.latestMs) this.put(this.#latest, "ms", atMs)
  }

  /** The latest time that a row was written with; a backup has an earlier one. */
  get latestMs(): number {
    return this.#latest.get("ms") ?? 0
  }

  append<Row>(rows: Row[], row: Row): void {
    this.#undo?.push(() => rows.pop())
    rows.push(row)
  }

  #remember<Key, Value>(table: Map<Key, Value>, key: Key): void {
    if (this.#undo === undefined) return
    const had = table.has(key)
    const before = table.get(key) as Value
    this.#undo.push(() => (had ? table.set(key, before) : table.delete(key)))
  }

  /** Throws what a read of a failing disk throws. */
  read(): void {
    if (this.condition === "failing" && this.#parts.random.isLucky(0.3)) {
      throw new DiskError("unavailable", "the disk does not answer")
    }
  }

  /** Resolves with what `apply` gives once `content`, which says the same as data, is flushed. */
  transact<Result>(life: Life, content: () => unknown, apply: () => Result): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    const refusal = this.#refusal()
    if (refusal !== undefined) {
      life.after(this.#latencyMs(), () => reject(refusal))
      return promise
    }
    const isAmbiguous = this.#takeAmbiguity()
    let result: Result
    const transaction = {
      life,
      content,
      isOver: false,
      apply: () => {
        this.losesAnswer = isAmbiguous
        try {
          result = apply()
        } finally {
          this.losesAnswer = false
        }
      },
    }
    this.#pending.add(transaction)
    // A commit has nothing to give back, so that telling it early needs no result.
    if (this.tellsEarly) resolve(undefined as Result)
    this.#flush(
      transaction,
      () => {
        if (!isAmbiguous) return resolve(result)
        this.#failedAtMs = this.#parts.schedule.nowMs
        reject(new DiskError("unavailable", "the answer to the commit was lost"))
      },
      reject,
    )
    return promise
  }

  /** What was being written when the process stopped: lost, torn, or flushed and never told. */
  crash(life: Life): void {
    const { random, see } = this.#parts
    const records: Transaction[] = []
    const tails: Transaction[] = []
    for (const transaction of this.#pending) {
      if (transaction.life !== life) continue
      this.#pending.delete(transaction)
      transaction.isOver = true
      see("crash between write and flush")
      const fate = random.pick(["flushed", "flushed", "torn", "lost", "lost"])
      if (fate === "flushed") records.push(transaction)
      // Of a log only the end can be torn.
      else if (fate === "torn" && tails.length === 0) tails.push(transaction)
      else see("unflushed transaction lost")
    }
    if (records.length + tails.length > 0) this.#leave(records, tails)
  }

  #leave(records: readonly Transaction[], tails: readonly Transaction[]): void {
    const { random } = this.#parts
    const bytes = [
      ...records.map((it) => recordOf(it.content())),
      ...tails.map((it) => torn(recordOf(it.content()), random)),
    ]
    this.#left = { bytes: Buffer.concat(bytes), records: [...records, ...tails] }
  }

  /** Before a process starts: what the log holds whole is applied, and the rest of it dropped. */
  recover(): void {
    const { bytes, records } = this.#left ?? { bytes: new Uint8Array(), records: [] }
    this.#left = undefined
    let at = 0
    for (const record of records) {
      const end = endOfRecord(bytes, at)
      if (end === undefined) {
        this.#parts.see("torn transaction dropped at recovery")
        return
      }
      this.#parts.see("flushed and nobody was told")
      this.#apply(record)
      at = end
    }
  }

  /** When it last refused a transaction, or lost the answer to one. */
  get failedAtMs(): number {
    return this.condition === "well" ? this.#failedAtMs : this.#parts.schedule.nowMs
  }

  #refusal(): DiskError | undefined {
    const { see, random } = this.#parts
    if (this.condition === "well") return undefined
    if (this.condition === "full") {
      see("commit refused by a full disk")
      return new DiskError("disk_full", "the disk is full")
    }
    if (this.condition === "failing" && random.isLucky(0.5)) {
      see("commit refused by a failing disk")
      return new DiskError("unavailable", "the disk does not answer")
    }
    return undefined
  }

  #takeAmbiguity(): boolean {
    const was = this.isAmbiguous
    this.isAmbiguous = false
    if (was) this.#parts.see("commit failed and was durable")
    return was
  }

  #latencyMs(): number {
    const { random, see } = this.#parts
    if (this.condition === "slow") return random.between(flushMs.max, 5_000)
    if (!random.isLucky(stallShare)) return random.between(flushMs.min, flushMs.max)
    see("flush stalled")
    return flushMs.stall
  }

  #flush(transaction: Transaction, done: () => void, failed: (error: unknown) => void): void {
    const { schedule } = this.#parts
    const armed = this.#armed
    this.#armed = undefined
    const latencyMs = this.#latencyMs()
    if (armed?.moment === "written") schedule.after(latencyMs / 2, armed.strike)
    schedule.after(latencyMs, () => {
      if (transaction.isOver) return
      this.#pending.delete(transaction)
      transaction.isOver = true
      try {
        transaction.apply()
      } catch (error) {
        failed(error)
        return
      }
      if (armed?.moment === "flushed") {
        this.#parts.see("crash between flush and output")
        armed.strike()
      }
      if (!transaction.life.isOver) done()
    })
  }

  #apply({ apply }: Transaction): void {
    try {
      apply()
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
    }
  }
}
