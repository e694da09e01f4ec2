/**
 * The gateways of all senders, in a thread of their own: they take what the stormed node answers
 * and sign for it, so that its outbox can empty. They open nothing.
 */

import type { IncomingMessage, ServerResponse } from "node:http"
import { createServer } from "node:https"
import { parentPort, Worker, workerData } from "node:worker_threads"

import { checkUnit, signCustody, signingKeyFromSeed, verifyingKeyFrom } from "@tearline/crypto"

import type { Front } from "./sender.ts"

interface Given {
  readonly fronts: readonly Front[]
  /** The public gateway key of the stormed node. */
  readonly gatewayKey: Uint8Array
}

/** How many envelopes they have signed for. */
interface Told {
  readonly signed: number
  readonly listening: number
}

export class Receivers implements AsyncDisposable {
  /** Resolves once all of them listen; rejects where one cannot. */
  readonly ready: Promise<void>
  readonly #worker: Worker
  #signed = 0

  constructor(given: Given) {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.ready = promise
    this.#worker = new Worker(new URL(import.meta.url), { workerData: given })
    this.#worker.on("error", reject)
    this.#worker.on("message", ({ signed, listening }: Told) => {
      this.#signed = signed
      if (listening === given.fronts.length) resolve()
    })
  }

  /** Envelopes signed for so far, each counted once. */
  get signed(): number {
    return this.#signed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate()
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function serve({ fronts, gatewayKey }: Given): void {
  const key = verifyingKeyFrom(gatewayKey)
  const digests = new Set<string>()
  let listening = 0
  for (const front of fronts) {
    const own = Uint8Array.fromHex(front.org)
    const signer = signingKeyFromSeed(Buffer.from(front.gatewaySeed, "base64"))
    const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
      const checked = checkUnit(await bodyOf(incoming), { ownOrg: own, gatewayKeyOf: () => key })
      const { digest, sender, unitHash } = checked
      const about = { digest, sender, recipient: own, atMs: Date.now(), unitHash }
      outgoing.writeHead(200, { "content-type": "application/cbor" })
      outgoing.end(signCustody(signer, about))
      digests.add(digest.toHex())
    }
    const tls = { cert: front.certificate, key: front.privateKey, ecdhCurve: "X25519MLKEM768" }
    createServer({ ...tls, minVersion: "TLSv1.3", requestCert: true, rejectUnauthorized: false })
      .on("request", (incoming, outgoing) => {
        answer(incoming, outgoing).catch(() => outgoing.writeHead(500).end())
      })
      .listen(front.port, "127.0.0.1", () => (listening += 1))
  }
  setInterval(() => {
    const told: Told = { signed: digests.size, listening }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is a window's
    parentPort?.postMessage(told)
  }, 200)
}

if (parentPort !== null) serve(workerData as Given)
