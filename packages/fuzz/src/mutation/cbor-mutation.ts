/** Changes CBOR one thing at a time, each of which some decoder somewhere has got wrong. */

import type { Random } from "@tearline/sim"

import {
  bytesOf,
  type Head,
  headOf,
  integer,
  listOf,
  type Node,
  raw,
  stringOf,
  text,
  treeOf,
} from "./cbor-tree.ts"

type Change = (node: Node, random: Random, words: readonly string[]) => Node

/** What no canonical object holds, or holds only at its edges. */
const oddities: readonly Node[] = [
  // Floats: zero, minus zero, infinity, not a number, one half; in three widths.
  raw(0xf9, 0, 0),
  raw(0xf9, 0x80, 0),
  raw(0xf9, 0x7c, 0),
  raw(0xf9, 0x7e, 0),
  raw(0xfa, 0x3f, 0, 0, 0),
  raw(0xfb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 1),
  // Simple values, undefined, a lone break.
  raw(0xf7),
  raw(0xe0),
  raw(0xf8, 0xff),
  raw(0xff),
  raw(0xf4),
  raw(0xf5),
  raw(0xf6),
  // Tags: a time, a bignum, self-described, an unknown one.
  raw(0xc0, 0x60),
  raw(0xc2, 0x49, 1, 0, 0, 0, 0, 0, 0, 0, 0),
  raw(0xd9, 0xd9, 0xf7, 0),
  raw(0xdb, 255, 255, 255, 255, 255, 255, 255, 255, 0),
  ...[0, 1, 23, 24, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32 - 1, 2 ** 32].map(integer),
  ...[-1, -24, -25, -(2 ** 31)].map(integer),
  ...[2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n) + 1n, -(2n ** 53n), 2n ** 63n].map(integer),
  ...[2n ** 64n - 1n, -(2n ** 64n)].map(integer),
  ...["", "__proto__", "constructor", "prototype", "toString", "length", "then"].map(text),
  ...["\uFEFFmarked", "a\u202Eb", "\u0000", "e\u0301", "\u{1F600}", "NaN", "null"].map(text),
  // Text that is no UTF-8: a lone surrogate, an overlong slash, a cut sequence, beyond the last.
  stringOf(3, Uint8Array.of(0xed, 0xa0, 0x80)),
  stringOf(3, Uint8Array.of(0xc0, 0xaf)),
  stringOf(3, Uint8Array.of(0x61, 0xe2, 0x82)),
  stringOf(3, Uint8Array.of(0xf4, 0x90, 0x80, 0x80)),
  ...[0, 1, 8, 16, 31, 32, 33, 64].map((length) => stringOf(2, new Uint8Array(length).fill(7))),
  listOf(4, []),
  listOf(5, []),
  listOf(4, [integer(1)]),
  listOf(5, [integer(1), integer(1)]),
  listOf(5, [integer(-1), text("")]),
  listOf(5, [text("__proto__"), integer(1)]),
  listOf(5, [text("toString"), integer(1)]),
  listOf(5, [text("a"), integer(1), text("a"), integer(2)]),
  listOf(5, [integer(1), integer(1), text("b"), integer(2)]),
  listOf(5, [text("__proto__"), listOf(5, [text("isAdmin"), raw(0xf5)])]),
]

const hugeCounts = [23n, 24n, 255n, 65_535n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 64n - 1n]

function withHead(node: Node, change: (head: Head) => Head): Node {
  return node.kind === "raw" ? node : { ...node, head: change(node.head) }
}

/** Names that objects have without being given them. */
const inherited = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"]

function wordNode(random: Random, words: readonly string[]): Node {
  return text(random.pick(words.length === 0 || random.isLucky(0.1) ? inherited : words))
}

function stirred(content: Uint8Array, random: Random): Uint8Array {
  const other = content.slice()
  if (other.length > 0) other[random.below(other.length)] = random.below(256)
  return other
}

function shorter(content: Uint8Array, random: Random): Uint8Array {
  return content.subarray(0, random.below(content.length + 1))
}

function longer(content: Uint8Array, random: Random): Uint8Array {
  const count = random.pick([1, 2, 16, 255, 256, 4_000, 4_001, 65_536])
  return new Uint8Array(Buffer.concat([content, new Uint8Array(count).fill(0x61)]))
}

/** Of a string only: its content changed, and its length told truly. */
function ofString(change: (content: Uint8Array, random: Random) => Uint8Array): Change {
  return (node, random) =>
    node.kind === "string"
      ? stringOf(node.head.major, change(node.content, random))
      : random.pick(oddities)
}

/** Of an array or map only; a map's items are moved with their keys. */
function ofList(change: (groups: Node[][], random: Random) => Node[][]): Change {
  return (node, random) => {
    if (node.kind !== "list" || node.items.length === 0) return random.pick(oddities)
    const size = node.head.major - 3
    const groups: Node[][] = []
    for (let at = 0; at < node.items.length; at += size)
      groups.push(node.items.slice(at, at + size))
    return listOf(node.head.major, change(groups, random).flat())
  }
}

const without = (groups: Node[][], random: Random) =>
  groups.toSpliced(random.below(groups.length), 1)

