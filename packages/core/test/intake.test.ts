/** What the exchange does with an arrival until it is taken in, refused, or left to come again. */

import { describe, expect, test } from "vitest"

import {
  Intake,
  unopenable,
  type Digest,
  type ExchangeInput,
  type HeldUnit,
  type IntakeParts,
  type OrgId,
} from "@tearline/core"

const bytes = new Uint8Array()

function heldUnit(name: string): HeldUnit {
  const sender = "b".repeat(32) as OrgId
  const custody = { digest: name.repeat(64) as Digest, by: "a".repeat(32) as OrgId, atMs: 0 }
  return { unit: bytes, receipt: bytes, custody, sender, lane: 3 }
}

/** An intake whose pauses are over at once, and what was handed to the machine. */
function intake(parts: Partial<IntakeParts> = {}) {
  const submitted: ExchangeInput[] = []
  const taken: HeldUnit[] = []
  const one = new Intake({
    open: async (held) => unopenable(held, "sealed_to_another"),
    submit: async (input) => {
      submitted.push(input)
      return { kind: "taken" }
    },
    isOfTheWorld: () => false,
    timers: {
      after: (_delayMs, run) => {
        setImmediate(run)
        return () => undefined
      },
    },
    onTaken: (held) => taken.push(held),
    ...parts,
  })
  const rest = async () => {
    while (one.inHand > 0) await new Promise(setImmediate)
  }
  return { one, submitted, taken, rest }
}

const codesOf = (inputs: readonly ExchangeInput[]) =>
  inputs.map((it) => (it.kind === "unopenable" ? it.code : it.kind))

describe("an arrival", () => {
  test("of a sender that is not known yet is taken when it comes again", async () => {
    let isKnown = false
    const { one, taken, rest } = intake({
      open: async (held) => (isKnown ? unopenable(held, "sealed_to_another") : undefined),
    })
    one.receive(heldUnit("1"))
    await rest()
    expect(taken).toHaveLength(0)
    isKnown = true
    one.receive(heldUnit("1"))
    await rest()
    expect(taken).toHaveLength(1)
  })

  test("that comes again while it is in hand is submitted once", async () => {
    const { one, submitted, rest } = intake()
    one.receive(heldUnit("1"))
    one.receive(heldUnit("1"))
    one.receive(heldUnit("2"))
    await rest()
    expect(submitted).toHaveLength(2)
  })

  test("that breaks its reader is refused as poison after four attempts (I9)", async () => {
    const tried: ExchangeInput[] = []
    const { one, taken, rest } = intake({
      submit: async (input) => {
        tried.push(input)
        if (input.kind === "unopenable" && input.code === "poison") {
          return { kind: "refused", code: "poison" }
        }
        throw new Error("it breaks")
      },
    })
    one.receive(heldUnit("1"))
    await rest()
    const before = Array.from({ length: 4 }, () => "sealed_to_another")
    expect(codesOf(tried)).toEqual([...before, "poison"])
    expect(taken).toHaveLength(1)
  })

  test("is never refused because the disk is full, however long that lasts", async () => {
    let failures = 0
    const { one, submitted, rest } = intake({
      isOfTheWorld: () => true,
      submit: async (input) => {
        failures += 1
        if (failures <= 40) throw new Error("the disk is full")
        submitted.push(input)
        return { kind: "taken" }
      },
    })
    one.receive(heldUnit("1"))
    await rest()
    expect(codesOf(submitted)).toEqual(["sealed_to_another"])
  })
})
