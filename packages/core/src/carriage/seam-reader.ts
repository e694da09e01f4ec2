/**
 * Reads one folder of a seam again and again, most urgent first.
 *
 * A record is removed only once what it said is done. A file that is not whole may be on its way
 * here still: it is looked at again, and removed in the end, since whatever it was is said again.
 */

import type { Timers } from "./ports.ts"
import type { SeamFolder, SeamRecord } from "./seam-record.ts"

export interface SeamReaderParts {
  readonly folder: SeamFolder
  readonly timers: Timers
  readonly lookMs: number
  /** How many more records may be begun now, beside those of FLASH. */
  readonly room: () => number
  /** Whether the record is done with and may go. Does not throw. */
  readonly read: (record: SeamRecord) => Promise<boolean>
  /** The folder is away; called once for each outage. */
  readonly onTrouble?: (error: unknown) => void
}

/** So often is a file looked at that is not what its name says. */
const badLooksMax = 50
const badMax = 4_096
/** Then it looks from the beginning, so that what is urgent and new has its turn. */
const batchMax = 64

export class SeamReader {
  readonly #parts: SeamReaderParts
  readonly #inHand = new Set<string>()
  readonly #bad = new Map<string, number>()
  #looking: Promise<void> | undefined
  #mustLookAgain = false
  #cancel: (() => void) | undefined
  #isClosed = false
  #isWell = true

  constructor(parts: SeamReaderParts) {
    this.#parts = parts
  }

  get inHand(): number {
    return this.#inHand.size
  }

  /** Now, and from then on every `lookMs`. */
  start(): void {
    void this.look()
    this.#cancel = this.#parts.timers.after(this.#parts.lookMs, () => this.start())
  }

  /** Looks at once, or once more if it is looking already. Never throws. */
  async look(): Promise<void> {
    this.#mustLookAgain = true
    this.#looking ??= this.#looks().finally(() => {
      this.#looking = undefined
    })
    await this.#looking
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancel?.()
    await this.#looking
  }

  async #looks(): Promise<void> {
    while (this.#mustLookAgain && !this.#isClosed) {
      this.#mustLookAgain = false
      try {
        await this.#batch()
        this.#isWell = true
      } catch (error) {
        if (this.#isWell) this.#parts.onTrouble?.(error)
        this.#isWell = false
      }
    }
  }

  async #batch(): Promise<void> {
    const { folder, room } = this.#parts
    let begun = 0
    const isWanted = (name: string) =>
      !this.#inHand.has(name) && (name.startsWith("0") || room() > 0)
    // Names of files that went by themselves; whoever makes such without end costs no memory.
    if (this.#bad.size > badMax) this.#bad.clear()
    for await (const found of folder.scan(isWanted)) {
      if (this.#isClosed) return
      if (found.kind === "bad") {
        if (found.code !== "foreign_name") await this.#spoiled(found.name)
        continue
      }
      this.#bad.delete(found.name)
      this.#inHand.add(found.name)
      void this.#take(found.name, found.drop)
      begun += 1
      if (begun < batchMax) continue
      this.#mustLookAgain = true
      return
    }
  }

  async #spoiled(name: string): Promise<void> {
    const looks = (this.#bad.get(name) ?? 0) + 1
    this.#bad.set(name, looks)
    if (looks < badLooksMax) return
    this.#bad.delete(name)
    // What cannot be removed, such as a folder, must not keep the rest from being read.
    await this.#parts.folder.tryRemove(name)
  }

  async #take(name: string, record: SeamRecord): Promise<void> {
    try {
      if ((await this.#parts.read(record)) && !this.#isClosed) {
        await this.#parts.folder.remove(name)
      }
    } catch (error) {
      // It lies there still and is read once more.
      this.#parts.onTrouble?.(error)
    } finally {
      this.#inHand.delete(name)
    }
  }
}
