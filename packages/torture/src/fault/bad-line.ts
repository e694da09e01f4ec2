/**
 * A line that misbehaves: a TCP proxy in front of a gateway, out of one seed.
 *
 * While it is bad, each connection through it draws a fate, and keeps it. TLS runs from end to end,
 * so that whatever is done to the bytes must be noticed by one of the two gateways.
 */

import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"
import { setTimeout as pause } from "node:timers/promises"

import type { Random } from "@tearline/sim"

import { Deck } from "./deck.ts"

export const fates = [
  "good",
  "late",
  "dripping",
  "cut in the request",
  "cut in the answer",
  "requests vanish",
  "answers vanish",
  "a bit turned in the request",
  "a bit turned in the answer",
  "said twice",
] as const

export type Fate = (typeof fates)[number]

interface Connection {
  readonly fate: Fate
  readonly random: Random
  readonly near: Socket
  readonly far: Socket
  /** Its fate has done something to it. */
  readonly strike: () => void
}

export class BadLine implements AsyncDisposable {
  /** How many connections have drawn each fate. */
  readonly drawn: ReadonlyMap<Fate, number>
  /** And how many it has struck: what carries too little is never cut in the middle. */
  readonly struck: ReadonlyMap<Fate, number>
  readonly #deck: Deck<Fate>
  readonly #drawn = noneOfEach()
  readonly #struck = noneOfEach()
  readonly #random: Random
  readonly #server: Server
  readonly #open = new Set<Connection>()
  #isBad = false
  #port = 0
  #count = 0

  private constructor(random: Random) {
    this.#random = random
    this.#deck = new Deck(fates, random.split("fates"))
    this.drawn = this.#drawn
    this.struck = this.#struck
    this.#server = createServer({ allowHalfOpen: true }, (near) => void this.#carry(near))
  }

  static async listen(random: Random): Promise<BadLine> {
    const line = new BadLine(random)
    line.#server.listen(0, "127.0.0.1")
    await once(line.#server, "listening")
    return line
  }

  get endpoint(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Where the gateway behind it listens. */
  leadTo(port: number): void {
    this.#port = port
  }

  /** From now on every connection draws a fate; those that are open are cut, so that all do. */
  turnBad(): void {
    this.#isBad = true
    this.#cut()
  }

  turnGood(): void {
    this.#isBad = false
    this.#cut()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.#cut()
    await once(this.#server, "close")
  }

  #cut(): void {
    for (const { near, far } of this.#open) {
      near.destroy()
      far.destroy()
    }
  }

  async #carry(near: Socket): Promise<void> {
    near.on("error", () => undefined)
    this.#count += 1
    const random = this.#random.split(`connection ${this.#count}`)
    const fate = this.#isBad ? this.#deck.deal() : "good"
    more(this.#drawn, fate)
    let isStruck = false
    const strike = (): void => {
      if (!isStruck) more(this.#struck, fate)
      isStruck = true
    }
    // Connections that come together are thus taken up in another order.
    if (fate === "late") await pause(random.between(50, 1_500))
    const far = connect({ port: this.#port, host: "127.0.0.1", allowHalfOpen: true })
    far.on("error", () => undefined)
    const connection = { fate, random, near, far, strike }
    this.#open.add(connection)
    const end = (): void => {
      this.#open.delete(connection)
      near.destroy()
      far.destroy()
    }
    near.once("close", end)
    far.once("close", end)
    if (fate === "said twice") this.#sayAgain(connection)
    void passOn(connection, "request")
    void passOn(connection, "answer")
  }

  /** The same bytes come to the gateway once more, from somebody who cannot read its answers. */
  #sayAgain({ near, strike }: Connection): void {
    const echo = connect(this.#port, "127.0.0.1")
    echo.on("error", () => undefined)
    echo.on("data", () => undefined)
    near.on("data", (chunk: Buffer) => {
      echo.write(chunk)
      strike()
    })
    near.once("close", () => echo.destroy())
  }
}

function noneOfEach(): Map<Fate, number> {
  return new Map(fates.map((it) => [it, 0]))
}

function more(counts: Map<Fate, number>, fate: Fate): void {
  counts.set(fate, (counts.get(fate) ?? 0) + 1)
}

type Way = "request" | "answer"

async function passOn(connection: Connection, way: Way): Promise<void> {
  const { near, far } = connection
  const [from, to] = way === "request" ? [near, far] : [far, near]
  const rule = ruleOf(connection, way)
  try {
    // Who has said all may still be waiting for the answer.
    for await (const chunk of from.iterator({ destroyOnReturn: false })) {
      for (const part of rule(chunk as Buffer)) await handOn(connection, to, part)
    }
    to.end()
  } catch {
    // Either end has gone; the other is told by its own close.
  }
}

async function handOn(connection: Connection, to: Socket, part: Buffer | "cut"): Promise<void> {
  const { fate, random, near, far, strike } = connection
  if (part === "cut") {
    near.destroy()
    far.destroy()
    return
  }
  if (fate === "dripping") await pause(random.between(1, 30))
  if (fate === "late") await pause(random.between(0, 200))
  if (slow.has(fate)) strike()
  to.write(part)
}

/** What strikes from the first byte on. */
const slow: ReadonlySet<Fate> = new Set(["good", "late", "dripping"])

/** What becomes of each chunk of bytes that goes this way. */
type Rule = (chunk: Buffer) => Iterable<Buffer | "cut">

/** A handshake has about two thousand bytes each way: some strikes fall into it, most after it. */
const strikeBytesMax = 20_000

function ruleOf({ fate, random, strike }: Connection, way: Way): Rule {
  const drawn = random.split(way)
  const at = Math.floor(drawn.spread(100, strikeBytesMax))
  let seen = 0
  const struck = (chunk: Buffer): number | undefined => {
    const place = at - seen
    seen += chunk.length
    if (place < 0 || place >= chunk.length) return undefined
    strike()
    return place
  }
  switch (fate) {
    case "cut in the request":
    case "cut in the answer":
      return fate.endsWith(way) ? cutAt(struck) : whole
    case "a bit turned in the request":
    case "a bit turned in the answer":
      return fate.endsWith(way) ? turnedAt(struck, drawn) : whole
    case "requests vanish":
    case "answers vanish":
      return fate.startsWith(way) ? vanishingFrom(struck) : whole
    case "dripping":
      return (chunk) => dripping(chunk, drawn)
    default:
      return whole
  }
}

function* whole(chunk: Buffer): Generator<Buffer> {
  yield chunk
}

type Struck = (chunk: Buffer) => number | undefined

function cutAt(struck: Struck): Rule {
  return function* cut(chunk) {
    const place = struck(chunk)
    yield place === undefined ? chunk : chunk.subarray(0, place)
    if (place !== undefined) yield "cut"
  }
}

function turnedAt(struck: Struck, random: Random): Rule {
  return function* turned(chunk) {
    const place = struck(chunk)
    if (place !== undefined)
      chunk.writeUInt8(chunk.readUInt8(place) ^ (1 << random.below(8)), place)
    yield chunk
  }
}

/** The connection stays open, and nothing more comes: only a limit of time ends it. */
function vanishingFrom(struck: Struck): Rule {
  let isGone = false
  return function* vanishing(chunk) {
    isGone ||= struck(chunk) !== undefined
    if (!isGone) yield chunk
  }
}

/** As much at a time as lets an ordinary unit through in some seconds. */
function* dripping(chunk: Buffer, random: Random): Generator<Buffer> {
  for (let at = 0; at < chunk.length;) {
    const next = at + 16 + random.below(512)
    yield chunk.subarray(at, next)
    at = next
  }
}
