/**
 * Bits that turn over in what is stored. A row's page has a checksum: whatever reads a row holds
 * its bytes against it, uses none that are not as they were written, and waits for a person, who
 * brings a good copy.
 *
 * Only a row that a fault has touched needs its checksum: the sum stands with that very row, so
 * that a backup which holds the row brings its damage back.
 */

import { crc32 } from "node:zlib"

import type { Random } from "../time/random.ts"
import { DiskError } from "./platter.ts"

type StoredKind = "message" | "receipt" | "outbox unit" | "link" | "arrival"

/** A row that a fault may turn a bit of. */
export interface Target<Row extends object> {
  readonly kind: StoredKind
  readonly key: string
  readonly row: Row
  /** What of it is bytes. */
  readonly bytes: readonly Uint8Array[]
  /** The same row with other bytes. */
  readonly withBytes: (bytes: readonly Uint8Array[]) => Row
  /** Puts a row where the other is, if that is still there. */
  readonly replace: (row: Row, by: Row) => void
}

interface Page {
  readonly kind: StoredKind
  readonly key: string
  readonly sum: number
  readonly bytes: readonly Uint8Array[]
  readonly mend: () => void
}

/** Damage that somebody has come upon. */
export type Found = Pick<Page, "kind" | "key" | "mend">

function sumOf(bytes: readonly Uint8Array[]): number {
  return bytes.reduce((sum, it) => crc32(it, sum), 0)
}

function turnedOver(bytes: readonly Uint8Array[], random: Random): Uint8Array[] {
  let at = random.below(bytes.reduce((sum, it) => sum + it.length, 0))
  const bit = 1 << random.below(8)
  return bytes.map((it) => {
    const isHere = at >= 0 && at < it.length
    const changed = isHere ? it.slice() : it
    if (isHere) changed[at] = (changed[at] ?? 0) ^ bit
    at -= it.length
    return changed
  })
}

export class Damage {
  readonly #pages = new WeakMap<object, Page>()
  #mends: (() => void)[] = []
  onFound: (found: Found) => void = () => undefined

  /** Whether a bit of this row was turned over before. */
  isIn(row: object): boolean {
    return this.#pages.has(row)
  }

  /** Turns one bit over. */
  strike<Row extends object>(target: Target<Row>, random: Random): void {
    const { kind, key, row, withBytes, replace } = target
    const bytes = turnedOver(target.bytes, random)
    const bad = withBytes(bytes)
    const mend = () => replace(bad, row)
    this.#pages.set(bad, { kind, key, sum: sumOf(target.bytes), bytes, mend })
    this.#mends.push(mend)
    replace(row, bad)
  }

  /** Throws where the bytes of a row are not what its checksum says. */
  mustHold(row: object): void {
    const page = this.#pages.get(row)
    if (page === undefined || sumOf(page.bytes) === page.sum) return
    this.onFound(page)
    throw new DiskError("corrupt", `the stored ${page.kind} ${page.key} is damaged`)
  }

  /** Somebody has gone through everything. */
  mendAll(): void {
    for (const mend of this.#mends) mend()
    this.#mends = []
  }
}
