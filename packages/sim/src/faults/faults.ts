/**
 * What goes wrong, every few virtual minutes, until it is told to stop.
 *
 * Traffic is thin and a flush takes milliseconds, so that a crash at a random moment would hardly
 * ever meet one: many faults are armed, and strike when the moment comes.
 */

import type { Platter, Condition } from "../disk/platter.ts"
import type { Cause, Line } from "../network/network.ts"
import type { Organisation } from "../node/organisation.ts"
import type { Random } from "../time/random.ts"
import type { World } from "../world/world.ts"
import type { Hostile } from "./hostile.ts"
import { turnBit } from "./turned-bits.ts"

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

interface Fault {
  readonly weight: number
  readonly strike: () => void
}

export class Faults {
  readonly #world: World
  readonly #random: Random
  readonly #honest: readonly Organisation[]
  /** Those between whom anything passes on lines. */
  readonly #lined: readonly Organisation[]
  readonly #faults: readonly Fault[]
  #struck = 0
  isOn = false

  constructor(world: World, hostile: Hostile) {
    this.#world = world
    this.#random = world.random.split("faults")
    this.#honest = [...world.organisations.values()]
    this.#lined = this.#honest.filter((it) => it.org !== world.byFile)
    this.#faults = [
      { weight: 14, strike: () => this.#armCrash() },
      { weight: 6, strike: () => this.#crashNow() },
      { weight: 8, strike: () => this.#disk() },
      { weight: 10, strike: () => this.#cut() },
      { weight: 14, strike: () => this.#line() },
      { weight: 6, strike: () => this.#relay() },
      { weight: 8, strike: () => this.#clock() },
      { weight: 4, strike: () => this.#flip() },
      { weight: 4, strike: () => this.#inner() },
      { weight: 12, strike: () => hostile.strike() },
      { weight: 0.1, strike: () => this.#backup() },
    ]
  }

  /** How many faults there were. */
  get struck(): number {
    return this.#struck
  }

  start(): void {
    this.isOn = true
    this.#next()
  }

  /** Everything that is broken is mended, and nothing breaks any more. */
  stop(): void {
    this.isOn = false
    this.#world.network.heal()
    for (const own of this.#honest) {
      own.innerCutUntilMs = 0
      own.troubledAtMs = this.#world.schedule.nowMs
      for (const platter of [own.exchangeDisk.platter, own.gatewayDisk.platter]) {
        platter.condition = "well"
        platter.disarm()
        platter.forgetBackup()
      }
      own.mendAll()
      own.wall.correct(0, 0)
      own.startGateway()
      own.startExchange()
    }
  }

  #next(): void {
    this.#world.schedule.after(this.#random.exponential(this.#world.season.faultEveryMs), () => {
      if (!this.isOn) return
      this.#struck += 1
      if (this.#struck % this.#world.season.watchEvery === 0) this.#world.checkers.keepWatch()
      this.#random.weighted(this.#faults).strike()
      this.#next()
    })
  }

  #one(): Organisation {
    return this.#random.pick(this.#honest)
  }

  #lineOfOne(): Line {
    const random = this.#random
    const from = random.pick(this.#lined)
    const to = random.pick(this.#lined.filter((it) => it !== from))
    return this.#world.network.line(from.org, to.org)
  }

  #after(delayMs: number, run: () => void): void {
    this.#world.schedule.after(delayMs, () => {
      if (this.isOn) run()
    })
  }

  #downMs(): number {
    const random = this.#random
    return random.isLucky(0.05)
      ? random.spread(hour, 20 * hour)
      : random.spread(second, 10 * minute)
  }

  #crashExchange(own: Organisation): void {
    if (own.exchange === undefined || !this.isOn) return
    own.crashExchange()
    this.#world.see("exchange stopped")
    const downMs = this.#downMs()
    if (own.gateway === undefined) this.#world.see("both halves down at once")
    this.#after(downMs, () => {
      if (downMs > hour && own.exchange === undefined) this.#world.see("exchange away for hours")
      own.startExchange()
    })
  }

