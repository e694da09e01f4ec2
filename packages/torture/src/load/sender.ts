/**
 * An organisation that exists only to send: the keys and statements of a node, the core's machine
 * and the real sealer over a memory that forgets, and no process.
 */

import { readFileSync } from "node:fs"
import { Agent } from "node:https"
import { createServer } from "node:net"

import { initNode, type NewNode } from "@tearline/cli"
import {
  builtInPolicy,
  exchangeMachine,
  type ExchangeMachine,
  type OrgId,
  type Precedence,
  type ThreadId,
} from "@tearline/core"
import {
  encode,
  kemPublicKeyFrom,
  type KemPublicKey,
  signingKeyFromSeed,
  type SigningKey,
  signOuter,
} from "@tearline/crypto"
import { hashing, sealerOf } from "@tearline/exchange"

import { trialWarning } from "./content.ts"

/** What a sender shows on its lines and where it listens; plain data, for another thread. */
export interface Front {
  readonly org: string
  readonly port: number
  readonly gatewaySeed: string
  readonly certificate: string
  readonly privateKey: string
}

export interface SealedWarning {
  readonly sender: Sender
  readonly thread: ThreadId
  readonly lane: number
  /** Of the envelope, in hexadecimal. */
  readonly digest: string
  /** As it goes over the line, with the outer signature. */
  readonly unit: Uint8Array
}

export class Sender {
  readonly org: OrgId
  readonly front: Front
  /** Connections for FLASH alone, and those for all else: M-CAR-13 of spec/carriage.md. */
  readonly agents: { readonly flash: Agent; readonly common: Agent }
  /** What an officer of the other side adds as a peer. */
  readonly invite: { readonly invite: string; readonly fingerprint: string }
  readonly #machine: ExchangeMachine
  readonly #gatewayKey: SigningKey
  #marks = 0

  constructor({ dir, config, fingerprint }: NewNode, addressee: KemPublicKey) {
    this.org = config.org as OrgId
    const tls = secretOf(dir, "tls-outer")
    const { certificate = "", privateKey = "" } = tls
    const gatewaySeed = secretOf(dir, "gateway")["seed"] ?? ""
    this.front = { org: config.org, port: config.listen.port, gatewaySeed, certificate, privateKey }
    this.#gatewayKey = signingKeyFromSeed(Buffer.from(gatewaySeed, "base64"))
    const statement = (name: string) => readFileSync(`${dir}/statements/${name}.cbor`)
    const statements = { identity: [statement("identity")], operations: statement("operations") }
    this.invite = { invite: encode(statements).toBase64(), fingerprint }
    const line = (maxSockets: number) =>
      new Agent({
        keepAlive: true,
        maxSockets,
        cert: certificate,
        key: privateKey,
        ecdhCurve: "X25519MLKEM768",
        // The storm is about what the other side does: nothing is said here that must be kept.
        rejectUnauthorized: false,
      })
    this.agents = { flash: line(2), common: line(4) }
    const seed = secretOf(dir, "exchange")["seed"] ?? ""
    this.#machine = machineOf(this.org, {
      exchangeKey: signingKeyFromSeed(Buffer.from(seed, "base64")),
      gatewayKey: this.#gatewayKey,
      addressee,
    })
  }

  async seal(to: OrgId, precedence: Precedence): Promise<SealedWarning> {
    this.#marks += 1
    const { outputs, writes, answer } = await this.#machine.step({
      kind: "released",
      addressees: [{ org: to }],
      precedence,
      status: "test",
      content: trialWarning(`storm ${this.#marks}`),
      officer: "trial",
    })
    await this.#machine.commit(writes)
    const sent = outputs.find((it) => it.kind === "send")
    const thread = answer.kind === "said" ? answer.threads[0]?.thread : undefined
    if (sent === undefined || thread === undefined) throw new RangeError("nothing was sealed")
    const { lane, digest } = sent.item
    const unit = signOuter(this.#gatewayKey, sent.item.unit)
    return { sender: this, thread, lane, digest, unit }
  }
}

interface Keys {
  readonly exchangeKey: SigningKey
  readonly gatewayKey: SigningKey
  readonly addressee: KemPublicKey
}

function machineOf(own: OrgId, { exchangeKey, gatewayKey, addressee }: Keys): ExchangeMachine {
  return exchangeMachine({
    own,
    // It only ever opens threads, and what it holds in memory tells it their numbers.
    journal: {
      thread: async () => undefined,
      threadOf: async () => undefined,
      link: async () => undefined,
      exchanged: async () => [],
      sent: async () => undefined,
      hasArrived: async () => false,
      commit: async () => undefined,
    },
    sealer: sealerOf({
      own,
      exchangeKey,
      gatewayKeyId: gatewayKey.verifying.id,
      kemKeyOf: () => addressee,
    }),
    past: {
      restoreOf: () => ({ kind: "refused", code: "unknown_peer" }),
      returnedOf: () => ({ kind: "refused", code: "unknown_peer" }),
    },
    hashing,
    clock: { nowMs: () => Date.now() },
    chance: { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) },
    policy: builtInPolicy,
    perform: () => undefined,
  })
}

function secretOf(dir: string, name: string): Record<string, string> {
  return JSON.parse(readFileSync(`${dir}/secrets/${name}.json`, "utf8")) as Record<string, string>
}

/** Above the ports that nodes are given, below those of outgoing connections. */
const portsFrom = 30_000

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<boolean>()
  server.once("error", () => resolve(false))
  server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)))
  return await promise
}

/** Makes so many, each with keys of its own, for one addressee whose KEM key is given. */
export async function makeSenders(
  folder: string,
  count: number,
  { kem, signal, onDone }: Making,
): Promise<readonly Sender[]> {
  const addressee = await kemPublicKeyFrom(kem)
  const senders: Sender[] = []
  for (let port = portsFrom; senders.length < count; port += 1) {
    signal.throwIfAborted()
    if (!(await isFree(port))) continue
    const at = senders.length + 1
    const listen = { host: "127.0.0.1", port }
    const made = await initNode({ dir: `${folder}/sender-${at}`, name: `Sender ${at}`, listen })
    senders.push(new Sender(made, addressee))
    onDone(at)
  }
  return senders
}

interface Making {
  readonly kem: Uint8Array
  readonly signal: AbortSignal
  readonly onDone: (done: number) => void
}
