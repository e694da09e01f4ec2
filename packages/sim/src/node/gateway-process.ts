/** One run of a gateway: the core's machine and feed, with the network outside and a line inside. */

import {
  ArrivalFeed,
  gatewayMachine,
  startHost,
  type ArrivalAnswer,
  type ArrivalInput,
  type Digest,
  type HeldArrival,
  type Host,
  type Lane,
  type OrgId,
} from "@tearline/core"

import { FlashWaiting } from "../checkers/urgency.ts"
import type { Listener, WireAnswer } from "../network/network.ts"
import { gatewaySuiteOf, readUnit, withOuter } from "../suite/suite.ts"
import { Life } from "../time/life.ts"
import type { World } from "../world/world.ts"
import type { Organisation } from "./organisation.ts"

const hour = 3_600_000
const feedTimes = { sweepMs: 2 * hour, keepAliveMs: hour }
const window = 64

export class GatewayProcess implements Listener {
  readonly life: Life
  readonly #world: World
  readonly #organisation: Organisation
  readonly #host: Host<ArrivalInput, ArrivalAnswer>
  #feed: ArrivalFeed | undefined
  #flashes: FlashWaiting | undefined

  constructor(world: World, organisation: Organisation) {
    this.#world = world
    this.#organisation = organisation
    this.life = new Life(world.schedule)
    const { gatewayDisk, org, wall } = organisation
    const ports = world.plant.gateway({
      suite: gatewaySuiteOf(org, world.peers),
      journal: gatewayDisk.journal(this.life),
      clock: wall.start(world.plant.remembersTime ? gatewayDisk.latestMs : 0),
      onHeld: ({ lane }) => this.#feed?.held(lane),
    })
    this.#host = startHost(gatewayMachine(ports))
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
  depart(to: OrgId, unit: Uint8Array, done: (answer: WireAnswer | undefined) => void): void {
    const { org: from } = this.#organisation
    this.#world.network.post({ from, to }, withOuter(unit, from), (answer) => {
      done(this.life.isOver ? undefined : answer)
    })
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
  async next(feed: ArrivalFeed): ReturnType<ArrivalFeed["next"]> {
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

function laneOr(lane: number): Lane {
  return lane === 0 || lane === 1 || lane === 2 ? lane : 3
}
