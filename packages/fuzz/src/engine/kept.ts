/**
 * What is kept between runs: a corpus for each target, one input a line in base64, and every
 * finding as a file of its own. Both are replayed by a test for ever.
 */

import { hash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"

const corpusFolder = `${import.meta.dirname}/../../corpus`
const findingsFolder = `${corpusFolder}/findings`
/** The repository is no place for megabytes: the shortest are kept, the others found anew. */
const keptBytesMax = { one: 20_480, all: 40_960 }

/** An input that a target once failed on, as its file holds it. */
export interface Finding {
  readonly target: string
  readonly reason: string
  /** Base64. */
  readonly input: string
}

function linesOf(name: string): string[] {
  try {
    const text = readFileSync(`${corpusFolder}/${name}.txt`, "utf8")
    return text.split("\n").filter((line) => line !== "")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return []
    throw error
  }
}

/** The kept inputs of a target. */
export function corpusOf(name: string): Uint8Array[] {
  return linesOf(name).map((line) => Uint8Array.fromBase64(line))
}

/** Replaces the kept inputs of a target by these, the shortest first. */
export function keepCorpus(name: string, inputs: readonly Uint8Array[]): void {
  const lines = inputs.filter((it) => it.length <= keptBytesMax.one).map((it) => it.toBase64())
  const sorted = [...new Set(lines)].toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1))
  let left = keptBytesMax.all
  const kept = sorted.filter((line) => (left -= line.length) >= 0)
  mkdirSync(corpusFolder, { recursive: true })
  writeFileSync(`${corpusFolder}/${name}.txt`, kept.map((line) => `${line}\n`).join(""))
}

/** Every finding that there ever was. */
export function findings(): Finding[] {
  return readdirSync(findingsFolder)
    .filter((it) => it.endsWith(".json"))
    .map((it) => JSON.parse(readFileSync(`${findingsFolder}/${it}`, "utf8")) as Finding)
}

/** Writes a finding and gives the path of its file. */
export function keepFinding(target: string, input: Uint8Array, reason: string): string {
  const finding: Finding = { target, reason, input: input.toBase64() }
  const path = `${findingsFolder}/${target}-${hash("sha256", input, "hex").slice(0, 12)}.json`
  mkdirSync(findingsFolder, { recursive: true })
  writeFileSync(path, `${JSON.stringify(finding, undefined, 2)}\n`)
  return path
}
