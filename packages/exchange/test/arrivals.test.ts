/** What comes in where some of it cannot be taken in yet. */

import { createHash } from "node:crypto"
import { Readable } from "node:stream"

import { afterEach, expect, test } from "vitest"

import {
  ArrivalFeed,
  Metrics,
  type Digest,
  type ExchangeInput,
  type HeldArrival,
  type Lane,
  type OrgId,
  type Unopenable,
} from "@tearline/core"
import { encode, generateSigningKey, signCustody } from "@tearline/crypto"
import { StoreError } from "@tearline/store"

import { Arrivals, type ArrivalsParts } from "../src/arrivals.ts"
import type { InnerLine } from "../src/inner-line.ts"
import { machineTimers } from "../src/timers.ts"

const own = "a".repeat(32) as OrgId
const birch = "b".repeat(32) as OrgId
const cedar = "c".repeat(32) as OrgId
const gatewayKey = generateSigningKey()

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest()

/** What our gateway has given custody for. */
function held(sender: OrgId, atMs: number, lane: Lane): HeldArrival {
  const unit = Buffer.from(`unit ${atMs}`)
  const digest = sha256(Buffer.concat([unit, unit]))
  const custody = signCustody(gatewayKey, {
    digest,
    unitHash: sha256(unit),
    recipient: Uint8Array.fromHex(own),
    sender: Uint8Array.fromHex(sender),
    atMs,
  })
  return { digest: digest.toHex() as Digest, lane, unit, custody, atMs, sender }
}

function frameOf({ unit, custody, atMs }: HeldArrival): Buffer {
  const body = encode([unit, custody, atMs])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  return Buffer.concat([length, body])
}

async function* framesOf(feed: ArrivalFeed): AsyncGenerator<Buffer> {
  for (;;) {
    const arrival = await feed.next()
    if (arrival === undefined) return
    yield arrival === null ? Buffer.alloc(4) : frameOf(arrival)
  }
}

/** Our gateway with the real feed over what waits there. */
function gatewayWith(waiting: readonly HeldArrival[]) {
  const taken = new Set<Digest>()
  let feed: ArrivalFeed | undefined
  let changed = Promise.withResolvers<void>()
  const line: InnerLine = {
    ask: async () => ({ status: 204, body: Buffer.alloc(0) }),
    async open({ path, signal }) {
      const one = new ArrivalFeed({
        untaken: async (limit, excluding) =>
          waiting
            .filter((it) => !taken.has(it.digest) && !excluding.includes(it.digest))
            .slice(0, limit),
        timers: machineTimers,
        window: Number(path.split("=")[1]),
      })
      feed = one
      const stream = Readable.from(framesOf(one), { objectMode: false })
      signal.addEventListener("abort", () => {
        one.end()
        stream.destroy(new Error("the stream has ended"))
      })
      return Object.assign(stream, { statusCode: 200 })
    },
    close: () => undefined,
  }
  return {
    line,
    taken,
    take(digest: Digest) {
      taken.add(digest)
      feed?.taken([digest])
      changed.resolve()
    },
    /** Until all of these have been taken in. */
    async hasGiven(wanted: readonly HeldArrival[]) {
      while (wanted.some((it) => !taken.has(it.digest))) {
        await changed.promise
        changed = Promise.withResolvers()
      }
    },
  }
}

const known = { verified: { current: {}, operation: {} } }
const running: Arrivals[] = []

afterEach(async () => {
  for (const it of running.splice(0)) await it.close()
})

/** What peers and opener are beyond these is of no account here: nothing opens. */
function arrivalsOf(
  parts: Pick<ArrivalsParts, "line" | "submit"> & { find: (org: OrgId) => unknown },
) {
  const { line, submit, find } = parts
  const arrivals = new Arrivals({
    own,
    gatewayKey: gatewayKey.verifying,
    line,
    submit,
    opener: { open: async () => ({ kind: "refused", code: "cannot_open" }) },
    peers: { find },
    onHeard: () => undefined,
    onConnected: () => undefined,
    diagnostics: () => undefined,
    metrics: new Metrics(),
  } as unknown as ArrivalsParts)
  running.push(arrivals)
  arrivals.start()
  return arrivals
}

const refused = { kind: "refused", code: "cannot_open" } as const
const digestIn = (input: ExchangeInput) => (input as Unopenable).digest

const many = (sender: OrgId, from: number, lane: Lane) =>
  Array.from({ length: 100 }, (_, at) => held(sender, from + at, lane))

test.each<Lane>([0, 3])(
  "M-CAR-21: what a peer sent that is not known any more holds up nobody until it is added, lane %i",
  async (lane) => {
    const ofCedar = many(cedar, 0, lane)
    const ofBirch = many(birch, 1_000, 3)
    const gateway = gatewayWith([...ofCedar, ...ofBirch])
    const peers = new Set<OrgId>([birch])
    const arrivals = arrivalsOf({
      line: gateway.line,
      find: (org) => (peers.has(org) ? known : undefined),
      async submit(input) {
        gateway.take(digestIn(input))
        return refused
      },
    })
    await gateway.hasGiven(ofBirch)
    expect(gateway.taken.size).toBe(ofBirch.length)
    expect(arrivals.strangers).toEqual([cedar])
    peers.add(cedar)
    arrivals.askAgain()
    await gateway.hasGiven(ofCedar)
    expect(arrivals.strangers).toEqual([])
  },
)

test.each<Lane>([0, 3])(
  "M-CAR-21: what waits for a damaged row holds up nobody until that is mended, lane %i",
  async (lane) => {
    const ofCedar = many(cedar, 0, lane)
    const ofBirch = many(birch, 1_000, 3)
    const gateway = gatewayWith([...ofCedar, ...ofBirch])
    const waiting = new Set(ofCedar.map((it) => it.digest))
    let isDamaged = true
    arrivalsOf({
      line: gateway.line,
      find: () => known,
      async submit(input) {
        const digest = digestIn(input)
        if (isDamaged && waiting.has(digest)) throw new StoreError("corrupt", "a row is damaged")
        gateway.take(digest)
        return refused
      },
    })
    await gateway.hasGiven(ofBirch)
    expect(gateway.taken.size).toBe(ofBirch.length)
    isDamaged = false
    await gateway.hasGiven(ofCedar)
  },
)
