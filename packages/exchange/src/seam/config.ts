/** The mover's configuration: one JSON document that the launcher writes into an inherited pipe. */

import * as v from "valibot"

import { ExchangeError } from "../exchange-error.ts"
import { gatewaySchema, seamFoldersSchema } from "./schemas.ts"

const configSchema = v.object({ folders: seamFoldersSchema, gateway: gatewaySchema })

/** The document as the launcher writes it. */
export type SeamConfig = v.InferOutput<typeof configSchema>

/** Reads the document. Throws `bad_config` naming the field, never its value. */
export function readSeamConfig(json: string): SeamConfig {
  const read = v.safeParse(configSchema, JSON.parse(json))
  if (read.success) return read.output
  const at = v.getDotPath(read.issues[0]) ?? "document"
  const message = `the configuration's ${at} is missing or of another form`
  throw new ExchangeError("bad_config", message)
}
