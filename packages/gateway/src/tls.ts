/**
 * Mutual TLS 1.3 in which both sides are known by the hash of their public key.
 *
 * No authority is asked, so the library's own verification is switched off and ours stands in its
 * place, at one spot for each side: the server looks a connection's pin up again for every request,
 * so that a withdrawn pin ends at once; the client hands out a socket only after the pin has held,
 * so that no byte reaches a stranger. Sessions are never resumed by the client (a resumed one shows
 * no certificate), and the one key exchange offered is the hybrid with ML-KEM: no other is
 * accepted. spec/carriage.md 2.
 */

import { Agent, type RequestOptions } from "node:https"
import type { Duplex } from "node:stream"
import { connect, type ConnectionOptions, type TlsOptions, TLSSocket } from "node:tls"

import { pinOfKey } from "./certificate.ts"
import type { TlsIdentity } from "./config.ts"
import { GatewayError } from "./gateway-error.ts"

const keyExchangeGroup = "X25519MLKEM768"
const handshakeMsMax = 5000

function commonOptions(identity: TlsIdentity): TlsOptions & ConnectionOptions {
  return {
    cert: identity.certificate,
    key: identity.privateKey,
    minVersion: "TLSv1.3",
    maxVersion: "TLSv1.3",
    ecdhCurve: keyExchangeGroup,
    rejectUnauthorized: false,
  }
}

/** The options of a listener that asks every client for a certificate. */
export function listenerTls(identity: TlsIdentity): TlsOptions {
  return { ...commonOptions(identity), requestCert: true, handshakeTimeout: handshakeMsMax }
}

const knownPins = new WeakMap<object, string>()

/** The pin of whoever is at the other end; undefined without certificate or outside TLS. */
export function pinOfSocket(socket: Duplex): string | undefined {
  const known = knownPins.get(socket)
  if (known !== undefined || !(socket instanceof TLSSocket)) return known
  const key = socket.getPeerX509Certificate()?.publicKey
  if (key === undefined) return undefined
  const pin = pinOfKey(key)
  knownPins.set(socket, pin)
  return pin
}

export interface PinnedAgentOptions {
  readonly identity: TlsIdentity
  readonly isTrusted: (pin: string) => boolean
  readonly socketsMax: number
}

/**
 * Keeps connections to one peer, each checked before its first byte.
 *
 * It sets no limit of its own: whoever asks keeps to `socketsMax` requests at a time. The
 * platform's limit would queue requests, and that queue stands still when a connection that is made
 * later, as these are, cannot be made.
 */
export class PinnedAgent extends Agent {
  readonly #identity: TlsIdentity
  readonly #isTrusted: (pin: string) => boolean

  constructor({ identity, isTrusted, socketsMax }: PinnedAgentOptions) {
    super({
      keepAlive: true,
      keepAliveMsecs: 15_000,
      maxFreeSockets: socketsMax,
      // Shorter than the listener's, so that we never write into a connection being closed.
      timeout: 60_000,
      maxCachedSessions: 0,
    })
    this.#identity = identity
    this.#isTrusted = isTrusted
  }

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const { host, port, servername } = options as ConnectionOptions
    const target = {
      host: host ?? "localhost",
      port: port ?? 443,
      ...(servername === undefined ? {} : { servername }),
    }
    const socket = connect({ ...commonOptions(this.#identity), ...target })
    const settle = (error: Error | null) => {
      socket.setTimeout(0)
      socket.removeListener("error", settle)
      if (error !== null) socket.destroy()
      callback?.(error, socket)
    }
    socket.setTimeout(handshakeMsMax, () => {
      socket.destroy(new GatewayError("peer_unreachable", "the peer did not finish its handshake"))
    })
    socket.once("error", settle)
    socket.once("secureConnect", () => settle(this.#objection(socket)))
  }

  #objection(socket: TLSSocket): GatewayError | null {
    const pin = pinOfSocket(socket)
    if (pin === undefined || !this.#isTrusted(pin)) {
      return new GatewayError("peer_untrusted", "the peer shows a key that nobody has pinned")
    }
    const exchange = socket.getEphemeralKeyInfo()
    const group = exchange !== null && "name" in exchange ? exchange.name : undefined
    if (group !== keyExchangeGroup) {
      return new GatewayError("peer_untrusted", `the key exchange is not ${keyExchangeGroup}`)
    }
    return null
  }
}
