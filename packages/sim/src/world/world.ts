/** What every part of the simulation may reach: time, chance, lines, organisations, observers. */

import type { MessageId, OrgId } from "@tearline/core"

import { Checkers } from "../checkers/checkers.ts"
import { Hostile } from "../faults/hostile.ts"
import { plantOf, type Plant } from "../faults/plant.ts"
import { Network } from "../network/network.ts"
import type { Organisation } from "../node/organisation.ts"
import { People } from "../people/people.ts"
import { orgIdOf } from "../suite/suite.ts"
import { Random } from "../time/random.ts"
import { Schedule } from "../time/schedule.ts"
import { RareStates } from "./rare-states.ts"
import { fullSeason, type Season } from "./season.ts"
import { Story } from "./story.ts"

export interface WorldMakings {
  readonly seed: string
  /** Of the honest ones, in their order. */
  readonly names: readonly string[]
  readonly trace: string | undefined
  readonly plant: string | undefined
  /** Without sticks, and without folders between two halves. */
  readonly isLinedOnly: boolean
  readonly withheld: readonly string[]
}

/** When every world begins; milliseconds since 1970. */
export const worldStartMs = Date.UTC(2030, 0, 1)

/** Fewer than these do not spare one for sticks and one for folders. */
const enoughOrganisations = 4

/** Fields stand in the order in which they are made: each part is given a world, and keeps it. */
export class World {
  readonly schedule = new Schedule(worldStartMs)
  readonly random: Random
  /** Everybody whose signature is known, the hostile one too. */
  readonly peers: ReadonlySet<OrgId>
  /** A peer of all, that keeps to no rule. */
  readonly hostile: OrgId = orgIdOf("hostile")
  readonly plant: Plant
  /** Kinds of message of which the checkers are not to know what they make owed. */
  readonly withheld: ReadonlySet<string>
  readonly story: Story
  /** The organisation that no line to another honest one reaches, if there is one. */
  readonly byFile: OrgId | undefined
  /** The organisation with folders between its two halves, if there is one. */
  readonly bySeam: OrgId | undefined
  /** How busy this month is. */
  season: Season = fullSeason
  /** People rest until then: whatever is under way is to arrive first. */
  restUntilMs = 0
  readonly checkers: Checkers
  readonly hostilePeer: Hostile
  readonly people: People
  readonly network: Network
  readonly #organisations = new Map<OrgId, Organisation>()
  readonly #rare = new RareStates()

  constructor({ seed, names, trace, plant, isLinedOnly, withheld }: WorldMakings) {
    const orgs = names.map((it) => orgIdOf(it))
    this.random = new Random(seed)
    this.peers = new Set([...orgs, this.hostile])
    this.plant = plantOf(plant)
    this.withheld = new Set(withheld)
    this.story = new Story(this.schedule, trace)
    const hasEnough = orgs.length >= enoughOrganisations && !isLinedOnly
    this.byFile = hasEnough ? orgs.at(-1) : undefined
    this.bySeam = hasEnough ? orgs.at(-2) : undefined
    this.checkers = new Checkers(this)
    this.hostilePeer = new Hostile(this)
    this.people = new People(this)
    this.network = this.#newNetwork()
  }

  /** The honest ones, in the order of their names. */
  get organisations(): ReadonlyMap<OrgId, Organisation> {
    return this.#organisations
  }

  /** Messages that whatever reads them breaks on, by no fault of a disk. */
  get poison(): ReadonlySet<MessageId> {
    return this.hostilePeer.poison
  }

  /** How often each rare state was seen. */
  get rare(): ReadonlyMap<string, number> {
    return this.#rare.counts
  }

  /** Counts that a rare state was seen. */
  readonly see = (rare: string): void => this.#rare.see(rare)

  add(own: Organisation): void {
    this.#organisations.set(own.org, own)
  }

  #newNetwork(): Network {
    return new Network({
      schedule: this.schedule,
      random: this.random.split("network"),
      see: this.see,
      listener: (org) =>
        org === this.hostile ? this.hostilePeer : this.#organisations.get(org)?.gateway,
      onAnswer: (line, unit, answer) => this.checkers.answered(line, unit, answer),
      onUnit: (line, unit) => this.hostilePeer.overhear(line, unit),
    })
  }
}
