/**
 * The exchange's configuration, secrets included: one JSON document that the launcher writes into
 * an inherited pipe.
 */

import * as v from "valibot"

import { orgIdSchema } from "@tearline/core"

import { ExchangeError } from "./exchange-error.ts"
import { gatewaySchema, seamInsideSchema } from "./seam/schemas.ts"

const base64 = v.pipe(v.string(), v.minLength(4), v.regex(/^[A-Za-z0-9+/]+={0,2}$/))

const configSchema = v.object({
  /** This organisation, 16 bytes in hexadecimal. */
  org: orgIdSchema,
  /** As it stands in the identity statement. */
  name: v.string(),
  /** The own chain of identity statements from version 1 on, each in base64. */
  identity: v.pipe(v.array(base64), v.minLength(1)),
  /** The own operations statement in base64. It names the gateway key that the header carries. */
  operations: base64,
  /** The newest restore statement of this node in base64, if there is one. */
  restore: v.optional(base64),
  /** The 64 bytes of the exchange's signing key in base64. */
  exchangeKey: base64,
  /** The 32-byte seeds of the KEM keys that can still be opened with, in base64. */
  kemSeeds: v.pipe(v.array(base64), v.minLength(1)),
  gateway: gatewaySchema,
  /** The exchange's side of two folders through which alone it reaches its gateway, if it does. */
  seam: v.optional(seamInsideSchema),
  databaseUrl: v.pipe(v.string(), v.regex(/^postgres(?:ql)?:\/\//)),
  desk: v.object({
    /** Path of the Unix socket; its folder is private to the node's user. */
    socket: v.pipe(v.string(), v.startsWith("/")),
    token: v.pipe(v.string(), v.minLength(32)),
  }),
})

/** The document as the launcher writes it. */
export type ExchangeConfig = v.InferOutput<typeof configSchema>

/** Reads the document. Throws `bad_config` naming the field, never its value. */
export function readConfig(json: string): ExchangeConfig {
  const read = v.safeParse(configSchema, parsed(json))
  if (read.success) return read.output
  const at = v.getDotPath(read.issues[0]) ?? "document"
  const message = `the configuration's ${at} is missing or of another form`
  throw new ExchangeError("bad_config", message)
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown
  } catch {
    // The parser's own message quotes the text, which holds secrets.
    const message = "the configuration is no json: start it by the launcher"
    throw new ExchangeError("bad_config", message)
  }
}
