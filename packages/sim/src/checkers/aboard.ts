/** That nothing less urgent lies on a stick in the place of a FLASH: read from disk and stick. */

import {
  decodeDrop,
  dropNameOf,
  encodeDrop,
  type Carried,
  type Drop,
  type OrgId,
} from "@tearline/core"

import type { CarriedTable } from "../disk/carried-table.ts"
import type { Stick } from "../sticks/stick.ts"
import { hashingOnce } from "../suite/suite.ts"

interface Voyage {
  readonly own: OrgId
  /** Only what goes there is laid out. */
  readonly to?: OrgId
}

/** What waits for a courier when it comes, so that what is put there meanwhile does not count. */
export class FlashAboard {
  readonly #table: CarriedTable
  readonly #voyage: Voyage
  readonly #waiting: readonly Carried[]

  constructor(table: CarriedTable, voyage: Voyage) {
    this.#table = table
    this.#voyage = voyage
    this.#waiting = this.#flashes()
  }

  /** What is wrong once all that has room is laid out; undefined for nothing. */
  faultOn(stick: Stick): string | undefined {
    // What is torn stays where it is.
    const whole = [...stick.files].filter(([name, it]) => dropNameOf(it, hashingOnce) === name)
    const ours = whole.map(([, it]) => it).filter((it) => this.#isOurs(decodeDrop(it)))
    const lies = (file: Uint8Array) => ours.some((it) => isSame(it, file))
    const lesser = ours.filter((it) => (it[9] ?? 0) > 0)
    const spare = lesser.reduce((sum, it) => sum + it.length, stick.freeBytes)
    const left = new Set(this.#flashes())
    for (const row of this.#waiting) {
      if (!left.has(row)) continue
      const { digest, kind, lane, peer, content } = row
      const file = encodeDrop({ kind, lane, from: this.#voyage.own, to: peer, content })
      if (!lies(file) && lesser.length > 0 && file.length <= spare) {
        return `the FLASH ${kind} ${digest} is not on a stick with ${lesser.length} less urgent`
      }
    }
    return undefined
  }

  #flashes(): Carried[] {
    const { to } = this.#voyage
    return [...this.#table.rows.values()].filter(
      (it) => it.lane === 0 && it.answer === null && (to === undefined || it.peer === to),
    )
  }

  #isOurs(drop: Drop | undefined): boolean {
    const { own, to } = this.#voyage
    return drop?.from === own && (to === undefined || drop.to === to)
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}