function doubled(groups: Node[][], random: Random): Node[][] {
  const at = random.below(groups.length)
  return groups.toSpliced(at, 0, groups[at] ?? [])
}

function swapped(groups: Node[][], random: Random): Node[][] {
  const [one, other] = [random.below(groups.length), random.below(groups.length)]
  return groups.with(one, groups[other] ?? []).with(other, groups[one] ?? [])
}

/** As many copies as an input may hold: what costs more than its length shows here. */
function repeated(groups: Node[][], random: Random): Node[][] {
  const [first] = groups
  const count = random.pick([2, 17, 65, 257, 1_001, 2_049])
  return first === undefined ? groups : [...groups, ...Array.from({ length: count }, () => first)]
}

const added: Change = (node, random, words) => {
  if (node.kind !== "list") return wordNode(random, words)
  const item = random.isLucky(0.5) ? random.pick(oddities) : wordNode(random, words)
  if (node.head.major !== 5) return listOf(4, [...node.items, item])
  const key = wordNode(random, words)
  // Mostly where the gate wants it, or nothing behind the gate would ever see it.
  const at = random.isLucky(0.9) ? placeOf(key, node.items) : node.items.length
  return listOf(5, node.items.toSpliced(at, 0, key, item))
}

/** Where a key belongs among keys and values in canonical order. */
function placeOf(key: Node, items: readonly Node[]): number {
  const bytes = bytesOf(key)
  for (let at = 0; at < items.length; at += 2) {
    const other = items[at]
    if (other !== undefined && Buffer.compare(bytesOf(other), bytes) > 0) return at
  }
  return items.length
}

function nested(node: Node, random: Random): Node {
  const depth = random.pick([1, 2, 8, 15, 16, 17, 1_000])
  let wrapped = node
  for (let level = 0; level < depth; level += 1) wrapped = listOf(4, [wrapped])
  return depth < 1_000 ? wrapped : { kind: "raw", bytes: new Uint8Array(20_000).fill(0x81) }
}

const changes: readonly Change[] = [
  (_, random) => random.pick(oddities),
  (_, random) => random.pick(oddities),
  (_, random, words) => wordNode(random, words),
  (node) => withHead(node, (head) => ({ ...head, width: head.width === 0 ? 1 : 8 })),
  (node, random) => withHead(node, ({ major }) => headOf(major, random.pick(hugeCounts))),
  (node, random) => withHead(node, (head) => ({ ...head, major: random.below(7) })),
  (node) => withHead(node, (head) => ({ ...head, width: -1 })),
  (node) => withHead(node, ({ major, argument }) => headOf(major, argument + 1n)),
  (node) =>
    withHead(node, ({ major, argument }) => headOf(major, argument > 0n ? argument - 1n : 1n)),
  (node, random) => nested(node, random),
  ofString(stirred),
  ofString(stirred),
  ofString(shorter),
  ofString(longer),
  ofList(without),
  ofList(doubled),
  ofList(swapped),
  ofList(repeated),
  added,
]

interface Place {
  readonly path: readonly number[]
  readonly node: Node
}

function placesIn(node: Node, path: readonly number[] = []): Place[] {
  const below =
    node.kind === "list" ? node.items.flatMap((it, at) => placesIn(it, [...path, at])) : []
  return [{ path, node }, ...below]
}

function replaced(node: Node, path: readonly number[], by: Node): Node {
  const [first, ...rest] = path
  if (first === undefined) return by
  if (node.kind !== "list") return node
  const child = node.items[first]
  if (child === undefined) return node
  return { ...node, items: node.items.with(first, replaced(child, rest, by)) }
}

/** One thing changed somewhere in the tree, or inside CBOR that a byte string of it holds. */
function changed(tree: Node, random: Random, words: readonly string[]): Node {
  const places = placesIn(tree)
  // What holds other things is rarer than what it holds, and more can be wrong with it.
  const lists = random.isLucky(0.3) ? places.filter((it) => it.node.kind === "list") : []
  const { path, node } = random.pick(lists.length === 0 ? places : lists)
  const inner = node.kind === "string" && node.head.major === 2 ? treeOf(node.content) : undefined
  const goesIn = inner !== undefined && inner.kind !== "scalar" && random.isLucky(0.7)
  const by = goesIn
    ? stringOf(2, bytesOf(changed(inner, random, words)))
    : random.pick(changes)(node, random, words)
  return replaced(tree, path, by)
}

/** A subtree of `tree` put in the place of one of its own or another's. */
export function grafted(input: Uint8Array, donor: Uint8Array, random: Random): Uint8Array {
  const [tree, other] = [treeOf(input), treeOf(donor)]
  if (tree === undefined || other === undefined) return input
  const { path } = random.pick(placesIn(tree))
  return bytesOf(replaced(tree, path, random.pick(placesIn(other)).node))
}

/** The input with one thing changed; undefined where it is no CBOR to begin with. */
export function changeCbor(
  input: Uint8Array,
  random: Random,
  words: readonly string[],
): Uint8Array | undefined {
  const tree = treeOf(input)
  return tree && bytesOf(changed(tree, random, words))
}
