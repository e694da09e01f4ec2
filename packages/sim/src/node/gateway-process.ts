/** One run of a gateway: the core's machine and feed, with the network outside and a line inside. */

import {
  ArrivalFeed,
  decodeDrop,
  encodeDrop,
  FileDoor,
  gatewayMachine,
  startHost,
  type AnsweredUnit,
  type ArrivalAnswer,
  type ArrivalInput,
  type Brought,
  type CourierDoor,
  type Digest,
  type Drop,
  type HeldArrival,
  type Host,
  type Lane,
  type OpenedAnswer,
  type OrgId,
} from "@tearline/core"

import { FlashWaiting } from "../checkers/urgency.ts"
import type { Listener, WireAnswer } from "../network/network.ts"
import type { Feed, InnerDoor } from "../seam/inner-door.ts"
import { gatewaySuiteOf, readLine, readUnit, withOuter } from "../suite/suite.ts"
import { Life } from "../time/life.ts"
import type { World } from "../world/world.ts"
import type { HandedAnswer } from "./opening.ts"
import type { Organisation } from "./organisation.ts"

const hour = 3_600_000
const feedTimes = { sweepMs: 2 * hour, keepAliveMs: hour }
const window = 64
const layOutMsMax = 15_000

export class GatewayProcess implements Listener, InnerDoor {
  readonly life: Life
  readonly #world: World
  readonly #organisation: Organisation
  readonly #host: Host<ArrivalInput, ArrivalAnswer>
  #feed: ArrivalFeed | undefined
  #flashes: FlashWaiting | undefined
  /** What a courier comes to. */
  readonly door: CourierDoor
  readonly #files: FileDoor

