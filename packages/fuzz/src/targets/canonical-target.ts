/**
 * The canonical gate against another reader of CBOR: what the gate takes, the other takes too and
 * understands alike; and what the gate takes, it writes again byte for byte.
 */

import { cdeDecodeOptions, decode as decodeElsewhere } from "cbor2"

import { decode, encode, type Value } from "@tearline/crypto"

import { accepted, canary, decided } from "../refusal.ts"
import { hold, type Outcome, type Target } from "../target.ts"
import { gateCodes } from "./crypto-codes.ts"

const options = { ...cdeDecodeOptions, preferMap: true, rejectFloats: true, maxDepth: 64 }

/** One text for one value, whatever containers a reader uses. */
function spelled(value: unknown): string {
  if (value instanceof Uint8Array) return `h'${value.toHex()}'`
  if (Array.isArray(value)) return `[${value.map(spelled).join()}]`
  if (typeof value !== "object" || value === null) {
    return typeof value === "string" ? JSON.stringify(value) : String(value)
  }
  const entries =
    value instanceof Map ? [...(value as Map<unknown, unknown>)] : Object.entries(value)
  return `{${entries.map(([key, it]) => `${spelled(key)}:${spelled(it)}`).join()}}`
}

function depthOf(value: Value): number {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return 0
  const items = value instanceof Map ? [...value.values()] : Object.values(value)
  return 1 + Math.max(0, ...items.slice(0, 100).map(depthOf))
}

function run(input: Uint8Array): Outcome {
  return decided(() => {
    const value = decode(input)
    const again = encode(value)
    hold(Buffer.compare(again, input) === 0, "what the gate takes, it writes again byte for byte")
    let elsewhere: unknown
    try {
      elsewhere = decodeElsewhere(input, options)
    } catch {
      hold(false, "what the gate takes, another reader of CBOR takes too")
    }
    hold(
      spelled(elsewhere) === spelled(value),
      "two readers of CBOR understand the same bytes alike",
    )
    return accepted(`${typeof value} ${depthOf(value)}`)
  }, gateCodes)
}

const nested = (depth: number): Value => (depth === 0 ? 1 : [nested(depth - 1)])

export async function openCanonical(): Promise<Target> {
  return {
    name: "canonical",
    bytesMax: 1_048_600,
    grammar: "cbor",
    words: [canary, "a", "__proto__"],
    seeds: [
      encode(0),
      encode(-1),
      encode(Number.MAX_SAFE_INTEGER),
      encode("text"),
      encode(new Uint8Array(40)),
      encode([1, [2, [3]], null, true, false]),
      encode({ [canary]: 1, a: [canary], b: { c: "d" } }),
      encode(
        new Map<number, Value>([
          [1, "one"],
          [-1, new Map([[24, "x"]])],
        ]),
      ),
      encode(nested(15)),
    ],
    run,
    grown: (count) => encode(Array.from({ length: count }, (_, at) => `${at}`)),
  }
}
