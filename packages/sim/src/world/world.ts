/** What every part of the simulation may reach: time, chance, lines, organisations, observers. */

import type { MessageId, OrgId } from "@tearline/core"

import type { Checkers } from "../checkers/checkers.ts"
import type { Plant } from "../faults/plant.ts"
import type { Network } from "../network/network.ts"
import type { Organisation } from "../node/organisation.ts"
import type { People } from "../people/people.ts"
import type { Random } from "../time/random.ts"
import type { Schedule } from "../time/schedule.ts"
import type { Season } from "./season.ts"
import type { Story } from "./story.ts"

export interface World {
  readonly schedule: Schedule
  readonly random: Random
  readonly network: Network
  /** The honest ones, in the order of their names. */
  readonly organisations: ReadonlyMap<OrgId, Organisation>
  /** Everybody whose signature is known, the hostile one too. */
  readonly peers: ReadonlySet<OrgId>
  /** A peer of all, that keeps to no rule. */
  readonly hostile: OrgId
  /** Messages that whatever reads them breaks on, by no fault of a disk. */
  readonly poison: ReadonlySet<MessageId>
  readonly checkers: Checkers
  readonly people: People
  readonly plant: Plant
  readonly story: Story
  /** The organisation that no line to another honest one reaches, if there is one. */
  readonly byFile: OrgId | undefined
  /** The organisation with folders between its two halves, if there is one. */
  readonly bySeam: OrgId | undefined
  /** Counts that a rare state was seen. */
  readonly see: (rare: string) => void
  /** How busy this month is. */
  season: Season
  /** People rest until then: whatever is under way is to arrive first. */
  restUntilMs: number
}
