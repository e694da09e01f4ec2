import { describe, expect, test } from "vitest"

import { Damage, type Target } from "../src/disk/damage.ts"
import { endOfRecord, recordOf, torn } from "../src/disk/write-ahead.ts"
import { Random } from "../src/time/random.ts"

const random = new Random("disk")

describe("the log", () => {
  test("a whole record is read to its end, and the next behind it", () => {
    const records = [recordOf({ a: new Uint8Array([1, 2]) }), recordOf("b".repeat(2_000))]
    const log = Buffer.concat(records)
    const first = endOfRecord(log, 0)
    expect(first).toBe(records[0]?.length)
    expect(endOfRecord(log, first ?? 0)).toBe(log.length)
    expect(endOfRecord(log, log.length)).toBeUndefined()
  })

  test("a torn record never looks whole, wherever it is torn", () => {
    for (const length of [0, 1, 30, 600, 5_000]) {
      for (let times = 0; times < 200; times += 1) {
        const left = torn(recordOf("x".repeat(length)), random)
        expect(left.length).toBeGreaterThan(0)
        expect(endOfRecord(left, 0)).toBeUndefined()
      }
    }
  })
})

interface Row {
  readonly bytes: Uint8Array
}

function stored(length: number) {
  const table: { row: Row } = { row: { bytes: new Uint8Array(length) } }
  const { row } = table
  const target: Target<Row> = {
    kind: "receipt",
    key: "one",
    row,
    bytes: [new Uint8Array(0), row.bytes],
    withBytes: ([, bytes = row.bytes]) => ({ bytes }),
    replace: (it, by) => {
      if (table.row === it) table.row = by
    },
  }
  return { table, target }
}

describe("a bit that turns over in a row", () => {
  test("is one bit of its bytes, is found by its checksum, and is mended from a good copy", () => {
    const damage = new Damage()
    const { table, target } = stored(40)
    damage.mustHold(table.row)
    damage.strike(target, random)
    const ones = table.row.bytes.reduce(
      (sum, it) => sum + it.toString(2).replaceAll("0", "").length,
      0,
    )
    expect(ones).toBe(1)
    damage.onFound = ({ mend }) => mend()
    expect(() => damage.mustHold(table.row)).toThrow("the stored receipt one is damaged")
    expect(table.row).toBe(target.row)
    damage.mustHold(table.row)
  })

  test("comes back with a backup that holds it, and not over what was written since", () => {
    const damage = new Damage()
    const { table, target } = stored(3)
    damage.strike(target, random)
    const bad = table.row
    const later = { bytes: new Uint8Array([7]) }
    table.row = later
    damage.mendAll()
    expect(table.row).toBe(later)
    table.row = bad
    expect(() => damage.mustHold(table.row)).toThrow("damaged")
  })
})
