/** The sparse tree of 256 leaves: its root is that of the full tree, and paths tell nothing. */

import { hash as nodeHashOf, randomBytes } from "node:crypto"

import fc from "fast-check"
import { expect, test } from "vitest"

import {
  type Hash,
  fixedPathBytes,
  fixedTree,
  isSame,
  leafHash,
  rootFromPath,
  rootOf,
} from "../src/index.ts"

const hash: Hash = (data) => nodeHashOf("sha256", data, "buffer")
const leafOf = (index: number) => leafHash(hash, Uint8Array.of(index))
const treeOf = (indexes: readonly number[]) =>
  fixedTree(hash, new Map(indexes.map((it) => [it, leafOf(it)])), (bytes) => randomBytes(bytes))
const none = () => {
  throw new RangeError("a full tree needs no randomness")
}
const counter = () => {
  let count = 0
  return (bytes: number) => new Uint8Array(bytes).fill(++count)
}
const countedRootOf = (order: readonly number[]) =>
  fixedTree(hash, new Map(order.map((it) => [it, leafOf(it)])), counter()).root
const indexSets = fc.uniqueArray(fc.nat(255), { minLength: 1, maxLength: 60 })

test("every real leaf's path leads to the root, and at no other index", () => {
  fc.assert(
    fc.property(indexSets, fc.nat(255), (indexes, other) => {
      const tree = treeOf(indexes)
      for (const index of indexes) {
        const held = { leafHash: leafOf(index), index, path: tree.pathOf(index) }
        expect(held.path.length).toBe(fixedPathBytes)
        expect(rootFromPath(hash, held)).toEqual(tree.root)
        const elsewhere = rootFromPath(hash, { ...held, index: other })
        expect(elsewhere !== undefined && isSame(elsewhere, tree.root)).toBe(other === index)
      }
    }),
    { numRuns: 30 },
  )
})

test("a tree with no empty leaf has the root of the ordinary tree", () => {
  const all = Array.from({ length: 256 }, (_, index) => index)
  const tree = fixedTree(hash, new Map(all.map((it) => [it, leafOf(it)])), none)
  expect(tree.root).toEqual(rootOf(hash, all.map(leafOf)))
})

test("one addressee costs eight random values and eight hashes", () => {
  let draws = 0
  let hashes = 0
  const counted: Hash = (data) => {
    hashes++
    return hash(data)
  }
  fixedTree(counted, new Map([[77, leafOf(77)]]), (bytes) => {
    draws++
    return randomBytes(bytes)
  })
  expect({ draws, hashes }).toEqual({ draws: 8, hashes: 8 })
})

test("the order in which leaves are given changes nothing", () => {
  fc.assert(
    fc.property(indexSets, (indexes) => {
      expect(countedRootOf(indexes)).toEqual(countedRootOf(indexes.toReversed()))
    }),
    { numRuns: 20 },
  )
})

test("paths and indexes of impossible shape lead nowhere", () => {
  const tree = treeOf([3])
  const held = { leafHash: leafOf(3), index: 3, path: tree.pathOf(3) }
  const shapes = [
    { ...held, index: 256 },
    { ...held, index: -1 },
    { ...held, index: 3.5 },
    { ...held, path: held.path.subarray(1) },
    { ...held, path: new Uint8Array(fixedPathBytes + 32) },
    { ...held, leafHash: new Uint8Array(31) },
  ]
  expect(shapes.map((it) => rootFromPath(hash, it))).toEqual(shapes.map(() => undefined))
  expect(() => tree.pathOf(4)).toThrow(RangeError)
  expect(() => fixedTree(hash, new Map(), () => new Uint8Array(32))).toThrow(RangeError)
  expect(() => treeOf([256])).toThrow(RangeError)
})
