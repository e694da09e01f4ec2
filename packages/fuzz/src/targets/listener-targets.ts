/**
 * Real listeners and real callers over real sockets: what a stranger or a hostile peer writes into
 * a connection to our gateway, and what it answers when our gateway or exchange calls.
 */

import { once } from "node:events"
import { createServer, connect, type TLSSocket } from "node:tls"

import {
  Activity,
  gatewayMachine,
  Metrics,
  startHost,
  type Digest,
  type GatewayWrite,
  type OutboxItem,
} from "@tearline/core"
import { encode, signCustody, signRefusal } from "@tearline/crypto"
import { depart, GatewayLine } from "@tearline/exchange/border"
import { selfSignedIdentity } from "@tearline/gateway"
import {
  Admission,
  Departures,
  gatewaySuite,
  outerApp,
  Peers,
  startListener,
  type RunningListener,
} from "@tearline/gateway/border"

import { canary } from "../refusal.ts"
import { hold, type Outcome, type Target } from "../target.ts"
import { alder, birch, bytesNamed } from "./organisations.ts"
import { sealed } from "./sealed-targets.ts"

const latin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"))
const host = "127.0.0.1"
const group = "X25519MLKEM768"

/** A connection that ends when it has been answered, or after a moment of silence. */
const quietMs = { first: 60, more: 6 }
const answerBytesMax = 100_000

const httpWords: readonly string[] = [
  "\r\n",
  "\r\n\r\n",
  "content-length: 0",
  "content-length: 10",
  "content-length: -1",
  "content-length: 99999999999999999999",
  "content-length: 5\r\ncontent-length: 6",
  "content-length: 1258292",
  "transfer-encoding: chunked",
  "transfer-encoding: chunked, identity",
  "connection: upgrade\r\nupgrade: h2c",
  "connection: close",
  "expect: 100-continue",
  "content-encoding: gzip",
  "host: a\r\nhost: b",
  "0\r\n\r\n",
  "ffffffff\r\n",
  "5\r\nhello\r\n",
  "?lane=0",
  "?lane=0&lane=1",
  "/../../",
  "%00",
  "%ff",
  "//x",
  "HTTP/1.0",
  "HTTP/9.9",
  "HTTP/2.0",
  "PRI * HTTP/2.0",
  "CONNECT",
  "OPTIONS *",
  "GET",
  "POST /tearline/v1/envelopes HTTP/1.1",
  "\u0000",
  " \t",
  "x: " + "a".repeat(9_000),
  canary,
]

interface Gateway {
  readonly listener: RunningListener
  readonly failures: () => number
  readonly held: () => number
}

/** Birch's outer listener on memory alone: the real application, machine, suite and TLS. */
async function birchGateway(
  alderPin: string,
  identity: ReturnType<typeof selfSignedIdentity>,
): Promise<Gateway> {
  const peers = new Peers()
  const gatewayKeys = [alder.gateway.verifying.publicKey]
  const endpoint = "https://alder.example"
  peers.replace([
    { org: alder.id, gatewayKeys, pins: [alderPin], endpoint, isFrozen: false, carrier: "https" },
  ])
  const keyOf = (sender: Uint8Array, id: Uint8Array) => peers.keyOf(sender, id)
  const suite = gatewaySuite({ org: birch.id, gatewayKey: birch.gateway, keyOf })
  const receipts = new Map<Digest, Uint8Array>()
  const journal = {
    custodyOf: async (digest: Digest) => receipts.get(digest),
    async commit(writes: readonly GatewayWrite[]) {
      for (const write of writes)
        if (write.kind === "held") receipts.set(write.digest, write.custody)
    },
  }
  let failures = 0
  const diagnostics = (level: string) => {
    if (level === "error") failures += 1
  }
  const machine = gatewayMachine({
    suite,
    journal,
    clock: { nowMs: () => 1_900_000_000_000 },
    onHeld: () => undefined,
  })
  const app = outerApp({
    peers,
    host: startHost(machine),
    admission: new Admission(() => performance.now(), {
      requestsMax: 32,
      flashReserve: 8,
      allRequestsMax: 1024,
      allFlashReserve: 128,
      refusalBurst: 1_000_000,
      refusalsPerSecond: 1_000_000,
    }),
    activity: new Activity(),
    metrics: new Metrics(),
    diagnostics,
  })
  const listener = await startListener({
    config: { host, port: 0, tls: identity },
    app,
    connections: { countMax: 64, ownerCountMax: 64, strangerCountMax: 64 },
    knownPinOf: () => undefined,
  })
  return { listener, failures: () => failures, held: () => receipts.size }
}

