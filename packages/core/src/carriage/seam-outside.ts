/**
 * The gateway's end of a seam: it does what it finds asked, lays out the answer, and only then
 * removes what was asked.
 *
 * Stopping between any two of these does no more than doing it again: everything asked is about a
 * state or an envelope, and once is as good as twice. Nothing is remembered here: which list of
 * peers is the newer one is known to the gateway alone (peer-list.ts).
 */

import type { Chance } from "../host/ports.ts"
import type { Lane } from "../vocabulary/precedence.ts"
import type { Timers } from "./ports.ts"
import { SeamReader, type SeamPlaces } from "./seam-reader.ts"
import type { SeamAsk, SeamFolder, SeamRecord } from "./seam-record.ts"

export interface SeamOutsideTimes {
  readonly lookMs: number
  /** The gateway is away: what was asked is tried again after this time. */
  readonly retryMs: number
}

export interface Performed {
  readonly status: number
  readonly body: Uint8Array
}

export interface SeamOutsideParts {
  /** Written here, read by the exchange. */
  readonly out: SeamFolder
  readonly in: SeamFolder
  readonly timers: Timers
  readonly chance: Chance
  readonly times?: SeamOutsideTimes
  /** Undefined when nobody can answer now. Does not throw. */
  readonly perform: (ask: SeamAsk) => Promise<Performed | undefined>
  /** Asks done at a time. */
  readonly places?: SeamPlaces
  readonly onTrouble?: (error: unknown) => void
}

const timesDefault: SeamOutsideTimes = { lookMs: 100, retryMs: 1_000 }
/** Of FLASH so many that those to peers which are away leave room for others. */
const placesDefault: SeamPlaces = { flash: 256, common: 24, bytes: 32 * 1024 * 1024 }

export class SeamOutside {
  readonly #parts: SeamOutsideParts
  readonly #times: SeamOutsideTimes
  readonly #reader: SeamReader
  #isClosed = false

  constructor(parts: SeamOutsideParts) {
    this.#parts = parts
    const { timers, times = timesDefault, places = placesDefault, onTrouble } = parts
    this.#times = times
    this.#reader = new SeamReader({
      folder: parts.in,
      timers,
      lookMs: times.lookMs,
      places,
      read: (record) => this.#read(record),
      ...(onTrouble === undefined ? {} : { onTrouble }),
    })
  }

  /** Tells the exchange that it has begun, and begins to read. */
  async start(): Promise<void> {
    await this.#parts.out.sweep().catch((error: unknown) => this.#parts.onTrouble?.(error))
    await this.begin()
    if (!this.#isClosed) this.#reader.start()
  }

  /** No arrivals come any more until they are asked for anew. Never throws. */
  async begin(): Promise<void> {
    const { out, chance, onTrouble } = this.#parts
    const id = chance.bytes(16).toHex()
    try {
      await out.put({ kind: "begun", lane: 0, id, body: new Uint8Array() })
    } catch (error) {
      // The exchange hears nothing more, and asks by itself some time later.
      onTrouble?.(error)
    }
  }

  look(): Promise<void> {
    return this.#reader.look()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#reader.close()
  }

  /** Lays out an arrival, or with no bytes a sign of life. Throws when it cannot be written. */
  async give(lane: Lane, frame: Uint8Array): Promise<void> {
    await this.#parts.out.put({ kind: "frame", lane, body: frame })
  }

  async #read(record: SeamRecord): Promise<boolean> {
    // Ours, come round: see the exchange's end.
    if (record.kind !== "ask") return true
    const { perform, timers, out } = this.#parts
    const performed = await perform(record)
    if (performed === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>()
      timers.after(this.#times.retryMs, resolve)
      await promise
      return false
    }
    if (this.#isClosed) return false
    const { id, lane, about } = record
    await out.put({ kind: "answer", id, lane, about, ...performed })
    return true
  }
}
