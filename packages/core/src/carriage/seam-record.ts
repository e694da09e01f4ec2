/**
 * What lies in the two folders of a seam: one record in one file, named after its own bytes.
 *
 * The exchange asks and the gateway's side answers; arrivals come as frames without being asked for
 * one by one. What is asked may be done twice and answered twice: whoever carries may double,
 * delay, lose and spoil files. Layout: spec/seam.md 2.
 */

import { assert } from "../assert.ts"
import type { Lane } from "../vocabulary/precedence.ts"
import { RecordFolder, type DropFolderParts, type RecordForm } from "./drop-folder.ts"

interface Common {
  readonly lane: Lane
  readonly body: Uint8Array
}

/** Something to do at the gateway, and what the asker calls it. */
export interface SeamAsk extends Common {
  readonly kind: "ask"
  /** 16 bytes in hexadecimal. */
  readonly id: string
  /** What is asked: a request of the inner interface. */
  readonly target: string
  /** Comes back as it was: an answer may find its asker gone and be of use still. */
  readonly about: string
}

export interface SeamAnswer extends Common {
  readonly kind: "answer"
  /** Of what was asked. */
  readonly id: string
  readonly about: string
  readonly status: number
}

/** An arrival; without a body it only says that the gateway is there. */
interface SeamFrame extends Common {
  readonly kind: "frame"
}

/** The gateway's side has begun anew and gives no arrivals until it is asked to. */
interface SeamBegun extends Common {
  readonly kind: "begun"
  readonly id: string
}

export type SeamRecord = SeamAsk | SeamAnswer | SeamFrame | SeamBegun

const kinds = ["ask", "answer", "frame", "begun"] as const

const magic = Uint8Array.fromHex("544c5345414d310a")
const at = { kind: 8, lane: 9, status: 10, id: 12, target: 28, about: 30, body: 32 }
const headBytes = 36
const textBytesMax = 1_024
const noId = "00".repeat(16)

/** The largest body: a page of answers that came back by file. */
const bodyBytesMax = 4_259_840

/** The largest file that is read at all. */
export const seamRecordBytesMax: number = headBytes + 2 * textBytesMax + bodyBytesMax

function encode(record: SeamRecord): Uint8Array {
  const { kind, lane, body } = record
  const target = asciiOf("target" in record ? record.target : "")
  const about = asciiOf("about" in record ? record.about : "")
  assert(Math.max(target.length, about.length) <= textBytesMax, "a text fits its record")
  assert(body.length <= bodyBytesMax, "a body fits its record")
  const bytes = new Uint8Array(headBytes + target.length + about.length + body.length)
  const view = new DataView(bytes.buffer)
  bytes.set(magic)
  bytes[at.kind] = kinds.indexOf(kind)
  bytes[at.lane] = lane
  view.setUint16(at.status, "status" in record ? record.status : 0)
  bytes.set(Uint8Array.fromHex("id" in record ? record.id : noId), at.id)
  view.setUint16(at.target, target.length)
  view.setUint16(at.about, about.length)
  view.setUint32(at.body, body.length)
  bytes.set(target, headBytes)
  bytes.set(about, headBytes + target.length)
  bytes.set(body, headBytes + target.length + about.length)
  return bytes
}

/** Every field, whatever the kind. */
interface Fields extends Common {
  readonly kind: SeamRecord["kind"]
  readonly status: number
  readonly id: string
  readonly target: string
  readonly about: string
}

function fieldsIn(bytes: Uint8Array): Fields | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const kind = kinds[view.getUint8(at.kind)]
  const lane = view.getUint8(at.lane)
  const aboutAt = headBytes + view.getUint16(at.target)
  const bodyAt = aboutAt + view.getUint16(at.about)
  if (kind === undefined || lane > 3) return undefined
  if (bodyAt + view.getUint32(at.body) !== bytes.length) return undefined
  const target = textIn(bytes.subarray(headBytes, aboutAt))
  const about = textIn(bytes.subarray(aboutAt, bodyAt))
  if (target === undefined || about === undefined) return undefined
  return {
    kind,
    lane: lane as Lane,
    status: view.getUint16(at.status),
    id: bytes.subarray(at.id, at.id + 16).toHex(),
    target,
    about,
    body: bytes.subarray(bodyAt),
  }
}

function decode(bytes: Uint8Array): SeamRecord | undefined {
  if (bytes.length < headBytes || bytes.length > seamRecordBytesMax) return undefined
  if (magic.some((byte, index) => bytes[index] !== byte)) return undefined
  const fields = fieldsIn(bytes)
  if (fields === undefined || fields.body.length > bodyBytesMax) return undefined
  if (saysMore(fields)) return undefined
  const { kind, lane, status, id, target, about, body } = fields
  switch (kind) {
    case "ask":
      return { kind, lane, body, id, target, about }
    case "answer":
      return { kind, lane, body, id, about, status }
    case "frame":
      return { kind, lane, body }
    case "begun":
      return { kind, lane, body, id }
  }
}

/** Whether a field is used that this kind does not have: one record is one file, bit for bit. */
function saysMore({ kind, status, id, target, about }: Fields): boolean {
  switch (kind) {
    case "ask":
      return status !== 0
    case "answer":
      return target !== ""
    case "frame":
      return target !== "" || status !== 0 || about !== "" || id !== noId
    case "begun":
      return target !== "" || status !== 0 || about !== ""
  }
}

function isPrintable(code: number): boolean {
  return code >= 0x20 && code <= 0x7e
}

/** A text of requests and ids: printable ASCII and nothing else. */
export function asciiOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index += 1) {
    const code = text.codePointAt(index) ?? 0
    assert(isPrintable(code), "a text is printable ASCII")
    bytes[index] = code
  }
  return bytes
}

function textIn(bytes: Uint8Array): string | undefined {
  if (bytes.length > textBytesMax || !bytes.every(isPrintable)) return undefined
  return String.fromCodePoint(...bytes)
}

const form: RecordForm<SeamRecord> = { encode, decode, bytesMax: seamRecordBytesMax }

export type SeamFolder = RecordFolder<SeamRecord>

/** One of the two folders of a seam: one side writes here, the other reads and removes. */
export function seamFolder(parts: DropFolderParts): SeamFolder {
  return new RecordFolder(parts, form)
}
