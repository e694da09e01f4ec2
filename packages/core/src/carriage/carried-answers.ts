/**
 * What came back by file: asked of our gateway now and then, settled in the outbox, and only then
 * told to the gateway, which forgets it.
 *
 * An answer that does not hold is let go too: its item lies in the outbox still, is laid out again
 * and answered again.
 */

import type { Digest, OrgId } from "../ids.ts"
import type { Departures } from "./departures.ts"
import type { CarriedAnswer } from "./file-door.ts"
import type { Departed, Timers } from "./ports.ts"

/** What a peer's gateway answered to a unit of ours, not yet looked at here. */
export interface AnsweredUnit {
  readonly peer: OrgId
  readonly digest: Digest
  readonly answer: CarriedAnswer
}

export interface CarriedAnswersParts {
  /** Whether any peer is reached by file: otherwise nothing is asked. */
  readonly isNeeded: () => boolean
  /** A page of them, oldest first; none when there is no more. */
  readonly answers: () => Promise<readonly AnsweredUnit[]>
  /** The gateway need not give these again. */
  readonly settled: (units: readonly AnsweredUnit[]) => Promise<void>
  readonly read: (answer: AnsweredUnit) => Departed
  readonly settle: Departures["settle"]
  readonly timers: Timers
  readonly everyMs?: number
  readonly onRefused?: (answer: AnsweredUnit, code: string) => void
  /** Called once for each outage: this is asked again in seconds. */
  readonly onTrouble?: (error: unknown) => void
}

const everyMsDefault = 2_000

export class CarriedAnswers {
  readonly #parts: CarriedAnswersParts
  #cancel: (() => void) | undefined
  #asking: Promise<void> | undefined
  #isClosed = false
  #isWell = true

  constructor(parts: CarriedAnswersParts) {
    this.#parts = parts
  }

  start(): void {
    const { timers, everyMs = everyMsDefault } = this.#parts
    this.#cancel = timers.after(everyMs, () => {
      this.#asking = this.#turn()
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancel?.()
    await this.#asking
  }

  async #turn(): Promise<void> {
    const { isNeeded, onTrouble } = this.#parts
    try {
      if (isNeeded()) await this.#ask()
      this.#isWell = true
    } catch (error) {
      if (this.#isWell) onTrouble?.(error)
      this.#isWell = false
    }
    if (!this.#isClosed) this.start()
  }

  async #ask(): Promise<void> {
    const { answers, settled } = this.#parts
    let page = await answers()
    while (page.length > 0 && !this.#isClosed) {
      const done: AnsweredUnit[] = []
      for (const answer of page) if (await this.#isSettled(answer)) done.push(answer)
      if (done.length === 0) return
      await settled(done)
      page = await answers()
    }
  }

  async #isSettled(answer: AnsweredUnit): Promise<boolean> {
    const { read, settle, onRefused } = this.#parts
    const departed = read(answer)
    if (departed.kind === "custody" || departed.kind === "refused") {
      return await settle(`${answer.digest}/${answer.peer}`, departed)
    }
    onRefused?.(answer, departed.kind === "failed" ? departed.code : departed.kind)
    return true
  }
}
