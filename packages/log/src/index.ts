/**
 * The tamper-evident log: the order of hashing and the proofs over it. Pure.
 *
 * Who holds a root of 32 bytes can be shown that a leaf is in the tree, and that a later tree still
 * begins with the earlier one, by a handful of hashes. The host passes the hash function in. What
 * is hard here is only the arithmetic at the ragged right edge of a tree that is no power of two;
 * the tests try every small tree whole, and the public vectors of others.
 */

export {
  type FixedPath,
  type FixedTree,
  fixedPathBytes,
  fixedTree,
  fixedTreeLeaves,
  rootFromPath,
} from "./fixed-tree.ts"
export {
  type Consistency,
  type Hash,
  type Inclusion,
  consistencyProof,
  inclusionProof,
  isSame,
  leafHash,
  nodeHash,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from "./merkle-tree.ts"
