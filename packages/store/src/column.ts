/**
 * A column of a multi-row insert, as PostgreSQL's own binary array.
 *
 * Rows go to the server column by column (`unnest`), so that one prepared statement serves any
 * number of them. The driver would write an array as text, with bytes as hexadecimal inside quotes:
 * twice the size and many times the work for a sealed unit. Given a Buffer, it passes it on as
 * binary.
 */

export type Cell = Uint8Array | string | number | boolean | null

interface ElementType {
  /** The array's type in SQL. */
  readonly sql: string
  /** Of the element, in pg_type; the same since PostgreSQL 7. */
  readonly oid: number
  bytes(value: never): number
  write(buffer: Buffer, value: never, offset: number): void
}

const elementTypes = {
  bytes: {
    sql: "bytea[]",
    oid: 17,
    bytes: (value: Uint8Array) => value.length,
    write: (buffer: Buffer, value: Uint8Array, offset: number) => buffer.set(value, offset),
  },
  /** Bytes that we hold as hexadecimal text. */
  id: {
    sql: "bytea[]",
    oid: 17,
    bytes: (value: string) => value.length / 2,
    write: (buffer: Buffer, value: string, offset: number) => {
      const written = buffer.write(value, offset, "hex")
      if (written * 2 !== value.length) throw new TypeError("an id is not hexadecimal")
    },
  },
  text: {
    sql: "text[]",
    oid: 25,
    bytes: (value: string) => Buffer.byteLength(value),
    write: (buffer: Buffer, value: string, offset: number) => void buffer.write(value, offset),
  },
  /** A whole number that JavaScript holds exactly. */
  whole: {
    sql: "int8[]",
    oid: 20,
    bytes: () => 8,
    write: (buffer: Buffer, value: number, offset: number) => {
      if (!Number.isSafeInteger(value)) throw new RangeError("a number is not whole")
      buffer.writeInt32BE(Math.floor(value / 2 ** 32), offset)
      buffer.writeUInt32BE(value >>> 0, offset + 4)
    },
  },
  small: {
    sql: "int2[]",
    oid: 21,
    bytes: () => 2,
    write: (buffer: Buffer, value: number, offset: number) =>
      void buffer.writeInt16BE(value, offset),
  },
  bool: {
    sql: "bool[]",
    oid: 16,
    bytes: () => 1,
    write: (buffer: Buffer, value: boolean, offset: number) =>
      void buffer.writeUInt8(value ? 1 : 0, offset),
  },
} satisfies Record<string, ElementType>

export type ColumnType = keyof typeof elementTypes

/** The SQL type of a parameter that `columnOf` fills. */
export function sqlType(type: ColumnType): string {
  return elementTypes[type].sql
}

const headerBytes = 20

/**
 * One parameter that holds `values` as an array.
 *
 * @throws TypeError When a value is not of the type: a defect of ours.
 */
export function columnOf(type: ColumnType, values: readonly Cell[]): Buffer {
  // Each caller pairs type and values in one place, which the compiler cannot follow through a table.
  const element = elementTypes[type] as unknown as {
    oid: number
    bytes(value: Cell): number
    write(buffer: Buffer, value: Cell, offset: number): void
  }
  let total = headerBytes
  let hasNull = false
  for (const value of values) {
    total += 4
    if (value === null) hasNull = true
    else total += element.bytes(value)
  }
  // Filled to the last byte below.
  const buffer = Buffer.allocUnsafe(total)
  writeHeader(buffer, { oid: element.oid, hasNull, count: values.length })
  let offset = headerBytes
  for (const value of values) {
    const size = value === null ? -1 : element.bytes(value)
    offset = buffer.writeInt32BE(size, offset)
    if (value === null) continue
    element.write(buffer, value, offset)
    offset += size
  }
  return buffer
}

/** One dimension, counted from 1; PostgreSQL's array_send. */
function writeHeader(
  buffer: Buffer,
  array: { readonly oid: number; readonly hasNull: boolean; readonly count: number },
): void {
  buffer.writeInt32BE(1, 0)
  buffer.writeInt32BE(array.hasNull ? 1 : 0, 4)
  buffer.writeUInt32BE(array.oid, 8)
  buffer.writeInt32BE(array.count, 12)
  buffer.writeInt32BE(1, 16)
}
