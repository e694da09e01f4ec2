/** Carrying units out, to a peer that is none of our code and behaves as it likes. */

import { once } from "node:events"
import { createServer } from "node:https"
import type { AddressInfo } from "node:net"

import { beforeAll, expect, onTestFinished, test } from "vitest"

import { type Value, decode, encode } from "@tearline/crypto"

import { Departures } from "../src/departures.ts"
import { Peers, decodePeers } from "../src/peers.ts"
import { listenerTls } from "../src/tls.ts"
import { type Organisation, organisation, peerEntry, unsignedUnits } from "./organisation.ts"

let alder: Organisation
let birch: Organisation
let cedar: Organisation

beforeAll(async () => {
  ;[alder, birch, cedar] = await Promise.all([organisation(), organisation(), organisation()])
})

interface Heard {
  readonly url: string
  readonly body: Buffer
  answer(status: number, body?: string | Buffer): void
}

interface OtherGateway {
  readonly port: number
  readonly heard: Heard[]
  /** Distinct connections that requests came over. */
  readonly connections: Set<unknown>
  /** The next request whose URL is this one. */
  next(url: string): Promise<Heard>
}

/** Birch's gateway as a bare server: it answers when the test says so, or at once with `status`. */
async function otherGateway(status?: number, body?: string | Buffer): Promise<OtherGateway> {
  const heard: Heard[] = []
  const connections = new Set<unknown>()
  const server = createServer(listenerTls(birch.outerTls), (incoming, outgoing) => {
    void (async () => {
      connections.add(incoming.socket)
      const chunks: Buffer[] = []
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
      const request = {
        url: incoming.url ?? "",
        body: Buffer.concat(chunks),
        answer: (code: number, text: string | Buffer = "answer") =>
          void outgoing.writeHead(code).end(text),
      }
      heard.push(request)
      server.emit("heard")
      if (status !== undefined) request.answer(status, body)
    })()
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const next = async (url: string) => {
    for (;;) {
      const at = heard.findIndex((it) => it.url === url)
      const found = at === -1 ? undefined : heard.splice(at, 1)[0]
      if (found !== undefined) return found
      await once(server, "heard")
    }
  }
  return { port: (server.address() as AddressInfo).port, heard, connections, next }
}

function departuresTo(...entries: ReturnType<typeof peerEntry>[]): Departures {
  const peers = new Peers()
  peers.replace(decodePeers(encode(entries)))
  const { org, gateway: gatewayKey, outerTls: identity } = alder
  const door = { depart: async () => undefined }
  const departures = new Departures({ org, gatewayKey, identity, peers, door })
  onTestFinished(() => departures.close())
  return departures
}

async function unitTo(to: Organisation, from = alder): Promise<Uint8Array> {
  const [unit] = await unsignedUnits(from, [to])
  return unit ?? new Uint8Array()
}

const envelopes = "/tearline/v1/envelopes"

test("a FLASH passes any number of stalled ROUTINE units to the same peer (M-CAR-13)", async () => {
  const other = await otherGateway()
  const departures = departuresTo(peerEntry(birch, { port: other.port }))
  const unit = await unitTo(birch)
  const stalled = Array.from({ length: 20 }, () => departures.send(birch.org, 3, unit))
  const first = await other.next(envelopes)
  const flash = departures.send(birch.org, 0, unit)
  const heard = await other.next(`${envelopes}?lane=0`)
  heard.answer(200, "custody")
  expect(await flash).toEqual({ kind: "custody", receipt: Buffer.from("custody") })
  first.answer(200)
  for (let left = 1; left < stalled.length; left += 1) (await other.next(envelopes)).answer(200)
  const answers = await Promise.all(stalled)
  expect(new Set(answers.map((it) => it.kind))).toEqual(new Set(["custody"]))
  expect(other.connections.size, "connections are few and used again").toBeLessThanOrEqual(9)
})

test("an envelope is signed once for all its addressees (M-CAR-14)", async () => {
  const other = await otherGateway(200)
  const { port } = other
  const departures = departuresTo(peerEntry(birch, { port }))
  const [first, second] = await unsignedUnits(alder, [birch, cedar])
  await departures.send(birch.org, 3, first ?? new Uint8Array())
  await departures.send(birch.org, 3, first ?? new Uint8Array())
  const outers = other.heard.map(({ body }) => (decode(body) as Value[])[2] as Uint8Array)
  expect(outers[0]?.length).toBeGreaterThan(3373)
  expect(outers[1], "a randomised signature is equal only if it is the same one").toEqual(outers[0])
  const wrong = await departures.send(birch.org, 3, second ?? new Uint8Array())
  expect(wrong).toEqual({ kind: "not_ours", code: "foreign_slot" })
})

function unreached(code: string): { readonly kind: "unreached"; readonly code: string } {
  return { kind: "unreached", code }
}

test("each way in which a peer is not reached has its code", async () => {
  const unit = await unitTo(birch)
  const send = async (entry: ReturnType<typeof peerEntry>) =>
    await departuresTo(entry).send(birch.org, 3, unit)
  const answering = async (status: number, body?: Buffer) =>
    await send(peerEntry(birch, { port: (await otherGateway(status, body)).port }))
  const { port } = await otherGateway(200)
  expect(await send(peerEntry(birch, { port: 1 }))).toEqual(unreached("peer_unreachable"))
  const nowhere = { ...peerEntry(birch), endpoint: "https://birch.invalid:7443" }
  expect(await send(nowhere)).toEqual(unreached("peer_unreachable"))
  expect(await send({ ...peerEntry(birch, { port }), pins: [cedar.outerTls.pin] })).toEqual(
    unreached("peer_untrusted"),
  )
  expect(await send(peerEntry(birch, { port, isFrozen: true }))).toEqual(
    unreached("peer_untrusted"),
  )
  expect(await answering(403)).toEqual(unreached("peer_refused"))
  expect(await answering(503)).toEqual(unreached("peer_busy"))
  expect(await answering(429)).toEqual(unreached("peer_busy"))
  expect(await answering(200, Buffer.alloc(100_000))).toEqual(unreached("peer_refused"))
  expect(await answering(422, Buffer.from("signed"))).toEqual({
    kind: "refused",
    refusal: Buffer.from("signed"),
  })
})

test("a unit that is not ours to send does not leave", async () => {
  const departures = departuresTo(peerEntry(birch))
  const send = async (unit: Uint8Array) => await departures.send(birch.org, 3, unit)
  const otherKey = { ...alder, gateway: cedar.gateway }
  expect(await send(await unitTo(birch, cedar))).toEqual({
    kind: "not_ours",
    code: "wrong_organisation",
  })
  expect(await send(await unitTo(birch, otherKey))).toEqual({ kind: "not_ours", code: "bad_key" })
  expect(await send(Buffer.from("junk"))).toEqual({ kind: "not_ours", code: "not_canonical" })
  expect(await departures.send(cedar.org, 3, await unitTo(cedar))).toEqual({ kind: "unknown_peer" })
})
