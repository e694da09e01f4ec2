/**
 * Reads one folder of a seam again and again, most urgent first.
 *
 * Whoever writes there may call everything a FLASH. So FLASH has places of its own, which are many
 * and yet bounded, and where they are taken the rest has its turn.
 *
 * A record is removed only once what it said is done. A file that is not whole may be on its way
 * here still: it is looked at again, and removed in the end, since whatever it was is said again.
 */

import type { Timers } from "./ports.ts"
import type { SeamFolder, SeamRecord } from "./seam-record.ts"

/** How much is in hand at a time, at most. */
export interface SeamPlaces {
  /** Records of lane 0. */
  readonly flash: number
  /** All others. */
  readonly common: number
  /** In the bodies of either, less the last. */
  readonly bytes: number
}

export interface SeamReaderParts {
  readonly folder: SeamFolder
  readonly timers: Timers
  readonly lookMs: number
  readonly places: SeamPlaces
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

/** Behind every name of lane 0, before any other. */
const afterFlash = "1"

/** What is in hand of FLASH, or of all else. */
class InHand {
  readonly #names = new Set<string>()
  readonly #countMax: number
  readonly #bytesMax: number
  #bytes = 0

  constructor(countMax: number, bytesMax: number) {
    this.#countMax = countMax
    this.#bytesMax = bytesMax
  }

  get hasRoom(): boolean {
    return this.#names.size < this.#countMax && this.#bytes < this.#bytesMax
  }

  has(name: string): boolean {
    return this.#names.has(name)
  }

  add(name: string, { body }: SeamRecord): void {
    this.#names.add(name)
    this.#bytes += body.length
  }

  delete(name: string, { body }: SeamRecord): void {
    this.#names.delete(name)
    this.#bytes -= body.length
  }
}

const isFlash = (name: string) => name < afterFlash

export class SeamReader {
  readonly #parts: SeamReaderParts
  readonly #flash: InHand
  readonly #common: InHand
  readonly #bad = new Map<string, number>()
  #looking: Promise<void> | undefined
  #mustLookAgain = false
  #cancel: (() => void) | undefined
  #isClosed = false
  #isWell = true

  constructor(parts: SeamReaderParts) {
    this.#parts = parts
    const { flash, common, bytes } = parts.places
    this.#flash = new InHand(flash, bytes)
    this.#common = new InHand(common, bytes)
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
    const { folder } = this.#parts
    const begun = { flash: 0, common: 0 }
    const mayFlash = () => this.#flash.hasRoom && begun.flash < batchMax
    const isWanted = (name: string) => this.#isFree(name) && (!isFlash(name) || mayFlash())
    const after = () => (mayFlash() ? "" : afterFlash)
    // Names of files that went by themselves; whoever makes such without end costs no memory.
    if (this.#bad.size > badMax) this.#bad.clear()
    for await (const found of folder.scan(isWanted, after)) {
      if (this.#isClosed) return
      if (found.kind === "bad") {
        if (found.code !== "foreign_name") await this.#spoiled(found.name)
        continue
      }
      this.#bad.delete(found.name)
      void this.#take(found.name, found.drop)
      begun[isFlash(found.name) ? "flash" : "common"] += 1
      if (begun.common >= batchMax) break
    }
    if (Math.max(begun.flash, begun.common) >= batchMax) this.#mustLookAgain = true
  }

  #isFree(name: string): boolean {
    const inHand = this.#inHandOf(name)
    return inHand.hasRoom && !inHand.has(name)
  }

  #inHandOf(name: string): InHand {
    return isFlash(name) ? this.#flash : this.#common
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
    const inHand = this.#inHandOf(name)
    inHand.add(name, record)
    try {
      if ((await this.#parts.read(record)) && !this.#isClosed) {
        await this.#parts.folder.remove(name)
      }
    } catch (error) {
      // It lies there still and is read once more.
      this.#parts.onTrouble?.(error)
    } finally {
      inHand.delete(name, record)
    }
  }
}
