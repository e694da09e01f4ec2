/** Our own tree vectors, as any other implementation would read them. */

import { hash as nodeHashOf } from "node:crypto"
import { readFileSync } from "node:fs"

import { expect, test } from "vitest"

import {
  type Hash,
  fixedTree,
  leafHash,
  rootFromPath,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from "../src/index.ts"

interface TreeVectors {
  readonly ordinary: { size: number; root: string }[]
  readonly inclusion: { index: number; size: number; proof: string[] }[]
  readonly consistency: { oldSize: number; newSize: number; proof: string[] }[]
  readonly fixed: {
    indexes: number[]
    draws: string[]
    root: string
    paths: { index: number; path: string }[]
  }[]
}

const path = `${import.meta.dirname}/../../../spec/vectors/tree.json`
const recorded = JSON.parse(readFileSync(path, "utf8")) as TreeVectors
const hash: Hash = (data) => nodeHashOf("sha256", data, "buffer")
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"))
const leafOf = (index: number) => leafHash(hash, Uint8Array.of(index))
const rootAt = (size: number) => bytes(recorded.ordinary[size - 1]?.root ?? "")

test("the recorded roots and proofs of ordinary trees hold", () => {
  for (const { size, root } of recorded.ordinary) {
    const leaves = Array.from({ length: size }, (_, at) => leafOf(at))
    expect(Buffer.from(rootOf(hash, leaves)).toString("hex")).toBe(root)
  }
  for (const { index, size, proof } of recorded.inclusion) {
    const claim = { leafHash: leafOf(index), index, size, root: rootAt(size) }
    expect(verifyInclusion(hash, { ...claim, proof: proof.map(bytes) })).toBe(true)
  }
  for (const { oldSize, newSize, proof } of recorded.consistency) {
    const claim = { oldSize, newSize, oldRoot: rootAt(oldSize), newRoot: rootAt(newSize) }
    expect(verifyConsistency(hash, { ...claim, proof: proof.map(bytes) })).toBe(true)
  }
})

test("M-ENV-14: the recorded fixed trees come of the recorded draws, and their paths lead to the root", () => {
  for (const { indexes, draws, root, paths } of recorded.fixed) {
    const rest = draws.map(bytes)
    const leaves = new Map(indexes.map((it) => [it, leafOf(it)]))
    const tree = fixedTree(hash, leaves, () => rest.shift() ?? new Uint8Array(0))
    expect(Buffer.from(tree.root).toString("hex")).toBe(root)
    for (const { index, path: recordedPath } of paths) {
      const held = { leafHash: leafOf(index), index, path: bytes(recordedPath) }
      expect(Buffer.from(rootFromPath(hash, held) ?? []).toString("hex")).toBe(root)
    }
  }
})
