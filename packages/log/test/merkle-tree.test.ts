/** The tree hash against RFC 6962's known roots, every small tree, and the public proof vectors. */

import { hash as nodeHashOf } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"

import fc from "fast-check"
import { expect, test } from "vitest"

import {
  type Hash,
  consistencyProof,
  inclusionProof,
  leafHash,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from "../src/index.ts"

const hash: Hash = (data) => nodeHashOf("sha256", data, "buffer")
const vectors =
  process.env["TEARLINE_VECTORS"] ?? `${import.meta.dirname}/../../../../shared/vectors`
const leavesOf = (size: number) =>
  Array.from({ length: size }, (_, at) => leafHash(hash, Uint8Array.of(at % 256)))

// The eight inputs and roots that Certificate Transparency implementations have shared since 2013.
const sharedInputs = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
]
const sharedRoots = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

test("the root of no leaves is the hash of nothing", () => {
  expect(Buffer.from(rootOf(hash, [])).toString("hex")).toBe(
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  )
})

test("the roots that Certificate Transparency implementations share are ours too", () => {
  const leaves = sharedInputs.map((it) => leafHash(hash, Buffer.from(it, "hex")))
  const roots = leaves.map((_, at) => rootOf(hash, leaves.slice(0, at + 1)))
  expect(roots.map((it) => Buffer.from(it).toString("hex"))).toEqual(sharedRoots)
})

test("in every tree up to 40 leaves each leaf is proved, at its own index only", () => {
  for (let size = 1; size <= 40; size++) {
    const leaves = leavesOf(size)
    const root = rootOf(hash, leaves)
    for (const [index, leaf] of leaves.entries()) {
      const proof = inclusionProof(hash, leaves, index)
      const proved = leaves
        .map((_, at) => at)
        .filter((at) => verifyInclusion(hash, { leafHash: leaf, index: at, size, root, proof }))
      expect(proved, `leaf ${index} of ${size}`).toEqual([index])
    }
  }
})

test("in every pair of trees up to 40 leaves growth is proved, from the true root only", () => {
  for (let newSize = 1; newSize <= 40; newSize++) {
    const leaves = leavesOf(newSize)
    const newRoot = rootOf(hash, leaves)
    for (let oldSize = 1; oldSize <= newSize; oldSize++) {
      const proof = consistencyProof(hash, leaves, oldSize)
      const oldRoot = rootOf(hash, leaves.slice(0, oldSize))
      const claim = { oldSize, oldRoot, newSize, newRoot, proof }
      expect(verifyConsistency(hash, claim), `${oldSize} to ${newSize}`).toBe(true)
      const other = rootOf(hash, [...leaves.slice(1, oldSize), leafHash(hash, Buffer.from("x"))])
      expect(verifyConsistency(hash, { ...claim, oldRoot: other })).toBe(false)
      expect(verifyConsistency(hash, { ...claim, proof: [...proof, newRoot] })).toBe(false)
      expect(verifyConsistency(hash, { ...claim, oldSize: 0 })).toBe(false)
    }
  }
})

test("any flipped bit of a proof is refused", () => {
  const leaves = leavesOf(23)
  const root = rootOf(hash, leaves)
  fc.assert(
    fc.property(fc.nat(22), fc.nat(), fc.nat(7), (index, at, bit) => {
      const proof = inclusionProof(hash, leaves, index).map((it) => Uint8Array.from(it))
      const chosen = proof[at % proof.length]
      if (chosen === undefined) return
      chosen[at % 32] = (chosen[at % 32] ?? 0) ^ (1 << bit)
      const claim = { leafHash: leafHash(hash, Uint8Array.of(index)), index, size: 23, root, proof }
      expect(verifyInclusion(hash, claim)).toBe(false)
    }),
  )
})

test("sizes above 2^31 are computed exactly", () => {
  // A single path of 40 levels: the last leaf of a tree of 2^40 + 1 leaves is its root's right child.
  const leaf = leafHash(hash, Uint8Array.of(7))
  const left = leafHash(hash, Uint8Array.of(8))
  const root = hash(Buffer.concat([Uint8Array.of(1), left, leaf]))
  const size = 2 ** 40 + 1
  const claim = { leafHash: leaf, index: 2 ** 40, size, root, proof: [left] }
  expect(verifyInclusion(hash, claim)).toBe(true)
  expect(verifyInclusion(hash, { ...claim, size: size + 1 })).toBe(false)
})

interface VectorLine {
  readonly file: string
  readonly case: Record<string, unknown> & { wantErr: boolean; proof: string[] | null }
}

const fromBase64 = (text: unknown) => new Uint8Array(Buffer.from(String(text), "base64"))

function holds({ file, case: it }: VectorLine): boolean {
  const proof = (it.proof ?? []).map(fromBase64)
  return file.startsWith("inclusion")
    ? verifyInclusion(hash, {
        leafHash: fromBase64(it["leafHash"]),
        index: Number(it["leafIdx"]),
        size: Number(it["treeSize"]),
        root: fromBase64(it["root"]),
        proof,
      })
    : verifyConsistency(hash, {
        oldSize: Number(it["size1"]),
        oldRoot: fromBase64(it["root1"]),
        newSize: Number(it["size2"]),
        newRoot: fromBase64(it["root2"]),
        proof,
      })
}

const path = `${vectors}/merkle/proofs.jsonl`
// The file also holds proofs of subtrees, which this log does not make.
const cases = (existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [])
  .map((line) => JSON.parse(line) as VectorLine)
  .filter(({ file }) => /^(?:inclusion|consistency)\//.test(file))

test(`every good public proof holds and every bad one is refused: ${cases.length} found`, () => {
  const differing = cases.filter((it) => holds(it) === it.case.wantErr)
  expect(differing.map((it) => it.file)).toEqual([])
})