  constructor(world: World, organisation: Organisation) {
    this.#world = world
    this.#organisation = organisation
    this.life = new Life(world.schedule)
    const { gatewayDisk, org, wall } = organisation
    const clock = wall.start(world.plant.remembersTime ? gatewayDisk.platter.latestMs : 0)
    const ports = world.plant.gateway({
      suite: gatewaySuiteOf(org, world.peers),
      journal: gatewayDisk.journal(this.life),
      clock,
      onHeld: (arrival) => this.#feed?.held(arrival),
    })
    this.#host = startHost(gatewayMachine(ports))
    this.#files = new FileDoor({
      own: org,
      store: gatewayDisk.carried.store(this.life),
      clock,
      submit: (unit, lane) => this.#host.submit({ unit }, lane),
      laneOf: (unit) => laneOr(readUnit(unit)?.lane ?? 3),
      readOwn: (_kind, bytes) => answerIn(bytes),
      openAnswer: (_kind, bytes) => {
        const line = readLine(bytes)
        return line && world.peers.has(line.recipient) ? answerIn(bytes) : undefined
      },
      unitBytesMax: Number.POSITIVE_INFINITY,
      encode: fileOf,
    })
    this.door = {
      open: async () => this.#files.open(),
      close: (openedMs, from) => this.#files.close(openedMs, from),
      take: (page) => this.#files.take(page),
      bring: (file) => this.#bring(file),
    }
  }

  /** The receipt that is laid out is as good as one on a wire. */
  async #bring(file: Uint8Array): Promise<Brought> {
    const brought = await this.#files.bring(file)
    const unit = decodeDrop(file)?.content
    const claims = brought.kind === "held" && unit !== undefined && readUnit(unit)
    if (unit === undefined || !claims) return brought
    const { gatewayDisk, org: to } = this.#organisation
    const { sender: from, digest } = claims
    const receipt = gatewayDisk.carried.rows.get(`${from}/${digest}/custody`)?.content
    const { checkers } = this.#world
    if (receipt === undefined) checkers.fail("I2", `no receipt for ${digest} is laid out`)
    else checkers.answered({ from, to }, unit, { kind: "custody", receipt })
    return brought
  }

  async receive(unit: Uint8Array, carrier: OrgId): Promise<WireAnswer | undefined> {
    const claims = readUnit(unit)
    // A peer carries its own envelopes only: a captured one brought by another is nobody's.
    if (claims !== undefined && claims.sender !== carrier) return { kind: "turned-away" }
    const lane = claims?.lane ?? 3
    try {
      const answer = await this.#host.submit({ unit }, laneOr(lane))
      if (this.life.isOver) return undefined
      if (answer.kind === "custody") return answer
      return answer.refusal === null
        ? { kind: "turned-away" }
        : { kind: "refused", refusal: answer.refusal }
    } catch {
      this.#world.see("arrival not written: the peer is asked to come again")
      return { kind: "turned-away" }
    }
  }

  /** Signs and forwards; nothing is kept here. A gateway that has stopped meanwhile answers nothing. */
  depart(to: OrgId, unit: Uint8Array, done: (answer: HandedAnswer | undefined) => void): void {
    const { org: from } = this.#organisation
    if (isByFile(this.#world, from, to)) {
      void this.#laidOut(to, withOuter(unit, from), done)
      return
    }
    this.#world.network.post({ from, to }, withOuter(unit, from), (answer) => {
      done(this.life.isOver ? undefined : answer)
    })
  }

  /** A gateway that cannot write, or stops meanwhile, answers nothing. */
  async #laidOut(
    to: OrgId,
    unit: Uint8Array,
    done: (answer: HandedAnswer | undefined) => void,
  ): Promise<void> {
    const late = Promise.withResolvers<undefined>()
    const cancel = this.#world.schedule.after(layOutMsMax, () => late.resolve(undefined))
    const answer = this.#layOut(to, unit).catch(() => undefined)
    done(await Promise.race([answer, late.promise]))
    cancel()
  }

  async #layOut(to: OrgId, unit: Uint8Array): Promise<HandedAnswer | undefined> {
    const claims = readUnit(unit)
    if (claims === undefined) return undefined
    const { digest, lane } = claims
    const answer = await this.#files.depart({
      peer: to,
      digest,
      lane: laneOr(lane),
      content: unit,
    })
    if (answer === undefined) return { kind: "waiting" }
    const { kind, bytes } = answer
    return kind === "custody" ? { kind, receipt: bytes } : { kind: "refused", refusal: bytes }
  }

  /** What came back by file. */
  async answers(): Promise<readonly AnsweredUnit[]> {
    return this.#organisation.gatewayDisk.carried.answered()
  }

  settled(units: readonly AnsweredUnit[]): Promise<void> {
    return this.#organisation.gatewayDisk.carried.settle(this.life, units)
  }

  /** A new stream to the exchange; the one before ends. */
  openFeed(): ArrivalFeed {
    this.#feed?.end()
    const { gatewayDisk, name } = this.#organisation
    const { checkers } = this.#world
    this.#flashes = new FlashWaiting(this.#organisation, (it) => {
      checkers.fail("I10", `${name}'s gateway: ${it}`)
    })
    this.#feed = new ArrivalFeed({
      untaken: (limit, excluding) => gatewayDisk.readUntaken(limit, excluding),
      timers: this.life,
      times: feedTimes,
      window,
    })
    return this.#feed
  }

  /** What the stream to the exchange gives next. */
  async next(of: Feed): ReturnType<ArrivalFeed["next"]> {
    const feed = this.#feed
    if (feed !== of || feed === undefined) return undefined
    const arrival = await feed.next()
    if (arrival && feed === this.#feed) this.#flashes?.given(arrival)
    return arrival
  }

  /** A row of ours is durable. */
  held(arrival: HeldArrival): void {
    this.#flashes?.held(arrival)
  }

  async taken(digests: readonly Digest[]): Promise<void> {
    await this.#organisation.gatewayDisk.markTaken(this.life, digests)
    this.#flashes?.taken(digests)
    this.#feed?.taken(digests)
  }
}

/** Whether no line goes between these two. */
export function isByFile({ byFile, organisations }: World, one: OrgId, other: OrgId): boolean {
  return (byFile === one || byFile === other) && organisations.has(one) && organisations.has(other)
}

const fileOfContent = new WeakMap<Uint8Array, Uint8Array>()

/** The same array for the same record, of which the name is known then: it goes on every stick. */
function fileOf(drop: Drop): Uint8Array {
  const file = fileOfContent.get(drop.content) ?? encodeDrop(drop)
  fileOfContent.set(drop.content, file)
  return file
}

function answerIn(bytes: Uint8Array): OpenedAnswer {
  const { digest, recipient, sender, atMs = 0 } = readLine(bytes) ?? {}
  return { digest: digest as Digest, recipient: recipient as OrgId, sender: sender as OrgId, atMs }
}

function laneOr(lane: number): Lane {
  return lane === 0 || lane === 1 || lane === 2 ? lane : 3
}
