/** What the configurations of an exchange and of a mover have in common. */

import * as v from "valibot"

const pem = v.pipe(v.string(), v.startsWith("-----BEGIN "))
const path = v.pipe(v.string(), v.startsWith("/"))

export const gatewaySchema = v.object({
  /** Of the own gateway's inner listener: `https://host:port`. */
  endpoint: v.pipe(v.string(), v.regex(/^https:\/\/[^/]+$/)),
  /** SHA-256 of the SPKI of that listener's key, current and next, in hexadecimal. */
  pins: v.pipe(v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))), v.minLength(1)),
  /** What is shown to the gateway; PEM. */
  tls: v.object({ certificate: pem, privateKey: pem }),
})

/** One side's two folders: it writes into `out` and reads from `in`. */
export const seamFoldersSchema = v.object({ out: path, in: path })

/** The exchange's: it tells when nothing has come for so long, two minutes unless said. */
export const seamInsideSchema = v.object({
  ...seamFoldersSchema.entries,
  silentAfterMs: v.optional(v.pipe(v.number(), v.minValue(1))),
})
