/**
 * What came back by file: asked of our gateway every few seconds, settled in the outbox, and only
 * then told to the gateway, which forgets it.
 *
 * An answer that does not hold is let go too: its item lies in the outbox still, is laid out again
 * and answered again.
 */

import type { Departed, Departures, Diagnostics, Digest, OrgId, Settling } from "@tearline/core"
import { decode, encode } from "@tearline/crypto"

import { codeOf, ExchangeError } from "./exchange-error.ts"
import type { GatewayLine } from "./gateway-line.ts"

export interface CarriedAnswersParts {
  readonly line: GatewayLine
  /** Whether any peer is reached by file: otherwise nothing is asked. */
  readonly isNeeded: () => boolean
  readonly read: (answer: CarriedBack) => Departed
  readonly settle: Departures["settle"]
  readonly diagnostics: Diagnostics
  readonly everyMs?: number
}

/** A peer's gateway's signed answer, not yet looked at. */
export interface CarriedBack {
  readonly peer: OrgId
  readonly digest: Digest
  readonly isCustody: boolean
  readonly body: Uint8Array
}

const everyMsDefault = 2_000
const answerMsMax = 10_000
/** 256 answers of at most 16 KiB. */
const answerBytesMax = 4 * 1024 * 1024 + 65_536

export class CarriedAnswers {
  readonly #parts: CarriedAnswersParts
  #timer: NodeJS.Timeout | undefined
  #asking: Promise<void> | undefined
  #isClosed = false
  #isWell = true

  constructor(parts: CarriedAnswersParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#asking = this.#turn()
    }, this.#parts.everyMs ?? everyMsDefault)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#asking
  }

  async #turn(): Promise<void> {
    const { isNeeded, diagnostics } = this.#parts
    try {
      if (isNeeded()) await this.#ask()
      this.#isWell = true
    } catch (error) {
      // Once for each outage: this is asked again in seconds.
      if (this.#isWell) diagnostics("warn", "answers_not_asked", { code: codeOf(error) })
      this.#isWell = false
    }
    if (!this.#isClosed) this.start()
  }

  async #ask(): Promise<void> {
    let answers = await this.#answers()
    while (answers.length > 0 && !this.#isClosed) {
      const settled: CarriedBack[] = []
      for (const answer of answers) if (await this.#isSettled(answer)) settled.push(answer)
      if (settled.length === 0) return
      await this.#tell(settled)
      answers = await this.#answers()
    }
  }

  async #isSettled(answer: CarriedBack): Promise<boolean> {
    const { read, settle, diagnostics } = this.#parts
    const { peer, digest } = answer
    const departed = read(answer)
    if (departed.kind === "custody" || departed.kind === "refused") {
      return await settle(`${digest}/${peer}`, departed satisfies Settling)
    }
    const code = departed.kind === "failed" ? departed.code : departed.kind
    diagnostics("warn", "carried_answer_refused", { peer, digest, code })
    return true
  }

  async #answers(): Promise<readonly CarriedBack[]> {
    const { status, body } = await this.#post("answers", new Uint8Array())
    if (status !== 200) throw new ExchangeError("gateway_refused", `the gateway answers ${status}`)
    const list: unknown = decode(body, { bytesMax: answerBytesMax })
    if (!Array.isArray(list)) throw notAnswers()
    return list.map(answerOf)
  }

  async #tell(settled: readonly CarriedBack[]): Promise<void> {
    const { status } = await this.#post(
      "settled",
      encode(settled.map(({ peer, digest }) => [peer, digest])),
    )
    if (status !== 204) throw new ExchangeError("gateway_refused", `the gateway answers ${status}`)
  }

  #post(what: "answers" | "settled", body: Uint8Array) {
    const signal = AbortSignal.timeout(answerMsMax)
    const path = `/inner/v1/${what}`
    return this.#parts.line.ask({ method: "POST", path, body, signal, answerBytesMax })
  }
}

function answerOf(value: unknown): CarriedBack {
  const [peer, digest, isCustody, body] = Array.isArray(value) ? (value as unknown[]) : []
  const isAnswer =
    typeof peer === "string" &&
    typeof digest === "string" &&
    typeof isCustody === "boolean" &&
    body instanceof Uint8Array
  if (!isAnswer) throw notAnswers()
  return { peer: peer as OrgId, digest: digest as Digest, isCustody, body }
}

function notAnswers(): ExchangeError {
  return new ExchangeError("malformed_request", "answers are [peer, digest, is custody, bytes]")
}