function caller(port: number, identity: ReturnType<typeof selfSignedIdentity>): TLSSocket {
  return connect({
    host,
    port,
    cert: identity.certificate,
    key: identity.privateKey,
    minVersion: "TLSv1.3",
    ecdhCurve: group,
    rejectUnauthorized: false,
  })
}

/** Everything that comes back until the other side ends it or says no more. */
async function answerTo(socket: TLSSocket, pieces: readonly Uint8Array[]): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const chunks: Buffer[] = []
  let bytes = 0
  socket.once("close", () => resolve())
  socket.on("error", () => resolve())
  socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length
    socket.setTimeout(quietMs.more)
    if (bytes < answerBytesMax) chunks.push(chunk)
  })
  socket.setTimeout(quietMs.first, () => resolve())
  socket.once("secureConnect", () => {
    for (const piece of pieces) socket.write(piece)
  })
  await promise
  socket.destroy()
  return Buffer.concat(chunks).toString("latin1")
}

/** The status lines of an answer, and whether the connection was kept. */
function statusesIn(answer: string): string {
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)]
    .map((match) => match[1])
    .slice(0, 4)
    .join(" ")
}

const allowedStatuses = /^(?:(?:200|400|403|408|413|417|422|429|431|503|100)(?: |$))*$/

const postOf = (length: number, more = "") =>
  `POST /tearline/v1/envelopes${more} HTTP/1.1\r\nhost: birch\r\ncontent-length: ${length}\r\n\r\n`

export async function openOuterListener(): Promise<Target> {
  const identity = selfSignedIdentity()
  const gateway = await birchGateway(identity.pin, selfSignedIdentity())
  const one = { statement: encode({ said: canary }), part: encode({ to: canary }) }
  const unit = await sealed({ ...one, context: "tearline/warning/v1" })
  const request = (body: Uint8Array, more = "") =>
    new Uint8Array(Buffer.concat([latin1(postOf(body.length, more)), body]))
  const chunked =
    "POST /tearline/v1/envelopes HTTP/1.1\r\nhost: b\r\ntransfer-encoding: chunked\r\n\r\n"
  return {
    name: "outer-listener",
    bytesMax: 40_000,
    batch: 32,
    grammar: "text",
    words: httpWords,
    seeds: [
      request(unit),
      request(unit, "?lane=0"),
      request(latin1("short")),
      latin1(`${chunked}5\r\nhello\r\n0\r\n\r\n`),
      latin1("GET / HTTP/1.1\r\nhost: birch\r\n\r\n"),
      latin1(postOf(100)),
      new Uint8Array(Buffer.concat([request(unit), request(latin1("x"))])),
    ],
    async run(input): Promise<Outcome> {
      const before = gateway.failures()
      // In two pieces, so that what follows the cut comes late.
      const cut = Math.floor(input.length / 2)
      const socket = caller(gateway.listener.port, identity)
      const answer = await answerTo(socket, [input.subarray(0, cut), input.subarray(cut)])
      const statuses = statusesIn(answer)
      hold(allowedStatuses.test(statuses), "an answer has one of the statuses of carriage.md")
      hold(!answer.includes(canary), "an answer repeats nothing of the request")
      hold(gateway.failures() === before, "nothing that a peer sends is an error of ours")
      hold(gateway.held() <= 1, "only what was signed is held")
      return { isAccepted: statuses.startsWith("200"), feature: statuses }
    },
    close: () => gateway.listener.close(),
  }
}

