/**
 * The tree hash of RFC 6962 and RFC 9162, with proofs that a leaf is in it and that it only grew.
 *
 * A leaf and a node are hashed under different first bytes, so that neither can be passed off as
 * the other. A tree of n leaves splits at the largest power of two below n; every proof is the list
 * of the sibling subtrees along that split. Sizes and indexes are ordinary numbers: the bit
 * operators of JavaScript stop at 2^31, so all arithmetic here is division.
 */

/** SHA-256, given by the host: this layer has no platform. */
export type Hash = (data: Uint8Array) => Uint8Array

/** The bytes of one hash. */
export const hashBytes = 32

/** The hash of one leaf: H(0x00 ‖ data). RFC 9162 2.1.1. */
export function leafHash(hash: Hash, data: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + data.length)
  input.set(data, 1)
  return hash(input)
}

/** The hash of an inner node: H(0x01 ‖ left ‖ right). RFC 9162 2.1.1. */
export function nodeHash(hash: Hash, left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + left.length + right.length)
  input[0] = 1
  input.set(left, 1)
  input.set(right, 1 + left.length)
  return hash(input)
}

/** The root over leaves that are already hashed, in order; that of no leaves is the hash of nothing. */
export function rootOf(hash: Hash, leafHashes: readonly Uint8Array[]): Uint8Array {
  return leafHashes.length === 0
    ? hash(new Uint8Array(0))
    : rootOfRange(hash, leafHashes, { from: 0, to: leafHashes.length })
}

interface Range {
  readonly from: number
  readonly to: number
}

function rootOfRange(hash: Hash, leafHashes: readonly Uint8Array[], range: Range): Uint8Array {
  const size = range.to - range.from
  if (size === 1) return present(leafHashes[range.from])
  const middle = range.from + splitOf(size)
  return nodeHash(
    hash,
    rootOfRange(hash, leafHashes, { from: range.from, to: middle }),
    rootOfRange(hash, leafHashes, { from: middle, to: range.to }),
  )
}

/** The largest power of two below `size`, which is at least 2. */
function splitOf(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}

/**
 * The proof that leaf `index` is in the tree over `leafHashes`: sibling hashes, lowest first. RFC
 * 9162 2.1.3.1. Throws a RangeError where there is no such leaf.
 */
export function inclusionProof(
  hash: Hash,
  leafHashes: readonly Uint8Array[],
  index: number,
): Uint8Array[] {
  mustBeIndex(index, leafHashes.length)
  const proof: Uint8Array[] = []
  let range: Range = { from: 0, to: leafHashes.length }
  while (range.to - range.from > 1) {
    const middle = range.from + splitOf(range.to - range.from)
    const left = { from: range.from, to: middle }
    const right = { from: middle, to: range.to }
    const isLeft = index < middle
    proof.unshift(rootOfRange(hash, leafHashes, isLeft ? right : left))
    range = isLeft ? left : right
  }
  return proof
}

