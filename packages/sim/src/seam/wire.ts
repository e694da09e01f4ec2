/** What passes through a seam, as bytes: the simulation's own, and read without any trust in it. */

import type { AnsweredUnit, HeldArrival, ListAnswer } from "@tearline/core"

import type { HandedAnswer } from "../node/opening.ts"
import { bytesOf, textOf } from "../suite/bytes.ts"

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

export function encodeArrival({ unit, custody, ...rest }: HeldArrival): Uint8Array {
  return encodePlain({ ...rest, unit: unit.toHex(), custody: custody.toHex() })
}

export function decodeArrival(bytes: Uint8Array): HeldArrival {
  type Plain = Omit<HeldArrival, "unit" | "custody"> & Record<"unit" | "custody", string>
  const { unit, custody, ...rest } = decodePlain(bytes) as Plain
  return { ...rest, unit: Uint8Array.fromHex(unit), custody: Uint8Array.fromHex(custody) }
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
  return bytesOf(JSON.stringify(value)).slice()
}

export function decodePlain(bytes: Uint8Array): unknown {
  return JSON.parse(textOf(bytes.slice()))
}
