/**
 * The gateway's side of two folders: asks of the gateway what the exchange has written, and writes
 * what it answers and what arrives.
 */

import { SeamOutside, type Diagnostics, type Performed, type SeamAsk } from "@tearline/core"

import { codeOf } from "../exchange-error.ts"
import { framesOf, readFrame } from "../frames.ts"
import { GatewayLine, type Asking } from "../gateway-line.ts"
import type { Streamed } from "../inner-line.ts"
import { laneOfUnit } from "../lane-of-unit.ts"
import { pause } from "../pause.ts"
import type { SeamConfig } from "./config.ts"
import { foldersAt } from "./seam-line.ts"

export interface RunningMover {
  close(): Promise<void>
}

const answerMsMax = 20_000
const answerBytesMax = 4 * 1024 * 1024 + 65_536
const retryMs = 500
/** Under way between the halves: a guard may take its time over each. */
const arrivals = "/inner/v1/arrivals"
const windowMin = 256
const windowMax = 1024

/** Arrivals out at a time: what the exchange asks for, where that is more than a guard needs. */
export function windowOf(path: string): number {
  const asked = Number(/[?&]window=(\d{1,4})$/.exec(path)?.[1])
  return Math.min(windowMax, Math.max(windowMin, asked || 0))
}

/** What the exchange may ask; the rest of the inner listener is not its. */
const targetForm = /^(POST|PUT|GET) (\/inner\/v1\/[a-z]+(?:\?[a-z0-9=&]*)?|\/ready)$/

/** The request that an ask is; undefined for what the exchange may not ask. */
export function requestOf({ target, lane, body }: SeamAsk): Omit<Asking, "signal"> | undefined {
  const [, method, path] = targetForm.exec(target) ?? []
  if (method === undefined || path === undefined) return undefined
  return { method: method as Asking["method"], path, body, isFlash: lane === 0 }
}

/** Moves until it is closed. Does not wait for anybody to be there. */
export function startMover(config: SeamConfig, diagnostics: Diagnostics): RunningMover {
  const mover = new Mover(config, diagnostics)
  mover.start()
  return mover
}

class Mover implements RunningMover {
  readonly #line: GatewayLine
  readonly #diagnostics: Diagnostics
  readonly #outside: SeamOutside
  #stream = new AbortController()

  constructor({ folders, gateway }: SeamConfig, diagnostics: Diagnostics) {
    this.#line = new GatewayLine(gateway)
    this.#diagnostics = diagnostics
    this.#outside = new SeamOutside({
      ...foldersAt(folders),
      perform: (ask) => this.#perform(ask),
      onTrouble: (error) => diagnostics("warn", "seam_folder_away", { code: codeOf(error) }),
    })
  }

  start(): void {
    void this.#outside.start()
  }

  async close(): Promise<void> {
    this.#stream.abort()
    await this.#outside.close()
    this.#line.close()
  }

  async #perform(ask: SeamAsk): Promise<Performed | undefined> {
    const asking = requestOf(ask)
    if (asking === undefined) {
      this.#diagnostics("warn", "seam_ask_refused", {})
      return { status: 404, body: new Uint8Array() }
    }
    const signal = AbortSignal.timeout(answerMsMax)
    try {
      if (asking.path.startsWith(arrivals)) return await this.#openStream(asking.path)
      const answered = await this.#line.ask({ ...asking, signal, answerBytesMax })
      return { status: answered.status, body: answered.body }
    } catch (error) {
      this.#diagnostics("warn", "seam_gateway_away", { code: codeOf(error) })
      return undefined
    }
  }

  async #openStream(asked: string): Promise<Performed> {
    this.#stream.abort()
    this.#stream = new AbortController()
    const { signal } = this.#stream
    const path = `${arrivals}?window=${windowOf(asked)}`
    const stream = await this.#line.open({ method: "POST", path, signal })
    const status = stream.statusCode ?? 502
    if (status === 200) void this.#follow(stream, signal)
    else stream.destroy()
    return { status, body: new Uint8Array() }
  }

  /** At its end the exchange is told, and asks again. */
  async #follow(stream: Streamed, signal: AbortSignal): Promise<void> {
    try {
      for await (const frame of framesOf(stream)) await this.#give(frame, signal)
    } catch (error) {
      if (!signal.aborted) {
        this.#diagnostics("warn", "arrivals_interrupted", { code: codeOf(error) })
      }
    }
    if (!signal.aborted) await this.#outside.begin()
  }

  /** A folder that is full or away holds the stream up, and loses nothing. */
  async #give(frame: Buffer | null, signal: AbortSignal): Promise<void> {
    const lane = frame === null ? 0 : laneOfUnit(readFrame(frame).unit)
    while (!signal.aborted) {
      try {
        await this.#outside.give(lane, frame ?? new Uint8Array())
        return
      } catch (error) {
        this.#diagnostics("warn", "arrival_not_written", { code: codeOf(error) })
      }
      await pause(retryMs, signal)
    }
  }
}
