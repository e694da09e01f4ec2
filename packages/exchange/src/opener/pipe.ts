/**
 * What the exchange and its opener say to each other, as bytes in a pipe: a length in four bytes,
 * then canonical CBOR.
 *
 * An opener that a malicious envelope has taken over writes what it likes. The platform's own
 * channel between processes would take that for its own words: it ends the process that reads them,
 * or fills its memory. So what comes back goes through the gate and a schema, as a peer's bytes
 * do.
 */

import * as v from "valibot"

import { decode, encode, unitBytesMax, type Statement, type Value } from "@tearline/crypto"

import { ExchangeError } from "../exchange-error.ts"
import type { FromOpener, ToOpener } from "./exchanged.ts"

/** A statement and the signed object around it, each of at most a mebibyte, and a part. */
export const answerBytesMax: number = 2 * 1024 * 1024 + 131_072
const workBytesMax = unitBytesMax + 65_536

function framed(value: Value): Uint8Array {
  const bytes = encode(value)
  const frame = Buffer.alloc(4 + bytes.length)
  frame.writeUInt32BE(bytes.length)
  frame.set(bytes, 4)
  return frame
}

/** For the opener, which believes the exchange. */
export function toOpenerBytes(message: ToOpener): Uint8Array {
  return framed({ ...message })
}

export function readToOpener(bytes: Uint8Array): ToOpener {
  return decode(bytes, { bytesMax: workBytesMax }) as unknown as ToOpener
}

/** Statement and part as bytes: inside another object they might nest deeper than the gate allows. */
export function fromOpenerBytes(message: FromOpener): Uint8Array {
  if (message.kind !== "opened") return framed({ ...message })
  const { statement, privatePart: _part, ...rest } = message.content
  return framed({ ...message, content: { ...rest, statement: encode(statement) } })
}

const bytesOf = (length?: number) =>
  v.pipe(
    v.instance(Uint8Array),
    v.check((it) => length === undefined || it.length === length),
  )
const wholeFrom = (least: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(least))
const laneSchema = v.picklist([0, 1, 2, 3])
const ticket = wholeFrom(1)

const contentSchema = v.object({
  messageId: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  kind: v.pipe(v.string(), v.regex(/^[a-z-]{1,99}$/)),
  statement: bytesOf(),
  signedObject: bytesOf(),
  privatePartBytes: bytesOf(),
  openingBytes: bytesOf(),
  sender: bytesOf(16),
  precedence: laneSchema,
  digest: bytesOf(32),
  epoch: wholeFrom(0),
  lane: laneSchema,
  number: wholeFrom(1),
})

const schema = v.variant("kind", [
  v.object({ kind: v.literal("ready") }),
  v.object({ kind: v.literal("key-asked"), prekeyId: bytesOf(8) }),
  v.object({ kind: v.literal("opened"), ticket, content: contentSchema }),
  v.object({
    kind: v.literal("refused"),
    ticket,
    code: v.pipe(v.string(), v.regex(/^[a-z_]{1,64}$/)),
  }),
])

/** Throws `malformed_request`, or the codes of `decode`. */
export function readFromOpener(bytes: Uint8Array): FromOpener {
  const read = v.safeParse(schema, decode(bytes, { bytesMax: answerBytesMax }))
  if (!read.success) throw malformed()
  const message = read.output
  if (message.kind !== "opened") return message
  const { statement, ...rest } = message.content
  const privatePart = namedMap(rest.privatePartBytes)
  return { ...message, content: { ...rest, statement: namedMap(statement), privatePart } }
}

function namedMap(bytes: Uint8Array): Statement {
  const value: unknown = decode(bytes)
  const isNamed =
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Map) &&
    !(value instanceof Uint8Array)
  if (!isNamed) throw malformed()
  return value as Statement
}

function malformed(): ExchangeError {
  return new ExchangeError("malformed_request", "the opener says something that it never would")
}
