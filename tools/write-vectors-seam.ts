/** The seam's vectors: one file of each kind, and files that are no record though their name holds. */

import { createHash } from "node:crypto"

import { seamFolder, type SeamRecord } from "../packages/core/src/index.ts"
import { memoryFolder } from "../packages/core/test/fixtures/memory-folder.ts"

const text = new TextEncoder()
const hash = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest())
const chance = { bytes: (count: number) => new Uint8Array(count) }
const id = "000102030405060708090a0b0c0d0e0f"
const series = "11".repeat(16)
const over = "22".repeat(16)
const about = `peers/${series}/2`

const records: readonly (readonly [string, SeamRecord])[] = [
  [
    "a list of peers, empty, over what the gateway holds",
    {
      kind: "ask",
      lane: 0,
      id,
      target: `PUT /inner/v1/peers?series=${series}&number=2&over=${over}`,
      about,
      body: Uint8Array.of(0x80),
    },
  ],
  [
    "the gateway holds one of another series",
    {
      kind: "answer",
      lane: 0,
      id,
      about,
      status: 409,
      body: text.encode(JSON.stringify({ code: "superseded", series: over })),
    },
  ],
  ["a frame", { kind: "frame", lane: 3, body: Uint8Array.of(0x83, 0x40, 0x40, 0x00) }],
  ["a sign of life", { kind: "frame", lane: 0, body: new Uint8Array() }],
  ["the gateway's side has begun", { kind: "begun", lane: 0, id, body: new Uint8Array() }],
]

async function bytesOf(record: SeamRecord): Promise<Uint8Array> {
  const disk = memoryFolder()
  const { name } = await seamFolder({ disk, hashing: { hash }, chance }).put(record)
  return disk.files.get(name) ?? new Uint8Array()
}

function fileOf(bytes: Uint8Array): { readonly file: string; readonly bytes: string } {
  return { file: `${bytes[9]}-${hash(bytes).toHex()}.tearline`, bytes: bytes.toHex() }
}

export async function seamVectors(): Promise<unknown> {
  const valid = []
  for (const [what, record] of records) {
    const { body, ...fields } = record
    const file = fileOf(await bytesOf(record))
    valid.push({ what, record: { ...fields, body: body.toHex() }, ...file })
  }
  const ask = await bytesOf(records[0]?.[1] as SeamRecord)
  const invalid: readonly (readonly [string, Uint8Array])[] = [
    ["another magic", ask.with(6, 0x32)],
    ["a fifth kind", ask.with(8, 4)],
    ["a fifth lane", ask.with(9, 4)],
    ["a byte less than its lengths say", ask.subarray(0, -1)],
    ["a byte more", Uint8Array.from([...ask, 0])],
    ["a target that is not printable", ask.with(36, 0x0a)],
    ["a target longer than 1,024", longTarget(ask)],
    ["a head that is cut", ask.subarray(0, 35)],
  ]
  return {
    about: "spec/seam.md 2. Bytes are in hexadecimal; a file counts only under its own name.",
    valid,
    invalid: invalid.map(([reason, bytes]) => ({ reason, ...fileOf(bytes) })),
  }
}

/** An ask whose target is one byte longer than any may be, and nothing else. */
function longTarget(ask: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(36 + 1_025).fill(0x61)
  bytes.set(ask.subarray(0, 28))
  bytes.set([0x04, 0x01, 0, 0, 0, 0, 0, 0], 28)
  return bytes
}