/** What an inclusion proof claims; `proof` runs from the leaf to the root. */
export interface Inclusion {
  readonly leafHash: Uint8Array
  readonly index: number
  readonly size: number
  readonly root: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/** Whether the proof shows that the leaf is in the tree of that size and root. RFC 9162 2.1.3.2. */
export function verifyInclusion(hash: Hash, claim: Inclusion): boolean {
  if (!isCount(claim.index) || !isCount(claim.size) || claim.index >= claim.size) return false
  if (!claim.proof.every(isHash) || !isHash(claim.leafHash)) return false
  const start = { position: claim.index, last: claim.size - 1, node: claim.leafHash }
  const roots = climb(hash, start, claim.proof)
  return roots !== undefined && isSame(roots.newRoot, claim.root)
}

/**
 * The proof that the tree over all of `leafHashes` begins with its first `oldSize` leaves. RFC 9162
 * 2.1.4.1. Throws a RangeError unless 0 < oldSize <= leaves: an empty tree is the start of every
 * one.
 */
export function consistencyProof(
  hash: Hash,
  leafHashes: readonly Uint8Array[],
  oldSize: number,
): Uint8Array[] {
  mustBeIndex(oldSize - 1, leafHashes.length)
  const proof: Uint8Array[] = []
  let range: Range = { from: 0, to: leafHashes.length }
  // Whether the verifier already knows this subtree, because it is the whole old tree.
  let isWholeOldTree = true
  while (oldSize < range.to) {
    const middle = range.from + splitOf(range.to - range.from)
    const left = { from: range.from, to: middle }
    const right = { from: middle, to: range.to }
    const endsLeft = oldSize <= middle
    proof.unshift(rootOfRange(hash, leafHashes, endsLeft ? right : left))
    if (!endsLeft) isWholeOldTree = false
    range = endsLeft ? left : right
  }
  if (!isWholeOldTree) proof.unshift(rootOfRange(hash, leafHashes, range))
  return proof
}

/** What a consistency proof claims about two heads of one log. */
export interface Consistency {
  readonly oldSize: number
  readonly oldRoot: Uint8Array
  readonly newSize: number
  readonly newRoot: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/**
 * Whether the proof shows that the newer tree begins with the older one. RFC 9162 2.1.4.2. An empty
 * older tree is refused: it would prove nothing, and a caller who asks has made a mistake.
 */
export function verifyConsistency(hash: Hash, claim: Consistency): boolean {
  const { oldSize, newSize, proof } = claim
  if (!isCount(oldSize) || !isCount(newSize) || oldSize === 0 || oldSize > newSize) return false
  if (!proof.every(isHash)) return false
  if (oldSize === newSize) return proof.length === 0 && isSame(claim.oldRoot, claim.newRoot)
  if (proof.length === 0) return false
  const [node, ...rest] = isPowerOfTwo(oldSize) ? [claim.oldRoot, ...proof] : proof
  const start = { ...lastWholeSubtree(oldSize, newSize), node: present(node) }
  const roots = climb(hash, start, rest)
  return (
    roots !== undefined &&
    isSame(roots.oldRoot, claim.oldRoot) &&
    isSame(roots.newRoot, claim.newRoot)
  )
}

/** Where the last whole subtree of the old tree stands in the new one. */
function lastWholeSubtree(oldSize: number, newSize: number): { position: number; last: number } {
  let position = oldSize - 1
  let last = newSize - 1
  while (isOdd(position)) {
    position = half(position)
    last = half(last)
  }
  return { position, last }
}

interface Start {
  readonly position: number
  /** The position of the last node on the same level. */
  readonly last: number
  readonly node: Uint8Array
}

/**
 * Climbs from a node to the roots. The new root takes in every sibling, the old one only those to
 * the left: what is on the right came later. Undefined if the path is too long or too short.
 */
function climb(
  hash: Hash,
  start: Start,
  siblings: readonly Uint8Array[],
): { oldRoot: Uint8Array; newRoot: Uint8Array } | undefined {
  let { position, last } = start
  let oldRoot = start.node
  let newRoot = start.node
  for (const sibling of siblings) {
    if (last === 0) return undefined
    if (isOdd(position) || position === last) {
      oldRoot = nodeHash(hash, sibling, oldRoot)
      newRoot = nodeHash(hash, sibling, newRoot)
      // A node without a right neighbour rises unchanged until it is itself a right child.
      while (!isOdd(position) && position !== 0) {
        position = half(position)
        last = half(last)
      }
    } else {
      newRoot = nodeHash(hash, newRoot, sibling)
    }
    position = half(position)
    last = half(last)
  }
  return last === 0 ? { oldRoot, newRoot } : undefined
}

/** Whether two byte strings are equal. Not in constant time: for public values only. */
export function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at])
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === hashBytes
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function isOdd(value: number): boolean {
  return value % 2 === 1
}

function half(value: number): number {
  return Math.floor(value / 2)
}

function isPowerOfTwo(value: number): boolean {
  let rest = value
  while (rest % 2 === 0) rest /= 2
  return rest === 1
}

function mustBeIndex(index: number, size: number): void {
  if (!isCount(index) || index >= size) {
    throw new RangeError(`leaf ${index} is outside a tree of ${size}: ask for an existing leaf`)
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError("a tree reads no leaf outside its own range")
  return value
}
