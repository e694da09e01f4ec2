/**
 * A tree that always has 256 leaves, of which only a few are real.
 *
 * Slots and audience are committed to by such a tree, so that its size says nothing about how many
 * were addressed. Filling it with 255 random leaves would cost 255 hashes for one addressee. Here
 * each _maximal empty subtree_ is one random value instead: nobody can tell a random value from the
 * hash of a subtree of random leaves, and whoever holds a path sees eight hashes either way.
 */

import { type Hash, hashBytes, nodeHash } from "./merkle-tree.ts"

/** The levels between a leaf and the root. */
const fixedTreeDepth = 8
/** The leaves of a fixed tree, real and empty. */
export const fixedTreeLeaves = 256
/** The bytes of a path: one hash a level, lowest first. */
export const fixedPathBytes: number = fixedTreeDepth * hashBytes

/** A fixed tree: its root, and the path of each leaf that is real. */
export interface FixedTree {
  readonly root: Uint8Array
  /** The sibling hashes from the leaf up, joined. Throws a RangeError for an empty leaf. */
  readonly pathOf: (index: number) => Uint8Array
}

/**
 * Builds the tree over real leaves, given as leaf hashes by index (0 to 255, at least one).
 *
 * `random` returns that many fresh random bytes; it is asked for 32 at each maximal empty subtree,
 * from left to right and from the leaves up, and owes values that nobody can guess.
 */
export function fixedTree(
  hash: Hash,
  leaves: ReadonlyMap<number, Uint8Array>,
  random: (bytes: number) => Uint8Array,
): FixedTree {
  if (leaves.size === 0) throw new RangeError("a fixed tree needs at least one real leaf")
  for (const [index, leaf] of leaves) mustFit(index, leaf)
  const levels: Map<number, Uint8Array>[] = [new Map(leaves)]
  for (let depth = 0; depth < fixedTreeDepth; depth++) {
    levels.push(levelAbove(hash, levelAt(levels, depth), random))
  }
  return {
    root: nodeAt(levels, fixedTreeDepth, 0),
    pathOf: (index) => {
      if (!leaves.has(index)) throw new RangeError(`leaf ${index} is empty: it has no path`)
      return pathIn(levels, index)
    },
  }
}

/** The parents of a level. Each present node's missing sibling is a maximal empty subtree. */
function levelAbove(
  hash: Hash,
  level: Map<number, Uint8Array>,
  random: (bytes: number) => Uint8Array,
): Map<number, Uint8Array> {
  const above = new Map<number, Uint8Array>()
  // Numeric order keeps the draws of randomness, and so the vectors, independent of the caller's.
  for (const position of [...level.keys()].toSorted((left, right) => left - right)) {
    const parent = Math.floor(position / 2)
    if (above.has(parent)) continue
    const left = level.get(parent * 2) ?? random(hashBytes)
    const right = level.get(parent * 2 + 1) ?? random(hashBytes)
    level.set(parent * 2, left)
    level.set(parent * 2 + 1, right)
    above.set(parent, nodeHash(hash, left, right))
  }
  return above
}

function pathIn(levels: readonly Map<number, Uint8Array>[], index: number): Uint8Array {
  const path = new Uint8Array(fixedPathBytes)
  let position = index
  for (let depth = 0; depth < fixedTreeDepth; depth++) {
    const sibling = position % 2 === 0 ? position + 1 : position - 1
    path.set(nodeAt(levels, depth, sibling), depth * hashBytes)
    position = Math.floor(position / 2)
  }
  return path
}

/** What a holder of a path into a fixed tree knows. */
export interface FixedPath {
  readonly leafHash: Uint8Array
  readonly index: number
  /** Exactly 256 bytes. */
  readonly path: Uint8Array
}

/**
 * The root that a leaf and its path lead to, or undefined where index or path have no possible
 * shape. The caller compares it with the root that was signed.
 */
export function rootFromPath(hash: Hash, held: FixedPath): Uint8Array | undefined {
  const { index, path } = held
  if (!isIndex(index) || path.length !== fixedPathBytes) return undefined
  if (held.leafHash.length !== hashBytes) return undefined
  let node = held.leafHash
  let position = index
  for (let depth = 0; depth < fixedTreeDepth; depth++) {
    const sibling = path.subarray(depth * hashBytes, (depth + 1) * hashBytes)
    node = position % 2 === 0 ? nodeHash(hash, node, sibling) : nodeHash(hash, sibling, node)
    position = Math.floor(position / 2)
  }
  return node
}

function isIndex(index: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < fixedTreeLeaves
}

function mustFit(index: number, leaf: Uint8Array): void {
  if (!isIndex(index) || leaf.length !== hashBytes) {
    throw new RangeError(`a leaf of ${leaf.length} bytes at ${index}: give 32 bytes at 0 to 255`)
  }
}

function levelAt(
  levels: readonly Map<number, Uint8Array>[],
  depth: number,
): Map<number, Uint8Array> {
  const level = levels[depth]
  if (level === undefined) throw new RangeError(`a fixed tree has no level ${depth}`)
  return level
}

function nodeAt(
  levels: readonly Map<number, Uint8Array>[],
  depth: number,
  position: number,
): Uint8Array {
  const node = levelAt(levels, depth).get(position)
  if (node === undefined) throw new RangeError(`a fixed tree has no node ${position} at ${depth}`)
  return node
}
