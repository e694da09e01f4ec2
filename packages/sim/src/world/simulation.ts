/**
 * One simulated world from its seed to its hash: months in which everything goes wrong, each ended
 * by hours in which nothing does and all has to come together.
 */

import type { Checkers } from "../checkers/checkers.ts"
import { conflictsAreShown } from "../checkers/conflicts.ts"
import { mustHaveConverged } from "../checkers/convergence.ts"
import type { Violation } from "../checkers/violation.ts"
import { Faults } from "../faults/faults.ts"
import { Organisation } from "../node/organisation.ts"
import { Drill } from "../people/drill.ts"
import { Workload } from "../people/workload.ts"
import { Couriers } from "../sticks/couriers.ts"
import { hashHex } from "../suite/suite.ts"
import { digestOfWorld, retire } from "./retention.ts"
import { seasonOf } from "./season.ts"
import { World, worldStartMs } from "./world.ts"

const hour = 3_600_000
const day = 24 * hour
const year = 365.25 * day
const monthMs = year / 12
/** A rest of a month that is shorter than this has no room for faults: it belongs to the last. */
const restOfMonthMs = day
const healMs = 30 * hour
/** Whoever carries files goes often and carefully from then on. */
const calmMs = 14 * hour
const restMs = 8 * hour
const drillMs = 3 * hour

/** What one world is made of. `trace` and `onMonth` change nothing of what happens in it. */
export interface SimulationOptions {
  readonly seed: string
  readonly years: number
  readonly organisations?: number
  /** A thread's id, or `first`. */
  readonly trace?: string
  readonly plant?: string
  /** Nobody is reached by stick, and nobody's halves have folders between them. */
  readonly isLinedOnly?: boolean
  /** Kinds of message to be checked as if nobody had said yet what they make owed. */
  readonly withheld?: readonly string[]
  /** Called at the end of each month. */
  readonly onMonth?: (doneYears: number) => void
}

/** An invariant that did not hold, as plain data. */
export type Found = Pick<Violation, "invariant" | "message" | "thread" | "atMs">

function foundBy({ violation }: Checkers): Found | undefined {
  if (violation === undefined) return undefined
  const { invariant, message, thread, atMs } = violation
  return { invariant, message, thread, atMs }
}

/** What one world came to, up to its end or to what broke in it. */
export interface Report {
  readonly years: number
  readonly warnings: number
  readonly events: number
  readonly faults: number
  /** Invariants found broken: none, or the first. */
  readonly violation: Found | undefined
  readonly hash: string
  readonly story: readonly string[]
  /** How often each rare state was seen. */
  readonly rare: ReadonlyMap<string, number>
}

const names = ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gorse", "Hazel"]
const warningEveryMs = year / 28_800

function newWorld(options: SimulationOptions): World {
  const { seed, trace, plant, organisations = 8, isLinedOnly = false, withheld = [] } = options
  const all = Array.from(
    { length: organisations },
    (_, at) => names[at] ?? `Organisation ${at + 1}`,
  )
  const world = new World({ seed, names: all, trace, plant, isLinedOnly, withheld })
  for (const it of all) addOrganisation(world, it)
  return world
}

function addOrganisation(world: World, name: string): void {
  const own = new Organisation(world, name)
  const { checkers, people, plant } = world
  world.add(own)
  own.watchDamage()
  own.gatewayDisk.onHeld = (arrival) => {
    checkers.held(own, arrival)
    own.gateway?.held(arrival)
  }
  own.exchangeDisk.onCommit = (writes) => {
    for (const it of writes) {
      if (it.kind === "arrival" && it.code === null) checkers.took(own, it.digest)
    }
    checkers.committed(own, writes)
    for (const it of writes) {
      checkers.wrote(own, it)
      if (it.kind === "dequeue") own.exchange?.dequeued(it.id)
    }
  }
  own.exchangeDisk.onCome = (thread, id) => people.arrived(own, thread, id)
  own.exchangeDisk.onTwice = (digest) => {
    checkers.fail("I3", `${own.name} takes in ${digest} a second time`)
  }
  own.exchangeDisk.onConflict = (of) => {
    checkers.fail("I3", `${own.name} writes a ${of} as it has never been`)
  }
  plant.install(own)
}

/** One month: faults and warnings, then neither, then the reckoning. */
async function month(world: World, parts: Parts, endMs: number) {
  const { schedule } = world
  parts.faults.start()
  parts.workload.start()
  parts.couriers?.calm(false)
  for (const { guard } of world.organisations.values()) guard?.calm(false)
  await schedule.runUntil(endMs - healMs)
  parts.workload.isOn = false
  parts.faults.stop()
  await schedule.runUntil(endMs - calmMs)
  parts.couriers?.calm(true)
  for (const { guard } of world.organisations.values()) guard?.calm(true)
  await schedule.runUntil(endMs - restMs)
  world.restUntilMs = endMs
  await schedule.runUntil(endMs - drillMs)
  parts.drill.start()
  await schedule.runUntil(endMs)
  // First, while it is still known who has been restored in this month.
  world.hostilePeer.mustBeRecorded()
  await conflictsAreShown(world, world.hostilePeer.doubled)
  mustHaveConverged(world)
}

interface Parts {
  readonly faults: Faults
  readonly couriers: Couriers | undefined
  readonly workload: Workload
  readonly drill: Drill
}

/**
 * How many of a world's years have to be run to come to this moment in the same way: all months but
 * the last are of one length, so that a shorter run is the beginning of a longer one.
 */
export function yearsUpTo(years: number, atMs: number): number {
  const months = Math.max(1, Math.ceil((atMs - worldStartMs) / monthMs))
  const isBeforeLast = months * monthMs < years * year - restOfMonthMs
  return isBeforeLast ? months / 12 : years
}

/** Runs one world. The same options give the same report, its hash included. */
export async function simulate(options: SimulationOptions): Promise<Report> {
  const world = newWorld(options)
  const { schedule, checkers } = world
  const byFile = world.byFile && world.organisations.get(world.byFile)
  const parts = {
    faults: new Faults(world, world.hostilePeer),
    couriers: byFile && new Couriers(world, byFile),
    workload: new Workload(world, warningEveryMs),
    drill: new Drill(world),
  }
  for (const own of world.organisations.values()) {
    own.startGateway()
    own.startExchange()
  }
  parts.couriers?.start()
  const startMs = schedule.nowMs
  const endMs = startMs + options.years * year
  let past = ""
  schedule.isOver = () => checkers.violation !== undefined
  // yearsUpTo counts on how long each is.
  for (let at = 1, isLast = false; !isLast; at += 1) {
    isLast = startMs + at * monthMs >= endMs - restOfMonthMs
    world.season = seasonOf(at - 1)
    await month(world, parts, isLast ? endMs : startMs + at * monthMs)
    if (checkers.violation !== undefined) break
    past = hashHex(past + digestOfWorld(world))
    retire(world, startMs + (at - 1) * monthMs)
    options.onMonth?.((schedule.nowMs - startMs) / year)
  }
  const years = (schedule.nowMs - startMs) / year
  return {
    years,
    warnings: parts.workload.released,
    events: schedule.ran,
    faults: parts.faults.struck,
    violation: foundBy(checkers),
    hash: hashHex(`${past} ${schedule.ran}`).slice(0, 16),
    story: world.story.lines,
    rare: world.rare,
  }
}
