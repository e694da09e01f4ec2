/** A client that is none of ours: whatever a gateway is told by it comes over plain `node:https`. */

import { randomBytes } from "node:crypto"
import { once } from "node:events"
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from "node:http"
import { Agent, type AgentOptions, request, type RequestOptions } from "node:https"

import { type Value, encode } from "@tearline/crypto"

import type { TlsIdentity } from "../src/index.ts"

export const peersPath = "/inner/v1/peers"

/** The first list of a series of its own. */
function newList(): string {
  return `series=${randomBytes(16).toString("hex")}&number=1`
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface Call {
  readonly method?: string
  readonly body?: Uint8Array
  readonly headers?: Readonly<Record<string, string | number>>
}

export class Caller {
  readonly #agent: Agent
  readonly #port: number

  constructor(port: number, identity?: TlsIdentity, options: AgentOptions = {}) {
    this.#port = port
    this.#agent = new Agent({
      keepAlive: true,
      rejectUnauthorized: false,
      ...(identity === undefined ? {} : { cert: identity.certificate, key: identity.privateKey }),
      ...options,
    })
  }

  async call(path: string, call: Call = {}): Promise<Answer> {
    const answer = await this.open(path, call)
    const chunks: Buffer[] = []
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk)
    const { statusCode: status = 0, headers } = answer
    return { status, headers, body: Buffer.concat(chunks) }
  }

  /** The answer as soon as its headers are there. */
  async open(path: string, { method = "POST", body, headers }: Call): Promise<IncomingMessage> {
    const outgoing = request({
      ...this.#to(path),
      method,
      headers: {
        ...(body === undefined ? {} : { "content-length": body.length }),
        ...headers,
      },
    })
    outgoing.end(body)
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage]
    return answer
  }

  /** A unit's request whose body does not come; its connection breaks when it is destroyed. */
  begin(bytes: number): ClientRequest {
    const headers = { "content-length": bytes }
    const outgoing = request({ ...this.#to("/tearline/v1/envelopes"), method: "POST", headers })
    outgoing.on("error", () => outgoing.destroy())
    outgoing.flushHeaders()
    return outgoing
  }

  #to(path: string): RequestOptions {
    return { host: "127.0.0.1", port: this.#port, agent: this.#agent, path }
  }

  /** Hands a unit over as a peer's gateway does. */
  async deliver(unit: Uint8Array): Promise<Answer> {
    return await this.call("/tearline/v1/envelopes", { body: unit })
  }

  /** Gives the list of peers as an exchange does: over whatever the gateway holds. */
  async putPeers(peers: readonly Value[]): Promise<Answer> {
    const call = { method: "PUT", body: encode([...peers]) }
    const first = await this.call(`${peersPath}?${newList()}`, call)
    if (first.status !== 409) return first
    const { series } = JSON.parse(first.body.toString()) as { readonly series: string }
    return await this.call(`${peersPath}?${newList()}&over=${series}`, call)
  }

  close(): void {
    this.#agent.destroy()
  }
}
