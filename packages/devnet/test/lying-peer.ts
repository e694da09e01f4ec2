/** A peer that lies: it holds all of Alder's keys and says to Birch's gateway what it likes. */

import { once } from "node:events"
import { readFileSync } from "node:fs"
import type { IncomingMessage } from "node:http"
import { Agent, request } from "node:https"

import {
  contextOf,
  decode,
  encode,
  generateKemSeed,
  kemKeyFromSeed,
  openCustody,
  openRefusal,
  openSigned,
  sealEnvelope,
  signingKeyFromSeed,
  type SigningKey,
  signOuter,
} from "@tearline/crypto"
import type { Party } from "@tearline/devnet"

export interface Said {
  readonly status: number
  readonly type: string
  readonly body: Buffer
}

const secretOf = (party: Party, name: string): Record<string, string> =>
  JSON.parse(readFileSync(`${party.dir}/secrets/${name}.json`, "utf8")) as Record<string, string>

const keyOf = (party: Party, name: string): SigningKey =>
  signingKeyFromSeed(Buffer.from(secretOf(party, name)["seed"] ?? "", "base64"))

export class LyingPeer {
  readonly #alder: Party
  readonly #victim: Party
  readonly #agent: Agent
  #number = 10_000

  constructor(alder: Party, victim: Party) {
    this.#alder = alder
    this.#victim = victim
    const { certificate = "", privateKey = "" } = secretOf(alder, "tls-outer")
    this.#agent = new Agent({
      keepAlive: true,
      // The test is about what the other side accepts.
      rejectUnauthorized: false,
      cert: certificate,
      key: privateKey,
      ecdhCurve: "X25519MLKEM768",
    })
  }

  /** A unit for `to`, signed by Alder's gateway; nobody but its maker can open it. */
  async unitFor(to: Party): Promise<Uint8Array> {
    const gatewayKey = keyOf(this.#alder, "gateway")
    this.#number += 1
    const sealed = await sealEnvelope({
      sender: Uint8Array.fromHex(this.#alder.node.org),
      exchangeKey: keyOf(this.#alder, "exchange"),
      kind: "heartbeat",
      statement: { held: [] },
      precedence: 3,
      createdSeconds: 1_513_065_600,
      deliverBefore: null,
      gatewayKeyId: gatewayKey.verifying.id,
      addressees: [
        {
          org: Uint8Array.fromHex(to.node.org),
          kem: (await kemKeyFromSeed(generateKemSeed())).public,
          epoch: 1,
          lane: 3,
          number: this.#number,
          previousSlotHash: null,
          privatePart: { subject: null },
        },
      ],
    })
    const [unit] = sealed.units
    if (unit === undefined) throw new RangeError("no unit was sealed")
    return signOuter(gatewayKey, unit)
  }

  async post(unit: Uint8Array): Promise<Said> {
    const outgoing = request(`${this.#victim.node.endpoint}/tearline/v1/envelopes`, {
      method: "POST",
      agent: this.#agent,
      headers: { "content-length": unit.length },
    })
    // A refusal may come, and the connection end, before everything is sent.
    outgoing.on("error", () => undefined)
    outgoing.end(unit)
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage]
    const chunks: Buffer[] = []
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk)
    const type = answer.headers["content-type"] ?? ""
    return { status: answer.statusCode ?? 0, type, body: Buffer.concat(chunks) }
  }

  /** The code of a refusal that the victim's gateway has signed. */
  refusalCode({ body }: Said): string {
    return openRefusal(body, () => keyOf(this.#victim, "gateway").verifying).code
  }

  /** The digest of the envelope that the victim's gateway has given custody for. */
  digestOf({ body }: Said): string {
    const custody = openCustody(body, () => keyOf(this.#victim, "gateway").verifying)
    if (custody.recipient.toHex() !== this.#victim.node.org) throw new Error("not the victim's")
    return custody.digest.toHex()
  }

  /** What the victim's exchange has signed: the statement in it. */
  statementOf(signed: Uint8Array): unknown {
    const payload = openSigned(signed, contextOf("receipt"), () => {
      return keyOf(this.#victim, "exchange").verifying
    })
    return (decode(payload) as Readonly<Record<string, unknown>>)["statement"]
  }

  close(): void {
    this.#agent.destroy()
  }
}

type Parts = unknown[]

/** The unit without its outer signature. */
export function unsigned(unit: Uint8Array): Uint8Array {
  return encode((decode(unit) as Parts).with(2, null) as never)
}

/** The unit with a header of a version that there is not. */
export function ofUnknownVersion(unit: Uint8Array): Uint8Array {
  const parts = decode(unit) as Parts
  const header = decode(parts[0] as Uint8Array) as Map<number, unknown>
  const changed = encode(new Map(header).set(1, 2) as never)
  return encode(parts.with(0, changed) as never)
}

/** The same unit, its first length written in one byte more than is needed. */
export function notCanonical(unit: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([0x98, 0x06]), unit.subarray(1)])
}
