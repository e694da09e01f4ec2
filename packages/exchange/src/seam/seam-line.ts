/**
 * The way to our own gateway where two folders lie between.
 *
 * It looks like a line to whoever asks. Only that an answer may come hours later shows: a unit then
 * counts as waiting, and what its gateway said is handed on when it is there.
 */

import { randomBytes } from "node:crypto"
import { Readable } from "node:stream"

import {
  seamFolder,
  SeamInside,
  type Diagnostics,
  type SeamAlarm,
  type SeamAnswer,
  type SeamInsideParts,
} from "@tearline/core"

import { folderDisk } from "../carrier/folder-disk.ts"
import { codeOf, ExchangeError } from "../exchange-error.ts"
import type { Answered, Asking } from "../gateway-line.ts"
import { hashing } from "../hashing.ts"
import type { InnerLine, Streamed } from "../inner-line.ts"
import { machineTimers } from "../timers.ts"

/** One side's two folders. */
export interface SeamFolders {
  /** Written by this side. */
  readonly out: string
  readonly in: string
}

/** The exchange's side. */
export interface SeamInsideFolders extends SeamFolders {
  /** The gateway's side says that it is there every 15 seconds; a guard may take its time. */
  readonly silentAfterMs?: number | undefined
}

/** Runs evenly and never back. */
type EvenClock = () => number

const namedMsMax = 5_000
const unnamedMsMax = 120_000
/** An arrival that was lost on the way comes again with the next stream. */
const reopenMs = 300_000
/** What comes between two streams; the rest comes again. */
const keptMax = 256
const keptBytesMax = 32 * 1024 * 1024

const silentAfterMsDefault = 120_000

const chance = { bytes: (count: number) => new Uint8Array(randomBytes(count)) }

/** One side's folders on this machine's disk. */
export function foldersAt({
  out,
  in: inward,
}: SeamFolders): Pick<SeamInsideParts, "out" | "in" | "timers" | "chance"> {
  const at = (path: string) => seamFolder({ disk: folderDisk(path), hashing, chance })
  return { out: at(out), in: at(inward), timers: machineTimers, chance }
}

export class SeamLine implements InnerLine {
  readonly #inside: SeamInside
  readonly #kept: Buffer[] = []
  readonly #silentAfterMs: number
  readonly #evenMs: EvenClock
  /** At first the start. */
  #heardAt: number
  #stream: Readable | undefined
  #opened: () => void = () => undefined
  #timer: NodeJS.Timeout | undefined
  #onLate: (answer: SeamAnswer) => Promise<boolean> = () => Promise.resolve(false)

  constructor(
    folders: SeamInsideFolders,
    diagnostics: Diagnostics,
    evenMs: EvenClock = () => performance.now(),
  ) {
    this.#evenMs = evenMs
    this.#heardAt = evenMs()
    this.#silentAfterMs = folders.silentAfterMs ?? silentAfterMsDefault
    this.#inside = new SeamInside({
      ...foldersAt(folders),
      hashing,
      onFrame: (frame) => this.#give(frame ?? new Uint8Array()),
      onLate: (answer) => this.#onLate(answer),
      onHeard: () => (this.#heardAt = this.#evenMs()),
      onBegun: () => this.#end(),
      onTrouble: (error) => diagnostics("warn", "seam_folder_away", { code: codeOf(error) }),
    })
  }

  /** `onLate`: an answer to something named, when nobody waits any more. */
  start(onLate: (answer: SeamAnswer) => Promise<boolean>): void {
    this.#onLate = onLate
    void this.#inside.start()
  }

  /** Undefined while something comes now and then. */
  trouble(nowMs: number): SeamAlarm | undefined {
    const silentMs = this.#evenMs() - this.#heardAt
    if (silentMs < this.#silentAfterMs) return undefined
    return { kind: "seam-silent", sinceMs: Math.round(nowMs - silentMs) }
  }

  async ask(asking: Asking): Promise<Answered> {
    const { method, path, body = new Uint8Array(), about, signal } = asking
    const lane = asking.lane ?? (asking.isFlash === true ? 0 : 1)
    try {
      const answer = await this.#inside.ask({
        target: `${method} ${path}`,
        lane,
        body,
        withinMs: about === undefined ? unnamedMsMax : namedMsMax,
        until: aborted(signal),
        ...(about === undefined ? {} : { about }),
      })
      if (answer !== undefined) return { status: answer.status, body: Buffer.from(answer.body) }
    } catch (error) {
      throw away(
        "nothing can be written for the own gateway; see whether its folder is there",
        error,
      )
    }
    if (about !== undefined) return { status: 202, body: Buffer.alloc(0) }
    throw away("the own gateway has not answered; see whether it and what is between run")
  }

  /** Resolves with the first sign of life. */
  async open({ method, path, signal }: Asking): Promise<Streamed> {
    this.#end()
    const stream = new Readable({ read: () => undefined })
    this.#stream = stream
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#opened = resolve
    signal.addEventListener("abort", () => stream.destroy(), { once: true })
    for (const frame of this.#kept.splice(0)) this.#give(frame)
    const asked = { target: `${method} ${path}`, lane: 0, body: new Uint8Array() } as const
    this.#inside.ask({ ...asked, withinMs: unnamedMsMax }).catch(() => undefined)
    await Promise.race([promise, aborted(signal)])
    if (signal.aborted) throw away("no arrivals come from the own gateway")
    this.#timer = setTimeout(() => this.#end(), reopenMs)
    return Object.assign(stream, { statusCode: 200 })
  }

  close(): void {
    this.#end()
    void this.#inside.close()
  }

  #end(): void {
    clearTimeout(this.#timer)
    this.#stream?.push(null)
    this.#stream = undefined
    // Whoever waits for its first sign of life sees that it has ended, and opens another.
    this.#opened()
  }

  #keep(frame: Uint8Array): void {
    const bytes = this.#kept.reduce((sum, it) => sum + it.length, frame.length)
    if (this.#kept.length < keptMax && bytes <= keptBytesMax) this.#kept.push(Buffer.from(frame))
  }

  #give(frame: Uint8Array): void {
    const stream = this.#stream
    if (stream === undefined) {
      this.#keep(frame)
      return
    }
    const length = Buffer.alloc(4)
    length.writeUInt32BE(frame.length)
    stream.push(Buffer.concat([length, frame]))
    this.#opened()
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  else signal.addEventListener("abort", () => resolve(), { once: true })
  return promise
}

function away(message: string, cause?: unknown): ExchangeError {
  return new ExchangeError("gateway_unreachable", message, { cause })
}
