/**
 * The lines to our own gateway: HTTPS, TLS 1.3, each side known by the hash of its public key.
 *
 * No authority is asked, so the library's own verification is off and ours stands in its place: a
 * socket is handed out only after the pin has held, so that no byte of ours reaches a stranger.
 * FLASH has connections of its own, opened ahead, and never waits for one.
 */

import { hash } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { Agent, request, type RequestOptions } from "node:https"
import type { Duplex } from "node:stream"
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls"

import type { Lane } from "@tearline/core"

import type { ExchangeConfig } from "./config.ts"
import { ExchangeError } from "./exchange-error.ts"
import type { InnerLine } from "./inner-line.ts"

const keyExchangeGroup = "X25519MLKEM768"
const handshakeMsMax = 5_000
const answerBytesMax = 1_048_576

function pinOf(socket: TLSSocket): string | undefined {
  const key = socket.getPeerX509Certificate()?.publicKey
  return key && hash("sha256", key.export({ type: "spki", format: "der" }), "hex")
}

class PinnedAgent extends Agent {
  readonly #config: ExchangeConfig["gateway"]

  constructor(config: ExchangeConfig["gateway"], socketsMax: number) {
    super({ keepAlive: true, maxSockets: socketsMax, timeout: 60_000, maxCachedSessions: 0 })
    this.#config = config
  }

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const { host, port } = options as ConnectionOptions
    const socket = connect({
      host: host ?? "localhost",
      port: port ?? 443,
      cert: this.#config.tls.certificate,
      key: this.#config.tls.privateKey,
      minVersion: "TLSv1.3",
      ecdhCurve: keyExchangeGroup,
      rejectUnauthorized: false,
    })
    socket.setNoDelay(true)
    const settle = (error: Error | null) => {
      socket.setTimeout(0)
      socket.removeListener("error", settle)
      if (error !== null) socket.destroy()
      callback?.(error, socket)
    }
    socket.setTimeout(handshakeMsMax, () => socket.destroy(unreachable("no handshake in time")))
    socket.once("error", settle)
    socket.once("secureConnect", () => settle(this.#objection(socket)))
  }

  #objection(socket: TLSSocket): ExchangeError | null {
    const pin = pinOf(socket)
    if (pin === undefined || !this.#config.pins.includes(pin)) {
      const message = "the gateway shows a key that the configuration does not name: check both"
      return new ExchangeError("gateway_untrusted", message)
    }
    const exchanged = socket.getEphemeralKeyInfo()
    const group = exchanged !== null && "name" in exchanged ? exchanged.name : undefined
    if (group === keyExchangeGroup) return null
    return new ExchangeError("gateway_untrusted", `the key exchange is not ${keyExchangeGroup}`)
  }
}

function unreachable(message: string, cause?: unknown): ExchangeError {
  return new ExchangeError("gateway_unreachable", message, { cause })
}

export interface Asking {
  readonly method: "POST" | "PUT" | "GET"
  readonly path: string
  readonly body?: Uint8Array
  /** Uses the connections that only FLASH may use. */
  readonly isFlash?: boolean
  readonly lane?: Lane
  /** Where an answer may come late: what it is about. The answer is then 202 until it is there. */
  readonly about?: string
  /** Of an answer that may be longer than those of the exchange. */
  readonly answerBytesMax?: number
  readonly signal: AbortSignal
}

export interface Answered {
  readonly status: number
  readonly body: Buffer
}

export class GatewayLine implements InnerLine {
  readonly #endpoint: URL
  readonly #flash: PinnedAgent
  readonly #common: PinnedAgent
  readonly #stream: PinnedAgent

  constructor(config: ExchangeConfig["gateway"]) {
    this.#endpoint = new URL(config.endpoint)
    this.#flash = new PinnedAgent(config, 4)
    this.#common = new PinnedAgent(config, 32)
    this.#stream = new PinnedAgent(config, 2)
  }

  /** Throws `gateway_unreachable`, `gateway_untrusted` or `too_large`. */
  async ask(asking: Asking): Promise<Answered> {
    const answer = await this.#send(asking, asking.isFlash ? this.#flash : this.#common)
    const { answerBytesMax: bytesMax = answerBytesMax } = asking
    const chunks: Buffer[] = []
    let bytes = 0
    try {
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        bytes += chunk.length
        if (bytes > bytesMax) throw new ExchangeError("too_large", "the answer is too long")
        chunks.push(chunk)
      }
    } catch (error) {
      throw asLineError(error)
    }
    return { status: answer.statusCode ?? 0, body: Buffer.concat(chunks) }
  }

  /** The answer as it streams in, on a connection of its own. Throws as {@link ask}. */
  open(asking: Asking): Promise<IncomingMessage> {
    return this.#send(asking, this.#stream)
  }

  close(): void {
    for (const agent of [this.#flash, this.#common, this.#stream]) agent.destroy()
  }

  async #send(asking: Asking, agent: PinnedAgent): Promise<IncomingMessage> {
    const { method, path, body, signal } = asking
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const { hostname: host, port } = this.#endpoint
    const headers = { "content-length": body?.length ?? 0, "content-type": "application/cbor" }
    const outgoing = request({ host, port, agent, method, path, headers, signal })
    outgoing.once("response", resolve)
    outgoing.on("error", reject)
    outgoing.end(body)
    try {
      return await promise
    } catch (error) {
      throw asLineError(error)
    }
  }
}

function asLineError(error: unknown): ExchangeError {
  if (error instanceof ExchangeError) return error
  return unreachable("the own gateway does not answer; see whether it runs", error)
}
