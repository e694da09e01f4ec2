/**
 * The gateway's configuration, secrets included: one JSON document that the launcher writes into an
 * inherited pipe. Checked by hand: the process that faces the internet imports as little as it
 * can.
 */

import { type SigningKey, signingKeyFromSeed } from "@tearline/crypto"

import { GatewayError } from "./gateway-error.ts"

/** A certificate in PEM and its private key in PEM (PKCS #8). */
export interface TlsIdentity {
  readonly certificate: string
  readonly privateKey: string
}

export interface ListenerConfig {
  readonly host: string
  /** 0 asks the system for a free one; the ready line names it. */
  readonly port: number
  readonly tls: TlsIdentity
}

/** The document as the launcher writes it. */
export interface GatewayConfig {
  /** This organisation, 16 bytes in hexadecimal. */
  readonly org: string
  /** The 64 bytes of the gateway's signing key in base64. */
  readonly gatewayKey: string
  /** Faces the internet; its certificate is the one that peers pin, and is shown to them too. */
  readonly outer: ListenerConfig
  /** For our own exchange; `exchangePin` is the SHA-256 of its SPKI in hexadecimal. */
  readonly inner: ListenerConfig & {
    readonly exchangePin: string
    /** The same of whoever carries files; nobody may where it is missing. */
    readonly courierPin?: string
  }
  readonly databaseUrl: string
}

type Fields = Readonly<Record<string, unknown>>

/** Reads the document. Throws `bad_config` naming the field, never its value. */
export function readConfig(json: string): GatewayConfig {
  const all = fieldsOf(parsed(json), "the document")
  const inner = fieldsOf(all["inner"], "inner")
  return {
    org: textOf(all["org"], "org", /^[0-9a-f]{32}$/),
    gatewayKey: textOf(all["gatewayKey"], "gatewayKey", /^[A-Za-z0-9+/]{86}==$/),
    outer: listenerOf(fieldsOf(all["outer"], "outer"), "outer"),
    inner: {
      ...listenerOf(inner, "inner"),
      exchangePin: textOf(inner["exchangePin"], "inner.exchangePin", pinForm),
      ...(inner["courierPin"] === undefined
        ? {}
        : { courierPin: textOf(inner["courierPin"], "inner.courierPin", pinForm) }),
    },
    databaseUrl: textOf(all["databaseUrl"], "databaseUrl", /^postgres(?:ql)?:\/\//),
  }
}

/** The form of a pin: SHA-256 in lower-case hexadecimal. */
export const pinForm = /^[0-9a-f]{64}$/

/** The signing key of a configuration. */
export function gatewayKeyOf(config: GatewayConfig): SigningKey {
  return signingKeyFromSeed(Buffer.from(config.gatewayKey, "base64"))
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown
  } catch {
    // The parser's own message quotes the text, which holds secrets.
    throw new GatewayError("bad_config", "the configuration is no json: start it by the launcher")
  }
}

function listenerOf(fields: Fields, at: string): ListenerConfig {
  const tls = fieldsOf(fields["tls"], `${at}.tls`)
  const port = fields["port"]
  if (!Number.isInteger(port) || (port as number) < 0 || (port as number) > 65_535) {
    throw wrong(`${at}.port`)
  }
  return {
    host: textOf(fields["host"], `${at}.host`, /./),
    port: port as number,
    tls: {
      certificate: textOf(tls["certificate"], `${at}.tls.certificate`, /^-----BEGIN CERT/),
      privateKey: textOf(tls["privateKey"], `${at}.tls.privateKey`, /^-----BEGIN PRIVATE KEY/),
    },
  }
}

function fieldsOf(value: unknown, at: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(at)
  return value as Fields
}

function textOf(value: unknown, at: string, form: RegExp): string {
  if (typeof value !== "string" || !form.test(value)) throw wrong(at)
  return value
}

function wrong(at: string): GatewayError {
  return new GatewayError("bad_config", `the configuration's ${at} is missing or of another form`)
}
