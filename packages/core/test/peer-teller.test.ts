/** The list of peers on its way to a gateway that may hold anything, and lose anything. */

import fc from "fast-check"
import { expect, test } from "vitest"

import {
  mayReplace,
  PeerTeller,
  type ListPlace,
  type OfferAnswer,
  type OfferedList,
} from "@tearline/core"

import { seededChance } from "./fixtures/suite.ts"

const content = (state: number) => Uint8Array.of(state >> 8, state & 255)

/** A gateway and the timers of its exchange, of which the earliest is run by hand. */
class Gateway {
  held: ListPlace | undefined
  readonly taken: number[] = []
  #timers: { readonly atMs: number; readonly run: () => void }[] = []
  #nowMs = 0

  after = (delayMs: number, run: () => void): (() => void) => {
    const timer = { atMs: this.#nowMs + delayMs, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((it) => it !== timer)
    }
  }

  take(list: OfferedList, [high = 0, low = 0]: Uint8Array): OfferAnswer {
    if (!mayReplace(this.held, list)) return { kind: "superseded", by: this.held?.series ?? "" }
    this.held = list
    this.taken.push((high << 8) | low)
    return { kind: "taken" }
  }

  /** Runs what is due, in order, and all that follows from it. */
  async runUntil(endMs: number): Promise<void> {
    for (;;) {
      await settled()
      const [next] = this.#timers.toSorted((a, b) => a.atMs - b.atMs)
      if (next === undefined || next.atMs > endMs) return
      this.#timers = this.#timers.filter((it) => it !== next)
      this.#nowMs = next.atMs
      next.run()
    }
  }
}

function settled(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setImmediate(resolve)
  return promise
}

const chance = seededChance("teller")
const series = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((it) => it.toHex())
const places = fc.option(
  fc.record({ series, number: fc.integer({ min: 1, max: 999_999_999_999_999 }) }),
  { nil: undefined },
)

test("whatever a gateway holds, it comes to hold the last list, M-CAR-20", async () => {
  const events = fc.array(fc.constantFrom("change", "start", "lose", "late", "restore"))
  await fc.assert(
    fc.asyncProperty(places, events, async (place, happened) => {
      const gateway = new Gateway()
      gateway.held = place
      let state = 0
      let losses = 0
      const late: (() => void)[] = []
      const start = () => {
        const teller: PeerTeller = new PeerTeller({
          chance,
          timers: gateway,
          times: { retryMs: 1_000, waitingMs: 20_000 },
          offer: async (list, body) => {
            losses -= 1
            if (losses >= 0) return { kind: "failed" }
            const answer = gateway.take(list, body)
            if (state % 3 !== 0) return answer
            late.push(() => teller.answered(list, answer))
            return { kind: "waiting" }
          },
        })
        teller.tell(content(state))
        return teller
      }
      let teller = start()
      let endMs = 0
      for (const it of happened) {
        if (it === "change") teller.tell(content((state += 1)))
        if (it === "start") {
          teller.close()
          teller = start()
        }
        if (it === "lose") losses = 2
        if (it === "late") late.shift()?.()
        if (it === "restore") gateway.held = place
        await gateway.runUntil((endMs += 500))
      }
      losses = 0
      teller.tell(content(state))
      await gateway.runUntil((endMs += 30_000))
      for (const it of late) it()
      await gateway.runUntil(endMs + 30_000)
      expect(gateway.taken.at(-1)).toBe(state)
      expect(gateway.taken).toEqual(gateway.taken.toSorted((a, b) => a - b))
    }),
  )
})

test("a gateway that says no however often it is asked is not asked without pause", async () => {
  const gateway = new Gateway()
  let offers = 0
  const teller = new PeerTeller({
    chance,
    timers: gateway,
    offer: async () => {
      offers += 1
      return { kind: "superseded", by: chance.bytes(16).toHex() }
    },
  })
  teller.tell(content(1))
  await gateway.runUntil(10_500)
  expect(offers).toBe(12)
  teller.close()
})

test("a list put into our own series with a larger number is replaced, M-CAR-20", async () => {
  const gateway = new Gateway()
  const teller = new PeerTeller({
    chance,
    timers: gateway,
    offer: async (list, body) => gateway.take(list, body),
  })
  teller.tell(content(1))
  await gateway.runUntil(1)
  gateway.held = { series: gateway.held?.series ?? "", number: 999_999_999_999_999 }
  teller.tell(content(1))
  await gateway.runUntil(2)
  expect(gateway.held.number).toBe(1)
  expect(gateway.taken).toEqual([1, 1])
})