/** A server that answers whatever connects with the bytes of the moment. */
async function hostileServer(identity: ReturnType<typeof selfSignedIdentity>) {
  let answer: Uint8Array = new Uint8Array()
  const sockets = new Set<TLSSocket>()
  const server = createServer({
    cert: identity.certificate,
    key: identity.privateKey,
    minVersion: "TLSv1.3",
    ecdhCurve: group,
    requestCert: true,
    rejectUnauthorized: false,
  })
  server.on("secureConnection", (socket) => {
    sockets.add(socket)
    socket.on("error", () => socket.destroy())
    socket.once("close", () => sockets.delete(socket))
    socket.once("data", () => socket.end(answer))
  })
  server.on("tlsClientError", () => undefined)
  server.listen(0, host)
  await once(server, "listening")
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return {
    port,
    answerWith(bytes: Uint8Array) {
      answer = bytes
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

const answered = (status: string, body: Uint8Array | string, headers = "") => {
  const bytes = typeof body === "string" ? latin1(body) : body
  const head = `HTTP/1.1 ${status}\r\ncontent-length: ${bytes.length}\r\n${headers}\r\n`
  return new Uint8Array(Buffer.concat([latin1(head), bytes]))
}

const chunkedAnswer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"

const answerSeeds = (custody: Uint8Array, refusal: Uint8Array): Uint8Array[] => [
  answered("200 OK", custody),
  answered("422 Unprocessable", refusal),
  answered("403 Forbidden", `{"code":"${canary}"}`),
  answered("502 Bad Gateway", '{"code":"peer_unreachable"}'),
  answered("503 Busy", "", "retry-after: 1\r\n"),
  latin1(chunkedAnswer),
  latin1("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
]

/** Our gateway has handed a unit over; the peer's gateway answers with anything at all. */
export async function openPeerAnswer(): Promise<Target> {
  const [ours, theirs] = [selfSignedIdentity(), selfSignedIdentity()]
  const server = await hostileServer(theirs)
  const peers = new Peers()
  const peer = {
    org: birch.id,
    gatewayKeys: [],
    pins: [theirs.pin],
    isFrozen: false,
    carrier: "https" as const,
  }
  peers.replace([{ ...peer, endpoint: `https://${host}:${server.port}` }])
  const { gateway: gatewayKey } = alder
  // Nobody here is reached by file.
  const door = { depart: async () => undefined }
  const departures = new Departures({ org: alder.id, gatewayKey, identity: ours, peers, door })
  const one = { statement: encode({ said: canary }), part: encode({ to: canary }) }
  const unit = await sealed({ ...one, context: "tearline/warning/v1" })
  const about = { digest: bytesNamed("d", 32), sender: alder.org, recipient: birch.org, atMs: 1 }
  return {
    name: "peer-answer",
    bytesMax: 140_000,
    batch: 32,
    grammar: "text",
    words: httpWords,
    seeds: answerSeeds(
      signCustody(birch.gateway, { ...about, unitHash: bytesNamed("u", 32) }),
      signRefusal(birch.gateway, { ...about, code: "not_today" }),
    ),
    async run(input): Promise<Outcome> {
      server.answerWith(input)
      const answer = await departures.send(birch.id, 1, unit)
      const bytes =
        answer.kind === "custody"
          ? answer.receipt.length
          : answer.kind === "refused"
            ? answer.refusal.length
            : 0
      hold(bytes <= 65_536, "a peer's answer is bounded")
      hold(answer.kind !== "not_ours", "our own unit may leave")
      const feature = answer.kind === "unreached" ? answer.code : `${answer.kind} ${bytes > 0}`
      return { isAccepted: answer.kind === "custody", feature }
    },
    close() {
      departures.close()
      server.close()
    },
  }
}

const departedCodes =
  /^(?:custody|refused|bad_receipt|foreign_receipt|gateway_unreachable|too_large|http_\d+|[a-z_]+)$/

/** Our exchange has posted a departure; whatever stands in our gateway's place answers. */
export async function openGatewayAnswer(): Promise<Target> {
  const [ours, theirs] = [selfSignedIdentity(), selfSignedIdentity()]
  const server = await hostileServer(theirs)
  const line = new GatewayLine({
    endpoint: `https://${host}:${server.port}`,
    pins: [theirs.pin],
    tls: ours,
  })
  const digest = bytesNamed("digest", 32)
  const item: OutboxItem = {
    id: "one",
    peer: birch.id,
    lane: 1,
    digest: digest.toHex() as Digest,
    thread: null,
    unit: new Uint8Array(100),
    createdAtMs: 1,
  }
  const about = { digest, sender: alder.org, recipient: birch.org, atMs: 1_900_000_000_000 }
  const parts = { own: alder.id, line, gatewayKeyOf: () => birch.gateway.verifying }
  return {
    name: "gateway-answer",
    bytesMax: 1_100_000,
    batch: 32,
    grammar: "text",
    words: httpWords,
    seeds: answerSeeds(
      signCustody(birch.gateway, { ...about, unitHash: bytesNamed("u", 32) }),
      signRefusal(birch.gateway, { ...about, code: "not_today" }),
    ),
    async run(input): Promise<Outcome> {
      server.answerWith(input)
      const departed = await depart(parts, item)
      const code = "code" in departed ? departed.code : departed.kind
      hold(departedCodes.test(code) && code.length <= 64, "an answer is a code or custody")
      return { isAccepted: departed.kind === "custody", feature: code }
    },
    close() {
      line.close()
      server.close()
    },
  }
}
