/**
 * Couriers between one organisation that no line reaches and all others.
 *
 * A round takes one stick from it to every peer and back, some hours apart. Rounds overtake each
 * other, a stick is lost, comes days later or is read again after the next, has no room for all, is
 * pulled in the middle, and spoils a file. Before the reckoning couriers go often and nothing
 * happens to them.
 */

import {
  DropFolder,
  FolderError,
  handIn,
  layOut,
  type CourierDoor,
  type HandedIn,
} from "@tearline/core"

import { FlashAboard } from "../checkers/aboard.ts"
import { DiskError } from "../disk/platter.ts"
import type { Organisation } from "../node/organisation.ts"
import { hashingOnce } from "../suite/suite.ts"
import type { Random } from "../time/random.ts"
import type { World } from "../world/world.ts"
import { Stick } from "./stick.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** The time on which this organisation and its peers have agreed. */
export const agreedMs: number = 2 * day

const usual = { roundMs: 15 * hour, stepMs: { min: 5 * minute, max: 2 * hour } }
const calm = { roundMs: 50 * minute, stepMs: { min: minute, max: 2 * minute } }

/** Of a small stick: from a few units to a few dozen. */
const smallBytes = { min: 6_000, max: 60_000 }

const oldMs = 10 * day

interface Round {
  readonly stick: Stick
  readonly stops: Organisation[]
  readonly beganMs: number
}

export class Couriers {
  readonly #world: World
  readonly #own: Organisation
  readonly #random: Random
  #isCalm = false
  #calmSinceMs = 0
  #cancel: () => void = () => undefined

  constructor(world: World, own: Organisation) {
    this.#world = world
    this.#own = own
    this.#random = own.random.split("couriers")
  }

  start(): void {
    this.#begin()
  }

  /** From now on until told otherwise couriers are quick and careful. */
  calm(isCalm: boolean): void {
    this.#isCalm = isCalm
    this.#calmSinceMs = this.#world.schedule.nowMs
    // Whoever would set out hours later sets out by the new habit.
    this.#cancel()
    if (isCalm) this.#go()
    this.#begin()
  }

  #begin(): void {
    const { roundMs } = this.#isCalm ? calm : usual
    this.#cancel = this.#world.schedule.after(roundMs * this.#random.between(0.7, 1.3), () => {
      this.#go()
      this.#begin()
    })
  }

  #go(): void {
    const others = [...this.#world.organisations.values()].filter((it) => it !== this.#own)
    const toAll = () => [...shuffled(others, this.#random), this.#own]
    const stick = this.#stick()
    // A small one is used again, since what is on it then is in the way.
    const stops = [this.#own, ...toAll(), ...(stick.isSmall ? toAll() : [])]
    const round = { stick, stops, beganMs: this.#world.schedule.nowMs }
    void this.#next(round)
  }

  /** Now and then one on which not everything has room. */
  #stick(): Stick {
    const random = this.#random
    const isSmall = !this.#isCalm && random.isLucky(0.25)
    return isSmall
      ? new Stick(Math.round(random.spread(smallBytes.min, smallBytes.max)))
      : new Stick()
  }

  /** One stop, then on to the next after some time. */
  async #next(round: Round): Promise<void> {
    const at = round.stops.shift()
    // Nobody carries a stick for ever; what was on it is on others.
    const { schedule, restUntilMs } = this.#world
    const isOld = schedule.nowMs - round.beganMs > oldMs
    // In the last hours a stick of before the calm would bring what nobody could answer in time.
    const isTooLate = schedule.nowMs < restUntilMs && round.beganMs < this.#calmSinceMs
    if (at === undefined || isOld || isTooLate) return
    await this.#visit(round, at)
    const stepMs = this.#travel(round)
    if (stepMs !== undefined) this.#world.schedule.after(stepMs, () => void this.#next(round))
  }

  /** How long until the next stop; undefined when the stick never gets there. */
  #travel(round: Round): number | undefined {
    const random = this.#random
    const { see } = this.#world
    const { min, max } = (this.#isCalm ? calm : usual).stepMs
    if (this.#isCalm) return random.between(min, max)
    if (random.isLucky(0.01)) {
      see("stick lost")
      return undefined
    }
    if (random.isLucky(0.02)) this.#double(round)
    if (random.isLucky(0.05) && round.stick.spoil(random, "tear")) see("file on a stick torn")
    if (random.isLucky(0.05) && round.stick.spoil(random, "flip")) see("file on a stick flipped")
    if (random.isLucky(0.01)) {
      see("stick comes days later")
      return random.between(day, 4 * day)
    }
    return random.spread(min, max)
  }

  /** A copy of the stick goes the same way some time after. */
  #double({ stick, stops, beganMs }: Round): void {
    const again = { stick: stick.copy(), stops: [...stops], beganMs }
    const laterMs = this.#random.spread(hour, 4 * day)
    this.#world.schedule.after(laterMs, () => {
      this.#world.see("stick read twice")
      void this.#next(again)
    })
  }

  async #visit({ stick, beganMs }: Round, at: Organisation): Promise<void> {
    const { gateway } = at
    const { see } = this.#world
    if (gateway === undefined) {
      see("gateway away when a courier came")
      return
    }
    const { door } = gateway
    if (!this.#isCalm && this.#random.isLucky(0.05)) stick.pullAfter(1 + this.#random.below(40))
    try {
      this.#tell(await handIn(this.#folderOn(stick), door, { own: at.org }), beganMs)
      await this.#layOut(door, stick, at)
    } catch (error) {
      if (error instanceof FolderError) see("stick pulled in the middle")
      else if (error instanceof DiskError) see("gateway cannot write when a courier is there")
      else throw error
    }
    stick.plugIn()
  }

  async #layOut(door: CourierDoor, stick: Stick, at: Organisation): Promise<void> {
    const { see, checkers } = this.#world
    const voyage = { own: at.org, ...(at === this.#own ? {} : { to: this.#own.org }) }
    const aboard = new FlashAboard(at.gatewayDisk.carried, voyage)
    const { displaced, noRoom } = await layOut(this.#folderOn(stick), door, voyage)
    if (displaced > 0) see("less urgent makes way on a full stick")
    if (noRoom.every((it) => it === 0)) return
    see("stick has no room for all")
    const fault = aboard.faultOn(stick)
    if (fault !== undefined) checkers.fail("I10", `${at.name}'s courier: ${fault}`)
  }

  #folderOn(stick: Stick): DropFolder {
    return new DropFolder({ disk: stick, hashing: hashingOnce, chance: this.#random })
  }

  #tell({ news, left }: HandedIn, beganMs: number): void {
    const { see, schedule } = this.#world
    if (left.some((it) => it.code === "damaged")) see("torn file left behind")
    if (news > 0) see("receipt by file")
    if (news > 0 && schedule.nowMs - beganMs > day) see("receipt by file after days")
  }
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, at: random.unit() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
