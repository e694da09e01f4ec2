/**
 * What a gateway answers to a courier. It is our own, and faces the internet: whoever has taken it
 * over is to find here no way further in.
 */

import type { Brought, CarriedPlace, OrgId, Taken } from "@tearline/core"
import { decode } from "@tearline/crypto"

import { CliError } from "../cli-error.ts"

/** When the stick was opened. All throw `refused` for what is no such answer. */
export function readOpened(bytes: Uint8Array): number {
  const { openedMs } = fieldsOf(bytes)
  if (isTime(openedMs)) return openedMs
  throw notKnown()
}

/** A page of what is to go. */
export function readTaken(bytes: Uint8Array, bytesMax: number): Taken {
  const [files, place] = itemsOf(decoded(bytes, bytesMax), 2)
  if (!Array.isArray(files) || !files.every((it) => it instanceof Uint8Array)) throw notKnown()
  return { files, next: place === null ? null : placeOf(place) }
}

function placeOf(value: unknown): CarriedPlace {
  const [lane, atMs, digest, peer, kind] = itemsOf(value, 5)
  const isText = [digest, peer, kind].every((it) => typeof it === "string")
  // Goes back to the gateway as it is, which judges it.
  if (!isText || !isTime(lane) || !isTime(atMs)) throw notKnown()
  return { lane, atMs, digest, peer, kind } as CarriedPlace
}

/** What became of a file that was handed in. */
export function readBrought(bytes: Uint8Array): Brought {
  const { kind, sender, isNew, code, isSigned } = fieldsOf(bytes)
  if (kind === "held" && typeof sender === "string" && typeof isNew === "boolean") {
    // Goes back to the gateway, which believes only what it has seen itself.
    return { kind, sender: sender as OrgId, isNew }
  }
  if (kind === "settled" && typeof isNew === "boolean") return { kind, isNew }
  if (kind === "refused" && typeof code === "string") {
    return { kind, code, isSigned: isSigned === true }
  }
  throw notKnown()
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
}

function itemsOf(value: unknown, count: number): readonly unknown[] {
  return Array.isArray(value) && value.length === count ? (value as unknown[]) : []
}

function decoded(bytes: Uint8Array, bytesMax: number): unknown {
  try {
    return decode(bytes, { bytesMax })
  } catch (cause) {
    throw notKnown(cause)
  }
}

function fieldsOf(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString())
  } catch {
    // No cause: the parser's own words quote the text.
    throw notKnown()
  }
  return typeof value === "object" && value !== null ? { ...value } : {}
}

function notKnown(cause?: unknown): CliError {
  return new CliError("refused", "the gateway answered the courier in a form that is not known", {
    hint: "gateway and command are of different versions: install both again",
    cause,
  })
}
