/**
 * Arrivals in the exchange: opened, taken in, and only then reported as taken.
 *
 * The gateway sends again whatever it was not told of, so that nothing is lost between the two
 * whenever either stops. What cannot be taken in although the store is well is refused after a few
 * attempts, so that it does not hold the window for ever (I9). A store that is full, away or
 * damaged says nothing about the message: that is tried until the store is well.
 */

import type { Arrived, ExchangeAnswer, ExchangeInput, Unopenable } from "../exchange/inputs.ts"
import type { OrgId } from "../ids.ts"
import type { Custody } from "../messages/statement.ts"
import { precedences, type Lane, type Precedence } from "../vocabulary/precedence.ts"
import type { Timers } from "./ports.ts"

/** A unit that our own gateway has checked from outside and signed for. */
export interface HeldUnit {
  readonly unit: Uint8Array
  readonly receipt: Uint8Array
  readonly custody: Custody
  readonly sender: OrgId
  readonly lane: Lane
}

export interface IntakeParts {
  /** Opens a unit; undefined when it cannot be said yet whose it is: it then comes again. */
  readonly open: (held: HeldUnit) => Promise<Arrived | Unopenable | undefined>
  readonly submit: (input: ExchangeInput) => Promise<ExchangeAnswer>
  /** Whether it is the store's or the line's failure, however long that lasts. */
  readonly isOfTheWorld: (error: unknown) => boolean
  readonly timers: Timers
  readonly retryMs?: { readonly min: number; readonly max: number }
  readonly onTaken?: (held: HeldUnit, input: Arrived | Unopenable, answer: ExchangeAnswer) => void
  readonly onTrouble?: (held: HeldUnit, error: unknown) => void
}

const attemptsMax = 4
const retryMsDefault = { min: 100, max: 5_000 }

export class Intake {
  readonly #parts: IntakeParts
  readonly #inHand = new Set<string>()
  #isClosed = false
  #done = 0

  constructor(parts: IntakeParts) {
    this.#parts = parts
  }

  get inHand(): number {
    return this.#inHand.size
  }

  /** Arrivals taken in or refused, ever. */
  get done(): number {
    return this.#done
  }

  close(): void {
    this.#isClosed = true
  }

  receive(held: HeldUnit): void {
    const { digest } = held.custody
    // Sent again after a new connection while we still have it in hand.
    if (this.#inHand.has(digest) || this.#isClosed) return
    this.#inHand.add(digest)
    void this.#take(held)
  }

  async #take(held: HeldUnit): Promise<void> {
    try {
      const input = await this.#parts.open(held)
      if (input === undefined) return
      const answer = await this.#submitted(held, input)
      if (answer !== undefined) this.#parts.onTaken?.(held, input, answer)
    } catch (error) {
      // Opening answers with codes and does not throw; whatever did will come again.
      this.#parts.onTrouble?.(held, error)
    } finally {
      this.#inHand.delete(held.custody.digest)
      this.#done += 1
    }
  }

  /** Undefined when we stop first: it then arrives again. */
  async #submitted(
    held: HeldUnit,
    input: Arrived | Unopenable,
  ): Promise<ExchangeAnswer | undefined> {
    const { submit, isOfTheWorld, onTrouble, retryMs = retryMsDefault } = this.#parts
    let next = input
    let attempts = 0
    let failures = 0
    while (!this.#isClosed) {
      try {
        return await submit(next)
      } catch (error) {
        onTrouble?.(held, error)
        failures += 1
        // A message is never refused because a row of ours is damaged or our disk is full.
        if (!isOfTheWorld(error)) attempts += 1
        if (attempts >= attemptsMax) next = unopenable(held, "poison")
      }
      await this.#pause(Math.min(retryMs.max, retryMs.min * 2 ** Math.min(failures - 1, 20)))
    }
    return undefined
  }

  #pause(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#parts.timers.after(delayMs, resolve)
    return promise
  }
}

/** What is refused under `code` although nobody could say what was in it. */
export function unopenable(held: HeldUnit, code: string): Unopenable {
  const { unit, custody, receipt, sender, lane } = held
  const { digest } = custody
  const precedence = precedenceOf(lane)
  return { kind: "unopenable", unit, custody, receipt, digest, sender, precedence, code }
}

/** The precedence that travels in a lane. */
export function precedenceOf(lane: number): Precedence {
  return precedences.codes.find((it) => precedences.entries[it].lane === lane) ?? "ROUTINE"
}
