/** One organisation: two disks, a wall clock, and two processes that come and go. */

import type { OrgId } from "@tearline/core"

import type { Found } from "../disk/damage.ts"
import { ExchangeDisk } from "../disk/exchange-disk.ts"
import { GatewayDisk } from "../disk/gateway-disk.ts"
import { Platter } from "../disk/platter.ts"
import { Guard } from "../seam/guard.ts"
import { SeamMover } from "../seam/seam-mover.ts"
import { orgIdOf } from "../suite/suite.ts"
import type { Random } from "../time/random.ts"
import { WallClock } from "../time/wall-clock.ts"
import type { World } from "../world/world.ts"
import { ExchangeProcess } from "./exchange-process.ts"
import { GatewayProcess } from "./gateway-process.ts"

const second = 1_000

export class Organisation {
  readonly name: string
  readonly org: OrgId
  readonly random: Random
  readonly wall: WallClock
  readonly exchangeDisk: ExchangeDisk
  readonly gatewayDisk: GatewayDisk
  exchange: ExchangeProcess | undefined
  gateway: GatewayProcess | undefined
  /** The line between the two halves is cut until then. */
  innerCutUntilMs = 0
  /** What lies between its two halves instead of a line, if anything does. */
  readonly guard: Guard | undefined
  /** What the offline root authorised last; each restore needs a newer one. */
  epoch = 1
  /** Whether a restore still has to be told to the exchange before it says anything. */
  mustReopen = false
  /** When its disk last failed or its exchange last started: leases may have run out then. */
  troubledAtMs = 0
  readonly #world: World
  #starts = 0
  #gatewaySinceMs = 0

  constructor(world: World, name: string) {
    this.#world = world
    this.name = name
    this.org = orgIdOf(name)
    this.random = world.random.split(name)
    const { schedule } = world
    const clocks = this.random.split("clock")
    this.wall = new WallClock(
      schedule,
      clocks.between(-2, 2) * second,
      clocks.between(-1, 1) * 2e-5,
    )
    const platter = (of: string) =>
      new Platter({ schedule, random: this.random.split(`${of} disk`), see: world.see })
    this.exchangeDisk = new ExchangeDisk(platter("exchange"), schedule)
    this.gatewayDisk = new GatewayDisk(platter("gateway"))
    this.guard = world.bySeam === this.org ? new Guard(world, this) : undefined
  }

  get isInnerCut(): boolean {
    return this.innerCutUntilMs > this.#world.schedule.nowMs
  }

  /** Since when both halves run, both disks are well and nothing lies between them. */
  get wellSinceMs(): number {
    const { nowMs } = this.#world.schedule
    if (this.exchange === undefined || this.gateway === undefined) return nowMs
    const failed = [this.exchangeDisk, this.gatewayDisk].map((it) => it.platter.failedAtMs)
    return Math.max(this.troubledAtMs, this.innerCutUntilMs, this.#gatewaySinceMs, ...failed)
  }

  startExchange(): void {
    if (this.exchange !== undefined) return
    this.#starts += 1
    this.troubledAtMs = this.#world.schedule.nowMs
    this.exchangeDisk.platter.recover()
    this.#world.checkers.promises.exchangeIsBack(this)
    this.exchange = new ExchangeProcess(this.#world, this, this.#starts)
    this.exchange.start()
  }

  reopened(): void {
    this.mustReopen = false
    this.#world.see("new epoch opened after a restore")
    this.#world.people.goOver(this)
  }

  restartExchange(): void {
    this.crashExchange()
    this.#world.schedule.after(60_000, () => this.startExchange())
  }

  /** A database, or both, comes back from a backup: whatever was written since is gone. */
  restore(of: { readonly exchange: boolean; readonly gateway: boolean }): void {
    const { exchangeDisk, gatewayDisk } = this
    const { see, checkers, plant } = this.#world
    this.crashExchange()
    const writtenMs = exchangeDisk.latestMs
    const before = new Map(exchangeDisk.threads)
    if (of.exchange) exchangeDisk.platter.restore()
    if (of.gateway) {
      this.crashGateway()
      gatewayDisk.platter.restore()
      see("gateway restored from an old backup")
    }
    if (of.exchange) see("restored from an old backup")
    if (of.exchange && of.gateway) see("whole node restored from an old backup")
    this.epoch += 1
    this.mustReopen = plant.opensEpoch
    const changed = [...before].filter(([id, row]) => exchangeDisk.threads.get(id) !== row)
    checkers.restored(
      this,
      of,
      changed.map(([id]) => id),
    )
    this.startGateway()
    this.startExchange()
    const isBehind = writtenMs - (this.exchange?.clock.nowMs() ?? 0) > 60_000
    if (of.exchange && isBehind) see("restored with the clock behind")
  }

  startGateway(): void {
    if (this.gateway !== undefined) return
    this.gatewayDisk.platter.recover()
    this.#world.checkers.promises.gatewayIsBack(this)
    this.gateway = new GatewayProcess(this.#world, this)
    this.#gatewaySinceMs = this.#world.schedule.nowMs
    if (this.guard !== undefined) {
      new SeamMover(this.gateway, this.guard, this.random.split("mover")).start()
    }
    this.exchange?.gatewayIsBack()
  }

  crashExchange(): void {
    const { exchange } = this
    if (exchange === undefined) return
    this.exchange = undefined
    exchange.life.end()
    this.exchangeDisk.platter.disarm()
    this.exchangeDisk.platter.crash(exchange.life)
  }

  crashGateway(): void {
    const { gateway } = this
    if (gateway === undefined) return
    this.gateway = undefined
    gateway.life.end()
    this.gatewayDisk.platter.disarm()
    this.gatewayDisk.platter.crash(gateway.life)
    this.exchange?.gatewayIsGone()
  }

  /** Whether somebody here owes the reading of a warning at this moment. */
  hasOpenReading(): boolean {
    return [...this.exchangeDisk.threads.values()]
      .slice(-20)
      .some((row) =>
        [...row.obligations.values()].some(
          ({ rule, end, owedBy }) => rule === "read" && end === null && owedBy === this.org,
        ),
      )
  }

  mendAll(): void {
    this.exchangeDisk.damage.mendAll()
    this.gatewayDisk.damage.mendAll()
  }

  /** Damage is seen on reading; hours later somebody has mended it. */
  watchDamage(): void {
    const { schedule, see } = this.#world
    const mending = new Set<string>()
    const onFound = ({ kind, key, mend }: Found) => {
      see(`damaged ${kind} found on reading`)
      if (mending.has(key)) return
      mending.add(key)
      schedule.after(this.random.spread(60_000, 6 * 3_600_000), () => {
        mending.delete(key)
        see("damaged row mended")
        mend()
      })
    }
    this.exchangeDisk.damage.onFound = onFound
    this.gatewayDisk.damage.onFound = onFound
  }
}
