/** Public cases of JSON and of odd strings; empty where they are not on this machine. */

import { existsSync, readFileSync } from "node:fs"

const vectors =
  process.env["TEARLINE_VECTORS"] ?? `${import.meta.dirname}/../../../../shared/vectors`

const textOf = (path: string): string | undefined =>
  existsSync(`${vectors}/${path}`) ? readFileSync(`${vectors}/${path}`, "utf8") : undefined

export interface JsonCase {
  readonly name: string
  readonly expect: "accept" | "reject" | "either"
  readonly b64: string
}

export function jsonCases(): readonly JsonCase[] {
  const lines = textOf("json/JSONTestSuite.jsonl")?.trim().split("\n") ?? []
  return lines.map((line) => JSON.parse(line) as JsonCase)
}

export function naughtyStrings(): readonly string[] {
  return JSON.parse(textOf("strings/blns.json") ?? "[]") as readonly string[]
}
