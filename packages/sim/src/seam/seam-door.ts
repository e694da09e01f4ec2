/** The exchange's end of a seam in the simulation: its gateway, through two folders. */

import {
  PeerTeller,
  SeamInside,
  type AnsweredUnit,
  type Digest,
  type HeldArrival,
  type OfferAnswer,
  type OfferedList,
  type OrgId,
  type SeamAnswer,
  type SeamAsking,
} from "@tearline/core"

import type { HandedAnswer } from "../node/opening.ts"
import { hashing, readUnit } from "../suite/suite.ts"
import type { Life } from "../time/life.ts"
import type { Random } from "../time/random.ts"
import type { Guard } from "./guard.ts"
import type { Feed, InnerDoor } from "./inner-door.ts"
import {
  decodeAnswer,
  decodeArrival,
  decodeOffered,
  decodeUnits,
  encodePlain,
  encodeUnit,
  encodeUnits,
} from "./wire.ts"

const minute = 60_000
const hour = 60 * minute
const lookMs = 2 * hour
const departMsMax = minute / 2
const askMsMax = 2 * minute
const tellTimes = { retryMs: 5 * minute, waitingMs: 2 * hour }
const changeMs = { min: hour, max: 4 * 24 * hour }
/** An arrival that was lost on the way comes again with the next stream. */
const reopenMs = 3 * hour

export interface SeamDoorParts {
  readonly guard: Guard
  readonly life: Life
  readonly random: Random
  /** What the gateway said of a unit, when nobody waits any more; false when it must come again. */
  readonly onLate: (
    item: { readonly digest: Digest; readonly peer: OrgId },
    answer: HandedAnswer | undefined,
  ) => Promise<boolean>
  /** A new stream is to be asked for. */
  readonly onBegun: () => void
}

export class SeamDoor implements InnerDoor {
  readonly life: Life
  readonly #inside: SeamInside
  readonly #parts: SeamDoorParts
  readonly #teller: PeerTeller
  #feed: SeamFeed | undefined

  constructor(parts: SeamDoorParts) {
    this.#parts = parts
    const { guard, life, random } = parts
    this.life = life
    this.#inside = new SeamInside({
      ...guard.foldersOf("exchange", life),
      timers: life,
      chance: random,
      hashing,
      times: { lookMs },
      onFrame: (frame) => this.#feed?.push(frame === undefined ? null : decodeArrival(frame)),
      onLate: (answer) => this.#late(answer),
      onBegun: () => parts.onBegun(),
    })
    this.#teller = new PeerTeller({
      offer: (list, body) => this.#offered(list, body),
      chance: random,
      timers: life,
      times: tellTimes,
    })
    guard.onArrival("exchange", () => {
      if (!life.isOver) void this.#inside.look()
    })
  }

  start(): void {
    void this.#inside.start()
    this.#reopenLater()
    this.#changeLater()
  }

  depart(to: OrgId, unit: Uint8Array, done: (answer: HandedAnswer | undefined) => void): void {
    const { digest, lane = 3 } = readUnit(unit) ?? {}
    const asking = {
      target: `depart ${to}`,
      lane,
      body: encodeUnit(unit),
      about: `${digest}/${to}`,
      withinMs: departMsMax,
    }
    void this.#departed(asking, done)
  }

  async #departed(
    asking: SeamAsking,
    done: (answer: HandedAnswer | undefined) => void,
  ): Promise<void> {
    let handed: HandedAnswer | undefined
    try {
      const answer = await this.#inside.ask(asking)
      handed = answer === undefined ? { kind: "waiting" } : decodeAnswer(answer.body)
    } catch {
      handed = undefined
    }
    done(handed)
  }

  async answers(): Promise<readonly AnsweredUnit[]> {
    return decodeUnits(await this.#asked("answers", new Uint8Array()))
  }

  async settled(units: readonly AnsweredUnit[]): Promise<void> {
    await this.#asked("settled", encodeUnits(units))
  }

  async taken(digests: readonly Digest[]): Promise<void> {
    await this.#asked("taken", encodePlain(digests))
  }

  openFeed(): Feed {
    this.#feed?.end()
    const feed = new SeamFeed()
    this.#feed = feed
    this.#tell()
    this.#asked("open", new Uint8Array()).catch(() => undefined)
    return feed
  }

  async next(feed: Feed): Promise<HeldArrival | null | undefined> {
    return feed === this.#feed ? await this.#feed.next() : undefined
  }

  async #asked(target: string, body: Uint8Array): Promise<Uint8Array> {
    const answer = await this.#inside.ask({ target, lane: 0, body, withinMs: askMsMax })
    if (answer?.status !== 200) throw new Error("the gateway has not answered")
    return answer.body
  }

  #tell(): void {
    this.#teller.tell(encodePlain(this.#parts.guard.peerLists.changes))
  }

  #changeLater(): void {
    const { guard, life, random } = this.#parts
    life.after(random.spread(changeMs.min, changeMs.max), () => {
      if (!guard.isCalm) guard.peerLists.change()
      this.#tell()
      this.#changeLater()
    })
  }

  async #offered({ series, number, over }: OfferedList, body: Uint8Array): Promise<OfferAnswer> {
    const target = `peers ${series} ${number} ${over ?? ""}`
    const about = `${listPrefix}${series}/${number}`
    try {
      const asking = { target, lane: 0, body, about, withinMs: departMsMax } as const
      const answer = await this.#inside.ask(asking)
      return answer === undefined ? { kind: "waiting" } : offeredIn(answer)
    } catch {
      return { kind: "failed" }
    }
  }

  async #late(answer: SeamAnswer): Promise<boolean> {
    const { about, body } = answer
    if (about.startsWith(listPrefix)) {
      const [series = "", number] = about.slice(listPrefix.length).split("/")
      this.#teller.answered({ series, number: Number(number) }, offeredIn(answer))
      return true
    }
    const [digest, peer] = about.split("/")
    return await this.#parts.onLate(
      { digest: digest as Digest, peer: peer as OrgId },
      decodeAnswer(body),
    )
  }

  #reopenLater(): void {
    this.life.after(reopenMs, () => {
      this.#parts.onBegun()
      this.#reopenLater()
    })
  }
}

const listPrefix = "peers/"

function offeredIn({ status, body }: SeamAnswer): OfferAnswer {
  return status === 200 ? decodeOffered(body) : { kind: "failed" }
}

/** Frames in the order in which they were found. */
class SeamFeed implements Feed {
  readonly #frames: (HeldArrival | null)[] = []
  #isEnded = false
  #wake: () => void = () => undefined

  push(frame: HeldArrival | null): void {
    this.#frames.push(frame)
    this.#wake()
  }

  end(): void {
    this.#isEnded = true
    this.#wake()
  }

  async next(): Promise<HeldArrival | null | undefined> {
    while (!this.#isEnded) {
      const frame = this.#frames.shift()
      if (frame !== undefined) return frame
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await promise
    }
    return undefined
  }
}
