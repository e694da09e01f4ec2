/**
 * One simulated world from its seed to its hash: months in which everything goes wrong, each ended
 * by hours in which nothing does and all has to come together.
 */

import type { OrgId } from "@tearline/core"

import { Checkers } from "../checkers/checkers.ts"
import { conflictsAreShown } from "../checkers/conflicts.ts"
import { mustHaveConverged } from "../checkers/convergence.ts"
import type { Violation } from "../checkers/violation.ts"
import { Faults } from "../faults/faults.ts"
import { Hostile } from "../faults/hostile.ts"
import { nothingPlanted, plants } from "../faults/plant.ts"
import { Network } from "../network/network.ts"
import { Organisation } from "../node/organisation.ts"
import { Drill } from "../people/drill.ts"
import { People } from "../people/people.ts"
import { Workload } from "../people/workload.ts"
import { Couriers } from "../sticks/couriers.ts"
import { hashHex, orgIdOf } from "../suite/suite.ts"
import { Random } from "../time/random.ts"
import { Schedule } from "../time/schedule.ts"
import { RareStates } from "./rare-states.ts"
import { digestOfWorld, retire } from "./retention.ts"
import { fullSeason, seasonOf } from "./season.ts"
import { Story } from "./story.ts"
import type { World } from "./world.ts"

const hour = 3_600_000
const day = 24 * hour
const year = 365.25 * day
const monthMs = year / 12
/** A rest of a month that is shorter than this has no room for faults: it belongs to the last. */
const restOfMonthMs = day
const healMs = 12 * hour
const restMs = 8 * hour
const drillMs = 3 * hour

export interface SimulationOptions {
  readonly seed: string
  readonly years: number
  readonly organisations?: number
  /** A thread's id, or `first`. */
  readonly trace?: string
  readonly plant?: string
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
const warningEveryMs = year / 28_500

interface Running extends World {
  readonly organisations: Map<OrgId, Organisation>
}

function newWorld(options: SimulationOptions): Running & { readonly hostilePeer: Hostile } {
  const { seed, trace, plant } = options
  const random = new Random(seed)
  const schedule = new Schedule(Date.UTC(2030, 0, 1))
  const organisations = new Map<OrgId, Organisation>()
  const hostile = orgIdOf("hostile")
  const rare = new RareStates()
  const planted = plant === undefined ? () => nothingPlanted : plants[plant]
  if (planted === undefined) throw new RangeError(`there is no plant ${plant}: see the list`)
  const world = {
    schedule,
    random,
    organisations,
    hostile,
    peers: new Set<OrgId>(),
    plant: planted(),
    story: new Story(schedule, trace),
    see: (it: string) => rare.see(it),
    rare,
    season: fullSeason,
    restUntilMs: 0,
    byFile: lastButOf(options, 0),
    bySeam: lastButOf(options, 1),
  } as unknown as { -readonly [Key in keyof Running]: Running[Key] } & {
    hostilePeer: Hostile
    peers: Set<OrgId>
  }
  world.checkers = new Checkers(world)
  world.hostilePeer = new Hostile(world)
  world.poison = world.hostilePeer.poison
  world.people = new People(world)
  world.network = networkOf(world)
  for (const name of namesOf(options.organisations ?? 8)) addOrganisation(world, name)
  world.peers = new Set([...organisations.keys(), hostile])
  return world
}

function namesOf(count: number): string[] {
  return Array.from({ length: count }, (_, at) => names[at] ?? `Organisation ${at + 1}`)
}

/**
 * Where enough others have lines, the envelopes of the last go on sticks, and the last but one has
 * folders between its two halves.
 */
function lastButOf({ organisations = 8 }: SimulationOptions, at: number): OrgId | undefined {
  const name = namesOf(organisations).at(-1 - at)
  return organisations < 4 || name === undefined ? undefined : orgIdOf(name)
}

function networkOf(world: Running & { readonly hostilePeer: Hostile }): Network {
  const { schedule, random, see, checkers, hostilePeer } = world
  return new Network({
    schedule,
    random: random.split("network"),
    see,
    listener: (org) =>
      org === world.hostile ? hostilePeer : world.organisations.get(org)?.gateway,
    onAnswer: (line, unit, answer) => checkers.answered(line, unit, answer),
    onUnit: (line, unit) => hostilePeer.overhear(line, unit),
  })
}

function addOrganisation(world: Running, name: string): void {
  const own = new Organisation(world, name)
  const { checkers, people, plant } = world
  world.organisations.set(own.org, own)
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
      if (it.kind === "message" && it.direction === "in" && it.thread !== null) {
        const row = own.exchangeDisk.threads.get(it.thread)
        const message = row?.messages.find((one) => one.id === it.message.id)
        if (message !== undefined) people.arrived(own, it.thread, message)
      }
    }
  }
  own.exchangeDisk.onTwice = (digest) => {
    checkers.fail("I3", `${own.name} takes in ${digest} a second time`)
  }
  plant.install(own)
}

/** One month: faults and warnings, then neither, then the reckoning. */
async function month(world: ReturnType<typeof newWorld>, parts: Parts, endMs: number) {
  const { schedule } = world
  parts.faults.start()
  parts.workload.start()
  parts.couriers?.calm(false)
  for (const { guard } of world.organisations.values()) guard?.calm(false)
  await schedule.runUntil(endMs - healMs)
  parts.workload.isOn = false
  parts.faults.stop()
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
  // All months but the last are of one length: a shorter run is the beginning of a longer one.
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
  const { rare } = world as unknown as { rare: RareStates }
  return {
    years,
    warnings: parts.workload.released,
    events: schedule.ran,
    faults: parts.faults.struck,
    violation: foundBy(checkers),
    hash: hashHex(`${past} ${schedule.ran}`).slice(0, 16),
    story: world.story.lines,
    rare: rare.counts,
  }
}
