/**
 * The exchange's end of a seam: it asks by a file in one folder and finds answers and arrivals in
 * the other.
 *
 * It keeps nothing over a restart. Whatever was asked is asked again by those who keep it: the
 * outbox its units, the gateway's list its arrivals. An answer that nobody waits for any more is
 * handed on under the name that the asker gave it.
 */

import type { Chance, Hashing } from "../host/ports.ts"
import type { Lane } from "../vocabulary/precedence.ts"
import type { Timers } from "./ports.ts"
import { SeamReader, type SeamPlaces } from "./seam-reader.ts"
import { asciiOf, type SeamAnswer, type SeamFolder, type SeamRecord } from "./seam-record.ts"

export interface SeamInsideTimes {
  readonly lookMs: number
}

export interface SeamInsideParts {
  /** Written here, read by the gateway's side. */
  readonly out: SeamFolder
  readonly in: SeamFolder
  readonly timers: Timers
  readonly chance: Chance
  readonly hashing: Pick<Hashing, "hash">
  readonly times?: SeamInsideTimes
  /** An arrival, or undefined for a sign of life. */
  readonly onFrame: (frame: Uint8Array | undefined) => void
  /** An answer to something named, too late for who asked. False when it must come again. */
  readonly onLate: (answer: SeamAnswer) => Promise<boolean>
  /** Something of the gateway's side has come through: what is between runs. */
  readonly onHeard?: () => void
  /** The gateway's side does not know what it was asked before. */
  readonly onBegun: () => void
  readonly onTrouble?: (error: unknown) => void
}

export interface SeamAsking {
  readonly target: string
  readonly lane: Lane
  readonly body: Uint8Array
  /** A name makes asking twice one asking, and a late answer of use. */
  readonly about?: string
  readonly withinMs: number
  /** Who asks may give up earlier. */
  readonly until?: Promise<unknown>
}

type Waiter = (answer: SeamAnswer | undefined) => void

const lookMsDefault = 100
const places: SeamPlaces = { flash: 256, common: 256, bytes: 32 * 1024 * 1024 }

export class SeamInside {
  readonly #parts: SeamInsideParts
  readonly #reader: SeamReader
  readonly #waiting = new Map<string, Set<Waiter>>()
  #isClosed = false

  constructor(parts: SeamInsideParts) {
    this.#parts = parts
    const { timers, times, onTrouble } = parts
    this.#reader = new SeamReader({
      folder: parts.in,
      timers,
      lookMs: times?.lookMs ?? lookMsDefault,
      places,
      read: (record) => this.#read(record),
      ...(onTrouble === undefined ? {} : { onTrouble }),
    })
  }

  /** Removes what an interrupted writing has left, and begins to read. */
  async start(): Promise<void> {
    await this.#parts.out.sweep().catch((error: unknown) => this.#parts.onTrouble?.(error))
    if (!this.#isClosed) this.#reader.start()
  }

  look(): Promise<void> {
    return this.#reader.look()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const waiters of this.#waiting.values()) for (const it of waiters) it(undefined)
    this.#waiting.clear()
    await this.#reader.close()
  }

  /** The answer; undefined when there is none in time. Throws when it cannot be written. */
  async ask(asking: SeamAsking): Promise<SeamAnswer | undefined> {
    const { target, lane, body, about = "", withinMs, until } = asking
    const { out, timers } = this.#parts
    const id = this.#idOf(about)
    const { promise, resolve } = Promise.withResolvers<SeamAnswer | undefined>()
    const waiters = this.#waiting.get(id) ?? new Set()
    this.#waiting.set(id, waiters.add(resolve))
    const cancel = timers.after(withinMs, () => resolve(undefined))
    void until?.then(() => resolve(undefined))
    const leave = () => {
      cancel()
      waiters.delete(resolve)
      if (waiters.size === 0 && this.#waiting.get(id) === waiters) this.#waiting.delete(id)
    }
    try {
      const { name } = await out.put({ kind: "ask", lane, id, target, about, body })
      const answer = await promise
      // What is named is wanted still, however long it lies there.
      if (answer === undefined && about === "") await out.remove(name).catch(() => undefined)
      return answer
    } finally {
      leave()
    }
  }

  #idOf(about: string): string {
    const { hashing, chance } = this.#parts
    const bytes = about === "" ? chance.bytes(16) : hashing.hash(asciiOf(about)).subarray(0, 16)
    return bytes.toHex()
  }

  async #read(record: SeamRecord): Promise<boolean> {
    if (record.kind !== "ask") this.#parts.onHeard?.()
    switch (record.kind) {
      case "answer":
        return await this.#answered(record)
      case "frame":
        this.#parts.onFrame(record.body.length === 0 ? undefined : record.body)
        return true
      case "begun":
        this.#parts.onBegun()
        return true
      case "ask":
        // Ours: the two folders are one, or changed over. Nobody else would ever take it away.
        return true
    }
  }

  async #answered(answer: SeamAnswer): Promise<boolean> {
    const waiters = this.#waiting.get(answer.id)
    if (waiters === undefined || waiters.size === 0) {
      return answer.about === "" || (await this.#parts.onLate(answer))
    }
    for (const it of waiters) it(answer)
    return true
  }
}
