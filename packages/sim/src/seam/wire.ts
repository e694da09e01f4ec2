/** What passes through a seam, as bytes: the simulation's own, and read without any trust in it. */

import type { AnsweredUnit, HeldArrival, ListAnswer } from "@tearline/core"

import type { HandedAnswer } from "../node/opening.ts"
import { Recent } from "../suite/bytes.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** What went into one end comes out of the other as it was, unless somebody has spoilt it. */
const arrivals = new Recent<HeldArrival>()
const passing = new Recent<Uint8Array>()

interface PlainAnswer {
  readonly kind: HandedAnswer["kind"] | "none"
  readonly bytes?: string
}

export function encodeAnswer(answer: HandedAnswer | undefined): Uint8Array {
  return encodePlain(plainOf(answer))
}

export function encodeOffered(answer: ListAnswer): Uint8Array {
  return encodePlain(answer)
}

export function decodeOffered(bytes: Uint8Array): ListAnswer {
  return decodePlain(bytes) as ListAnswer
}

function plainOf(answer: HandedAnswer | undefined): PlainAnswer {
  switch (answer?.kind) {
    case "custody":
      return { kind: "custody", bytes: answer.receipt.toHex() }
    case "refused":
      return { kind: "refused", bytes: answer.refusal.toHex() }
    case "waiting":
    case "turned-away":
      return { kind: answer.kind }
    case undefined:
      return { kind: "none" }
  }
}

export function decodeAnswer(bytes: Uint8Array): HandedAnswer | undefined {
  const { kind, bytes: hex = "" } = decodePlain(bytes) as PlainAnswer
  switch (kind) {
    case "custody":
      return { kind, receipt: Uint8Array.fromHex(hex) }
    case "refused":
      return { kind, refusal: Uint8Array.fromHex(hex) }
    case "waiting":
    case "turned-away":
      return { kind }
    case "none":
      return undefined
  }
}

export function encodeArrival(arrival: HeldArrival): Uint8Array {
  const { unit, custody, ...rest } = arrival
  const text = JSON.stringify({ ...rest, unit: unit.toHex(), custody: custody.toHex() })
  arrivals.keep(text, arrival)
  return encoder.encode(text)
}

export function decodeArrival(bytes: Uint8Array): HeldArrival {
  const text = decoder.decode(bytes)
  type Plain = Omit<HeldArrival, "unit" | "custody"> & Record<"unit" | "custody", string>
  const read = () => {
    const { unit, custody, ...rest } = JSON.parse(text) as Plain
    return { ...rest, unit: Uint8Array.fromHex(unit), custody: Uint8Array.fromHex(custody) }
  }
  return arrivals.get(text) ?? read()
}

/** A unit goes as it is. */
export function encodeUnit(unit: Uint8Array): Uint8Array {
  passing.keep(decoder.decode(unit), unit)
  return unit
}

export function decodeUnit(bytes: Uint8Array): Uint8Array {
  return passing.get(decoder.decode(bytes)) ?? bytes
}

type PlainUnit = Pick<AnsweredUnit, "peer" | "digest"> & {
  readonly kind: AnsweredUnit["answer"]["kind"]
  readonly bytes: string
}

export function encodeUnits(units: readonly AnsweredUnit[]): Uint8Array {
  return encodePlain(
    units.map(({ peer, digest, answer: { kind, bytes } }): PlainUnit => {
      return { peer, digest, kind, bytes: bytes.toHex() }
    }),
  )
}

export function decodeUnits(bytes: Uint8Array): AnsweredUnit[] {
  return (decodePlain(bytes) as readonly PlainUnit[]).map(({ peer, digest, kind, bytes: hex }) => {
    return { peer, digest, answer: { kind, bytes: Uint8Array.fromHex(hex) } }
  })
}

export function encodePlain(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value))
}

export function decodePlain(bytes: Uint8Array): unknown {
  return JSON.parse(decoder.decode(bytes))
}
