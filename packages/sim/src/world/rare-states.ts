/**
 * States that hardly ever occur, by name: a run that has not been in each of them often enough has
 * not tested what it says, and fails.
 */

import { assert } from "@tearline/core"

import { repertoire } from "../people/repertoire.ts"
import { knownRates } from "./rare-rates.ts"

const rareStates: readonly string[] = [
  "act refused at home",
  "FLASH behind a backlog",
  "answer lost between the two halves",
  "answer through the folders later than anybody waited",
  "arrival lost between the two halves",
  "arrival not taken at once",
  "arrival not written: the peer is asked to come again",
  "arrival waits for a damaged row",
  "bit of a stored arrival turned over",
  "bit of a stored link turned over",
  "bit of a stored message turned over",
  "bit of a stored outbox unit turned over",
  "bit of a stored receipt turned over",
  "both halves down at once",
  "byzantine relay on a line",
  "clock suspect shown to a person",
  "commit failed and was durable",
  "commit refused by a failing disk",
  "commit refused by a full disk",
  "copy comes days later",
  "copy comes hours later",
  "crash between flush and output",
  "crash between write and flush",
  "custody by a clock hours ahead counts as now",
  "custody not noted at once",
  "custody receipt lost",
  "custody receipt lost three times",
  "custody receipt lost twice",
  "damaged arrival found on reading",
  "damaged link found on reading",
  "damaged message found on reading",
  "damaged outbox unit found on reading",
  "damaged receipt found on reading",
  "damaged row mended",
  "disk failing for a while",
  "disk full for a while",
  "disk slow for a while",
  "duplicate recognised by the exchange",
  "exchange away for hours",
  "exchange stopped",
  "exercise or test beside actual warnings",
  "file between the two halves comes late",
  "file between the two halves comes twice",
  "file between the two halves lost",
  "file between the two halves torn",
  "file on a stick flipped",
  "file on a stick torn",
  "flush stalled",
  "flushed and nobody was told",
  "gateway away for hours",
  "gateway away when a courier came",
  "gateway cannot write when a courier is there",
  "gateway down at arrival",
  "gateway stopped",
  "guard between the two halves away",
  "heartbeat not written",
  "hostile peer answers its own warning",
  "hostile peer brings a captured unit",
  "hostile peer changes the status of a thread",
  "hostile peer jumps far ahead in its lane",
  "hostile peer names a thread that is not its nonce's",
  "hostile peer names another nonce in its thread",
  "hostile peer sends a malformed part",
  "hostile peer sends a malformed statement",
  "hostile peer sends an unknown kind",
  "hostile peer sends an unknown kind in a thread",
  "hostile peer sends malformed content",
  "hostile peer sends noise",
  "hostile peer signs in another's name",
  "hostile peer speaks in a foreign thread",
  "hostile peer uses another lane",
  "hostile peer uses one number twice",
  "hostile peer warns in good order",
  "identical retry gets the first receipt again",
  "lease not renewed by a failing disk",
  "line between the two halves cut",
  "machine back with another wall clock",
  "list of peers told anew",
  "no answer in time",
  "no answer to an officer",
  "officer acts late",
  "older list of peers not taken",
  "officer acts twice",
  "officer finds the exchange down",
  "officer gives up asking",
  "officer never acts",
  "officer's act done at a later attempt",
  "one-way partition",
  "one-way partition: answers lost, units pass",
  "one-way partition: units lost, answers pass",
  "organisation cut off from all",
  "own gateway out of reach",
  "outcome overdue after 180 days",
  "outcome overdue after 30 days",
  "outcome told in time after 180 days",
  "outcome told in time after 30 days",
  "outcome told late after 180 days",
  "outcome told late after 30 days",
  "partition",
  "partition longer than a day",
  "partition longer than a week",
  "partition mended and used again",
  "receipt by file",
  "receipt by file after days",
  "receipt changed by a relay",
  "receipt that nobody believes",
  "new epoch opened after a restore",
  "relay flips a bit",
  "restored from an old backup",
  "gateway restored from an old backup",
  "whole node restored from an old backup",
  "restored with the clock behind",
  "giving back interrupted",
  "message given back",
  "own message given back",
  "own message lost that nobody else had",
  "own message lost that only the hostile peer had",
  "relay holds a unit back",
  "relay reorders units",
  "relay replays an old unit",
  "relay truncates a unit",
  "silent line to the own gateway given up",
  "less urgent makes way on a full stick",
  "stick comes days later",
  "stick has no room for all",
  "stick lost",
  "stick pulled in the middle",
  "stick read twice",
  "storm of warnings",
  "taken not told",
  "torn file left behind",
  "torn transaction dropped at recovery",
  "unflushed transaction lost",
  "unit brought twice",
  "unit lost on the line",
  "unit on a slow line",
  "wall clock corrected",
  "wall clock stepped ahead",
  "wall clock stepped back",
  "wall clock stepped back during a deadline",
  "wall clock wrong by hours",
  "warning to several addressees",
  "hostile peer says in its own thread what the other end says",
  "hostile peer says what the originator says",
  "hostile peer answers what cannot be answered so",
  "hostile peer warns twice in one thread",
  "hostile peer takes back its word as refused",
  "hostile peer refuses what it was sent",
  "hostile peer refuses what went to another",
  "hostile peer names two policies",
  "hostile peer speaks of the link in a thread",
  "hostile peer speaks of a thread on the link",
  "hostile peer writes what reads otherwise",
  "hostile peer brings what is addressed to another",
  "hostile peer sends what breaks its reader",
  "hostile peer sends a hundred at once",
  "hostile peer opens many epochs",
  "hostile peer is restored again and again",
  "hostile peer gives back what nobody asked for",
  "hostile peer answers its own words",
  "hostile peer's slot is of another lane",
  "FLASH meets a backlog on its way to the exchange",
  "officer decides anew after a restore",
  "officer tries what is not theirs to do",
  "officer releases what may not be released",
]

/** How often each is to be seen in a hundred years, and how far chance may stray in fewer. */
const perHundredYears = 100
const deviations = 3

/** What is known of a state counts from here on, less so many deviations. */
const knownFromYears = 2
const knownDeviations = 5

/** However common: a kind that nobody says any more is not tried any more. */
const saidInThreads = repertoire
  .filter((it) => it.by !== "machines")
  .map((it) => `${it.kind} said and taken in`)

export class RareStates {
  readonly #counts = new Map<string, number>([...rareStates, ...saidInThreads].map((it) => [it, 0]))

  see(name: string): void {
    const count = this.#counts.get(name)
    // A name that is not on the list would never be missed.
    assert(count !== undefined, `the rare state ${name} is on the list`)
    this.#counts.set(name, count + 1)
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }
}

/**
 * Those seen too seldom. In less than a hundred years only what chance does not explain counts;
 * from two years on a state that is known to come often may not stay away.
 */
export function tooRareOf(counts: ReadonlyMap<string, number>, years: number): string[] {
  const expected = (years * perHundredYears) / 100
  const least = years < 99.99 ? less(expected, deviations) : expected - 0.5
  const isKnown = years > knownFromYears - 0.01
  return [...counts]
    .filter(([name, count]) => {
      const known = isKnown ? (knownRates[name] ?? 0) * years : 0
      return count < Math.max(least, less(known, knownDeviations))
    })
    .map(([name]) => name)
}

function less(expected: number, by: number): number {
  return expected - by * Math.sqrt(expected)
}
