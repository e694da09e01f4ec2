/** The gateway's end of a seam in the simulation: it comes and goes with its gateway. */

import { SeamOutside, type Digest, type OrgId, type Performed, type SeamAsk } from "@tearline/core"

import type { GatewayProcess } from "../node/gateway-process.ts"
import type { HandedAnswer } from "../node/opening.ts"
import type { Random } from "../time/random.ts"
import type { Guard } from "./guard.ts"
import type { Feed } from "./inner-door.ts"
import {
  decodePlain,
  decodeUnit,
  decodeUnits,
  encodeAnswer,
  encodeArrival,
  encodeOffered,
  encodeUnits,
} from "./wire.ts"

const minute = 60_000
const hour = 60 * minute
const times = { lookMs: 2 * hour, retryMs: minute }
/** A gateway that cannot write says nothing: whoever asked asks again. */
const performMsMax = 5 * minute
const nothing = new Uint8Array()

export class SeamMover {
  readonly #gateway: GatewayProcess
  readonly #guard: Guard
  readonly #outside: SeamOutside

  constructor(gateway: GatewayProcess, guard: Guard, random: Random) {
    this.#gateway = gateway
    this.#guard = guard
    const { life } = gateway
    this.#outside = new SeamOutside({
      ...guard.foldersOf("gateway", life),
      timers: life,
      chance: random,
      times,
      perform: (ask) => this.#inTime(ask),
    })
    guard.onArrival("gateway", () => {
      if (!life.isOver) void this.#outside.look()
    })
  }

  start(): void {
    void this.#outside.start()
  }

  async #inTime(ask: SeamAsk): Promise<Performed | undefined> {
    const late = Promise.withResolvers<undefined>()
    const cancel = this.#gateway.life.after(performMsMax, () => late.resolve(undefined))
    const done = this.#perform(ask).then(
      (body) => ({ status: 200, body }),
      () => ({ status: 503, body: nothing }),
    )
    const performed = await Promise.race([done, late.promise])
    cancel()
    return performed
  }

  async #perform({ target, body }: SeamAsk): Promise<Uint8Array> {
    const gateway = this.#gateway
    const [what, to = "", number, over = ""] = target.split(" ")
    switch (what) {
      case "depart":
        return encodeAnswer(await this.#departed(to as OrgId, decodeUnit(body)))
      case "peers": {
        const place = { series: to, number: Number(number), over: over === "" ? null : over }
        const changes = decodePlain(body) as number
        return encodeOffered(await this.#guard.peerLists.take(gateway.life, place, changes))
      }
      case "taken":
        await gateway.taken(decodePlain(body) as Digest[])
        return nothing
      case "answers":
        return encodeUnits(await gateway.answers())
      case "settled":
        await gateway.settled(decodeUnits(body))
        return nothing
      default:
        void this.#follow(gateway.openFeed())
        return nothing
    }
  }

  #departed(to: OrgId, unit: Uint8Array): Promise<HandedAnswer | undefined> {
    const { promise, resolve } = Promise.withResolvers<HandedAnswer | undefined>()
    this.#gateway.depart(to, unit, resolve)
    return promise
  }

  async #follow(feed: Feed): Promise<void> {
    for (;;) {
      const arrival = await this.#gateway.next(feed)
      if (arrival === undefined || this.#gateway.life.isOver) return
      const bytes = arrival === null ? nothing : encodeArrival(arrival)
      // What could not be laid out comes with the next stream.
      await this.#outside.give(arrival?.lane ?? 0, bytes).catch(() => undefined)
    }
  }
}
