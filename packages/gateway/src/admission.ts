/**
 * How much of the gateway one caller may hold at a time, and how often a stranger is answered.
 *
 * Work in hand is bounded for each pin and for all together, with some of it set aside for FLASH,
 * so that a peer's backlog stops neither its own FLASH nor another peer, and a storm of many peers
 * fills no memory and stops no FLASH: what is beyond comes again, and is not read before. Refusals
 * nobody signed are answered out of a bucket that fills slowly: bad bytes cost their sender its
 * answers and nobody else anything (I9).
 */

export interface AdmissionLimits {
  /** Requests in hand for one pin, of every lane. */
  readonly requestsMax: number
  /** Requests beyond that, for FLASH alone. */
  readonly flashReserve: number
  /** Requests in hand of all pins; who has none in hand is let in beyond that. */
  readonly allRequestsMax: number
  /** Requests beyond that, for FLASH alone. */
  readonly allFlashReserve: number
  /** Generic refusals that are answered at once, and how many more each second. */
  readonly refusalBurst: number
  readonly refusalsPerSecond: number
}

const defaults: AdmissionLimits = {
  requestsMax: 32,
  flashReserve: 8,
  allRequestsMax: 1024,
  allFlashReserve: 128,
  refusalBurst: 30,
  refusalsPerSecond: 1,
}

const callersMax = 4096

interface Bucket {
  left: number
  atMs: number
}

export class Admission {
  readonly #limits: AdmissionLimits
  readonly #nowMs: () => number
  readonly #inHand = new Map<string, number>()
  #allInHand = 0
  readonly #buckets = new Map<string, Bucket>()

  /** `nowMs` is any clock that does not step back. */
  constructor(nowMs: () => number, limits: AdmissionLimits = defaults) {
    this.#nowMs = nowMs
    this.#limits = limits
  }

  /** Lets a request in, and returns what to call once it is over; undefined when it must wait. */
  enter(pin: string, isFlash: boolean): (() => void) | undefined {
    const { requestsMax, flashReserve, allRequestsMax, allFlashReserve } = this.#limits
    const inHand = this.#inHand.get(pin) ?? 0
    if (inHand >= requestsMax + (isFlash ? flashReserve : 0)) return undefined
    const isCrowded = this.#allInHand >= allRequestsMax + (isFlash ? allFlashReserve : 0)
    if (isCrowded && inHand > 0) return undefined
    this.#inHand.set(pin, inHand + 1)
    this.#allInHand += 1
    return () => {
      this.#allInHand -= 1
      const now = (this.#inHand.get(pin) ?? 1) - 1
      if (now === 0) this.#inHand.delete(pin)
      else this.#inHand.set(pin, now)
    }
  }

  /** Whether this caller is told of one more generic refusal. */
  mayRefuse(caller: string): boolean {
    const { refusalBurst, refusalsPerSecond } = this.#limits
    const nowMs = this.#nowMs()
    const { left, atMs } = this.#buckets.get(caller) ?? { left: refusalBurst, atMs: nowMs }
    const filled = Math.min(refusalBurst, left + ((nowMs - atMs) / 1000) * refusalsPerSecond)
    const may = filled >= 1
    // Taken out and put in again, so that the first in the map is the one not heard of longest.
    this.#buckets.delete(caller)
    this.#buckets.set(caller, { left: may ? filled - 1 : filled, atMs: nowMs })
    const oldest = this.#buckets.keys().next().value
    if (this.#buckets.size > callersMax && oldest !== undefined) this.#buckets.delete(oldest)
    return may
  }
}