  #crashGateway(own: Organisation): void {
    if (own.gateway === undefined || !this.isOn) return
    own.crashGateway()
    this.#world.see("gateway stopped")
    const downMs = this.#downMs()
    if (own.exchange === undefined) this.#world.see("both halves down at once")
    this.#after(downMs, () => {
      if (downMs > hour && own.gateway === undefined) this.#world.see("gateway away for hours")
      own.startGateway()
    })
  }

  #armCrash(): void {
    const own = this.#one()
    const random = this.#random
    const moment = random.isLucky(0.5) ? "written" : "flushed"
    if (random.isLucky(0.6)) {
      own.exchangeDisk.platter.arm(moment, () => this.#crashExchange(own))
    } else own.gatewayDisk.platter.arm(moment, () => this.#crashGateway(own))
  }

  #crashNow(): void {
    const own = this.#one()
    const random = this.#random
    if (random.isLucky(0.7)) this.#crashExchange(own)
    if (random.isLucky(0.5)) this.#crashGateway(own)
    if (own.exchange === undefined && own.gateway === undefined && random.isLucky(0.5)) {
      // The whole machine: it comes back with the wall clock it finds.
      own.wall.step(random.between(-20, 20) * second)
      this.#world.see("machine back with another wall clock")
    }
  }

  #disk(): void {
    const own = this.#one()
    const random = this.#random
    const isExchange = random.isLucky(0.6)
    const { platter } = isExchange ? own.exchangeDisk : own.gatewayDisk
    if (random.isLucky(0.3)) {
      platter.isAmbiguous = true
      return
    }
    const condition = random.pick<Condition>(["slow", "failing", "full"])
    this.#spoil(own, platter, condition)
  }

  #spoil(own: Organisation, platter: Platter, condition: Condition): void {
    platter.condition = condition
    this.#world.see(`disk ${condition} for a while`)
    own.troubledAtMs = this.#world.schedule.nowMs
    this.#after(this.#random.spread(10 * second, 3 * hour), () => {
      platter.condition = "well"
      own.troubledAtMs = this.#world.schedule.nowMs
    })
  }

  #cut(): void {
    const random = this.#random
    const line = this.#lineOfOne()
    const isLong = random.isLucky(0.02)
    const lastsMs = isLong ? random.between(2 * day, 12 * day) : random.spread(5 * second, 4 * hour)
    const isOneWay = random.isLucky(0.5)
    const back = this.#world.network.line(line.to, line.from)
    const cause = { rare: isOneWay ? "one-way partition" : "partition", isSeen: false }
    for (const it of isOneWay ? [line] : [line, back]) this.#cutLine(it, lastsMs, cause)
    if (random.isLucky(0.05)) this.#isolate(random.spread(10 * minute, 5 * hour))
  }

  #cutLine(line: Line, lastsMs: number, cause: Cause): void {
    const { nowMs } = this.#world.schedule
    line.cutCause = cause
    if (line.cutUntilMs <= nowMs) line.cutSinceMs = nowMs
    line.cutUntilMs = Math.max(line.cutUntilMs, nowMs + lastsMs)
  }

  #isolate(lastsMs: number): void {
    const own = this.#random.pick(this.#lined)
    const cause = { rare: "organisation cut off from all", isSeen: false }
    for (const peer of this.#lined) {
      if (peer === own) continue
      this.#cutLine(this.#world.network.line(own.org, peer.org), lastsMs, cause)
      this.#cutLine(this.#world.network.line(peer.org, own.org), lastsMs, cause)
    }
  }

  #line(): void {
    const random = this.#random
    const line = this.#lineOfOne()
    const tricks = [
      () => (line.answersToLose = 1 + random.below(4)),
      () => (line.unitsToDouble = 1 + random.below(3)),
      () => (line.lateCopyMs = random.spread(hour, 7 * day)),
      () => {
        line.loss = random.between(0.1, 0.8)
        this.#after(random.spread(minute, 12 * hour), () => (line.loss = 0))
      },
      () => {
        line.slowMs = random.between(2, 20) * second
        this.#after(random.spread(minute, 12 * hour), () => (line.slowMs = 0))
      },
    ]
    random.pick(tricks)()
  }

  #relay(): void {
    const random = this.#random
    const untilMs = this.#world.schedule.nowMs + random.spread(10 * minute, 12 * hour)
    this.#lineOfOne().relay = { untilMs, seen: [] }
  }

  #clock(): void {
    const random = this.#random
    const own = this.#one()
    const { wall } = own
    const sizeMs = random.isLucky(0.2)
      ? random.spread(hour, 2 * day)
      : random.spread(second, 20 * minute)
    const isBack = random.isLucky(0.5)
    wall.step(isBack ? -sizeMs : sizeMs)
    this.#world.see(isBack ? "wall clock stepped back" : "wall clock stepped ahead")
    if (sizeMs > hour) this.#world.see("wall clock wrong by hours")
    if (isBack && own.hasOpenReading()) {
      this.#world.see("wall clock stepped back during a deadline")
    }
    const residueMs = random.between(-500, 500)
    this.#after(random.spread(minute, 6 * hour), () => {
      wall.correct(residueMs, random.between(-1, 1) * 2e-5)
      this.#world.see("wall clock corrected")
    })
  }

  #flip(): void {
    turnBit(this.#world, this.#one(), this.#random)
  }

  /** Weeks later, or soon, databases are lost and this backup is all there is of them. */
  #backup(): void {
    const own = this.#one()
    const random = this.#random
    const platters = { exchange: own.exchangeDisk.platter, gateway: own.gatewayDisk.platter }
    if (platters.exchange.hasBackup || platters.gateway.hasBackup) return
    const which = random.pick(["exchange", "exchange", "gateway", "both", "both"])
    const of = { exchange: which !== "gateway", gateway: which !== "exchange" }
    if (of.exchange) platters.exchange.beginBackup()
    if (of.gateway) platters.gateway.beginBackup()
    this.#world.schedule.after(random.spread(10 * minute, 20 * day), () => {
      if (this.isOn) own.restore(of)
      for (const it of Object.values(platters)) it.forgetBackup()
    })
  }

  #inner(): void {
    const own = this.#one()
    own.innerCutUntilMs = this.#world.schedule.nowMs + this.#random.spread(second, 3 * hour)
    if (own.guard === undefined) this.#world.see("line between the two halves cut")
  }
}
