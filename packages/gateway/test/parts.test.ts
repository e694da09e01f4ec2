/** The parts of the gateway that need neither network nor database. */

import { X509Certificate } from "node:crypto"

import fc from "fast-check"
import { expect, test } from "vitest"

import { type Lane, Turnstile } from "@tearline/core"

import { Admission } from "../src/admission.ts"
import { codeOf } from "../src/gateway-error.ts"
import { GatewayError, readConfig, selfSignedIdentity } from "../src/index.ts"
import { RecentMap } from "../src/recent-map.ts"
import { claimsOf } from "../src/suite.ts"
import { configOf, organisation, signedUnit } from "./organisation.ts"

const limits = {
  requestsMax: 2,
  flashReserve: 1,
  allRequestsMax: 3,
  allFlashReserve: 1,
  refusalBurst: 2,
  refusalsPerSecond: 1,
}

test("a pin's requests are bounded, and FLASH has a share of its own (M-CAR-13)", () => {
  const admission = new Admission(() => 0, limits)
  const first = admission.enter("alder", false)
  expect(admission.enter("alder", false)).toBeTypeOf("function")
  expect(admission.enter("alder", false)).toBeUndefined()
  expect(admission.enter("birch", false), "another peer is not delayed").toBeTypeOf("function")
  expect(admission.enter("alder", true)).toBeTypeOf("function")
  expect(admission.enter("alder", true)).toBeUndefined()
  first?.()
  expect(admission.enter("alder", false), "one of three has left").toBeUndefined()
})

test("many peers together are bounded, and neither FLASH nor who has nothing in hand waits (M-CAR-18)", () => {
  const admission = new Admission(() => 0, limits)
  const leave = ["alder", "alder", "birch"].map((pin) => admission.enter(pin, false))
  expect(admission.enter("birch", false), "all places are taken").toBeUndefined()
  expect(admission.enter("birch", true), "those for FLASH are not").toBeTypeOf("function")
  expect(admission.enter("birch", true), "now they are").toBeUndefined()
  expect(admission.enter("cedar", false), "has nothing in hand").toBeTypeOf("function")
  expect(admission.enter("cedar", false)).toBeUndefined()
  for (const it of leave) it?.()
  expect(admission.enter("cedar", false), "three of five have left").toBeTypeOf("function")
})

test("whoever comes and goes, what is in hand keeps within the bounds (M-CAR-13, M-CAR-18)", () => {
  const events = fc.record({
    pin: fc.constantFrom("alder", "birch", "cedar", "dogwood"),
    isFlash: fc.boolean(),
    isLeaving: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(events, { maxLength: 60 }), (list) => {
      const admission = new Admission(() => 0, limits)
      const inHand: { readonly pin: string; readonly leave: () => void }[] = []
      for (const { pin, isFlash, isLeaving } of list) {
        if (isLeaving) {
          inHand.shift()?.leave()
          continue
        }
        const own = inHand.filter((it) => it.pin === pin).length
        const leave = admission.enter(pin, isFlash)
        expect(own > 0 || leave !== undefined, "who has nothing in hand is let in").toBe(true)
        if (leave !== undefined) inHand.push({ pin, leave })
        expect(inHand.filter((it) => it.pin === pin).length).toBeLessThanOrEqual(3)
        expect(inHand.length).toBeLessThanOrEqual(4 + 4)
      }
    }),
  )
})

test("however often somebody asks, refusals are answered at the stated rate (M-CAR-7)", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 60 }), (pauses) => {
      let nowMs = 0
      const admission = new Admission(() => nowMs, limits)
      let answered = 0
      for (const pauseMs of pauses) {
        nowMs += pauseMs
        if (admission.mayRefuse("stranger")) answered += 1
        expect(answered).toBeLessThanOrEqual(limits.refusalBurst + nowMs / 1000)
      }
    }),
  )
})

test("a certificate of ours verifies by its own key and outlives everybody", () => {
  const { certificate } = selfSignedIdentity()
  const parsed = new X509Certificate(certificate)
  expect(parsed.verify(parsed.publicKey)).toBe(true)
  expect(parsed.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" })
  expect(parsed.subject).toBe("CN=tearline")
  expect(parsed.validToDate.getUTCFullYear()).toBe(9999)
})

test("a configuration is read as it was written, and a wrong one is named by its field", async () => {
  const config = configOf(await organisation(), "postgres:///tl_gateway")
  expect(config).toMatchObject(readConfig(JSON.stringify(config)))
  const wrong: Record<string, unknown> = {
    org: { ...config, org: "no" },
    gatewayKey: { ...config, gatewayKey: "secret" },
    "outer.port": { ...config, outer: { ...config.outer, port: 65_536 } },
    "inner.exchangePin": { ...config, inner: { ...config.inner, exchangePin: 1 } },
    databaseUrl: { ...config, databaseUrl: undefined },
  }
  for (const [field, document] of Object.entries(wrong)) {
    expect(() => readConfig(JSON.stringify(document))).toThrow(`configuration's ${field} is`)
  }
  const broken = () => readConfig(`{"gatewayKey": "${config.gatewayKey}`)
  expect(broken).toThrow(GatewayError)
  expect(broken).not.toThrow(config.gatewayKey)
})

test("what cannot be read is queued as ROUTINE, whatever the bytes are", async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(claimsOf(bytes)).toEqual({ sender: undefined, lane: 3 })
    }),
  )
  const [alder, birch] = [await organisation(), await organisation()]
  const unit = await signedUnit(alder, birch, { lane: 0 })
  expect(claimsOf(unit)).toEqual({ sender: alder.org, lane: 0 })
})

test("the map of recent values keeps those that were asked for last", () => {
  const recent = new RecentMap<number>(2)
  let made = 0
  const ask = (key: string) => recent.valueOf(key, () => (made += 1))
  expect([ask("a"), ask("b"), ask("a"), ask("c"), ask("a"), ask("b")]).toEqual([1, 2, 1, 3, 1, 4])
})

test("of those that wait for a turn the most urgent goes next, however it was asked (M-CAR-13)", async () => {
  const lanes = fc.array(fc.constantFrom<Lane[]>(0, 1, 2, 3), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(lanes, fc.integer({ min: 1, max: 4 }), async (asked, places) => {
      const turnstile = new Turnstile(places)
      const order: Lane[] = []
      let inside = 0
      const work = async (lane: Lane) => {
        order.push(lane)
        inside += 1
        expect(inside).toBeLessThanOrEqual(places)
        await Promise.resolve()
        inside -= 1
      }
      await Promise.all(asked.map((lane) => turnstile.pass(lane, () => work(lane))))
      expect(order).toEqual([
        ...asked.slice(0, places),
        ...asked.slice(places).toSorted((left, right) => left - right),
      ])
    }),
  )
})

test("an error is shown by its code alone", () => {
  expect(codeOf(Object.assign(new Error("with content"), { code: "ECONNRESET" }))).toBe(
    "econnreset",
  )
  expect(codeOf(Object.assign(new Error("x"), { code: "two words" }))).toBe("unknown")
  expect(codeOf("a text")).toBe("unknown")
})
