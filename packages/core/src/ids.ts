/**
 * Names of things, as branded lower-case hexadecimal text.
 *
 * Text rather than bytes, because a name is a key in maps, a column in tables and a word on
 * screens; only envelope and slot carry the bytes. Made in one place, so that no other string
 * passes for one.
 */

import * as v from "valibot"

declare const brand: unique symbol
type Named<Name extends string> = string & { readonly [brand]: Name }

/** An organisation: the first 16 bytes of SHA-256 of its first root key. */
export type OrgId = Named<"OrgId">
/** A thread: 16 bytes bound to originator, addressee, status and a nonce; see `threadIdOf`. */
export type ThreadId = Named<"ThreadId">
/** A message: SHA-256 of its signed payload, never of a signature (spec/envelope.md). */
export type MessageId = Named<"MessageId">
/** An envelope: SHA-256 over header, body and slots root. */
export type Digest = Named<"Digest">
/** A policy: SHA-256 of its canonical form. */
export type PolicyHash = Named<"PolicyHash">

const hex = (bytes: number) => new RegExp(`^[0-9a-f]{${bytes * 2}}$`)

function idSchema<Id extends string>(name: string, bytes: number): v.GenericSchema<string, Id> {
  const schema = v.pipe(v.string(), v.regex(hex(bytes), `${name}: ${bytes} bytes in hexadecimal`))
  return schema as unknown as v.GenericSchema<string, Id>
}

export const orgIdSchema: v.GenericSchema<string, OrgId> = idSchema("organisation", 16)
export const threadIdSchema: v.GenericSchema<string, ThreadId> = idSchema("thread", 16)
export const messageIdSchema: v.GenericSchema<string, MessageId> = idSchema("message", 32)
export const digestSchema: v.GenericSchema<string, Digest> = idSchema("envelope digest", 32)
export const policyHashSchema: v.GenericSchema<string, PolicyHash> = idSchema("policy", 32)

/** Whole milliseconds since 1970-01-01 UTC, up to the year 9999. */
export const instantSchema: v.GenericSchema<number> = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(0),
  v.maxValue(253_402_300_799_999),
)
