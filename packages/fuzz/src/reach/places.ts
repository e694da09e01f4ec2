/**
 * Where the source of the product turns bytes or text into something else, found by the names of
 * the calls with which that is done here.
 */

import { globSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

import { ownBytes, type OwnBytes } from "./own-bytes.ts"

export const packagesFolder: string = fileURLToPath(new URL("../../../", import.meta.url))

/** A call that decodes. */
export interface Place {
  /** Below `packages/`. */
  readonly path: string
  readonly line: number
  /** Of the call in the file's text. */
  readonly offset: number
  readonly text: string
}

/** Not of the product: what tries it out, and what makes its bytes up. */
const outside = /^(?:devnet|fuzz|sim|torture)\//
const call =
  /(?<!function |utf8\.)\b(?:decode|decodeCbor|JSON\.parse|safeParse|fromBase64|getUint(?:8|16|32)|getBigUint64|readUInt32BE)\(/g

function placesIn(path: string): Place[] {
  const source = readFileSync(`${packagesFolder}${path}`, "utf8")
  return [...source.matchAll(call)].map(({ index }) => {
    const from = source.lastIndexOf("\n", index) + 1
    const end = source.indexOf("\n", index)
    const line = source.slice(0, index).split("\n").length
    return { path, line, offset: index, text: source.slice(from, end).trim() }
  })
}

function isOwn({ path, text }: Place, own: OwnBytes): boolean {
  return own.path === path && (own.words === undefined || text.includes(own.words))
}

function everyPlace(): Place[] {
  const sources = globSync("*/src/**/*.ts", { cwd: packagesFolder }).toSorted()
  return sources.filter((it) => !outside.test(it)).flatMap(placesIn)
}

/** Every call that decodes what somebody else may have made. */
export function foreignPlaces(): readonly Place[] {
  return everyPlace().filter((place) => !ownBytes.some((own) => isOwn(place, own)))
}

/** Lines of the list of own bytes that mean no call any more. */
export function idleOwnBytes(): readonly OwnBytes[] {
  const places = everyPlace()
  return ownBytes.filter((own) => !places.some((place) => isOwn(place, own)))
}
