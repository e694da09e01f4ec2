/**
 * CBOR as a tree that may be wrong in any way: heads longer than needed, counts that lie, forms
 * that the gate forbids. Read leniently and written exactly as it stands.
 */

/** A head of `width` further bytes; -1 is an indefinite length. */
export interface Head {
  readonly major: number
  readonly argument: bigint
  readonly width: number
}

export type Node =
  | { readonly kind: "scalar"; readonly head: Head }
  | { readonly kind: "string"; readonly head: Head; readonly content: Uint8Array }
  | { readonly kind: "list"; readonly head: Head; readonly items: readonly Node[] }
  | { readonly kind: "raw"; readonly bytes: Uint8Array }

const nodesMax = 4_000
const depthMax = 40

function widthOf(argument: bigint): number {
  if (argument < 24n) return 0
  if (argument < 256n) return 1
  if (argument < 65_536n) return 2
  return argument < 4_294_967_296n ? 4 : 8
}

export function headOf(major: number, argument: bigint | number): Head {
  const whole = BigInt(argument)
  return { major, argument: whole, width: widthOf(whole) }
}

export const raw = (...bytes: number[]): Node => ({ kind: "raw", bytes: Uint8Array.from(bytes) })

const encoder = new TextEncoder()

export function text(content: string): Node {
  return stringOf(3, encoder.encode(content))
}

export function stringOf(major: number, content: Uint8Array): Node {
  return { kind: "string", head: headOf(major, content.length), content }
}

export function integer(value: number | bigint): Node {
  const whole = BigInt(value)
  return { kind: "scalar", head: whole < 0n ? headOf(1, -1n - whole) : headOf(0, whole) }
}

/** The array or map with these items, and a head that tells the truth about them. */
export function listOf(major: number, items: readonly Node[]): Node {
  return {
    kind: "list",
    head: headOf(major, major === 5 ? items.length >> 1 : items.length),
    items,
  }
}

class Reader {
  #at = 0
  #nodes = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  node(depth: number): Node | undefined {
    const head = this.#head()
    this.#nodes += 1
    if (head === undefined || depth > depthMax || this.#nodes > nodesMax) return undefined
    const { major, argument } = head
    if (major === 2 || major === 3) {
      const content = this.#bytes.subarray(this.#at, this.#at + Number(argument))
      if (BigInt(content.length) !== argument) return undefined
      this.#at += content.length
      return { kind: "string", head, content }
    }
    if (major !== 4 && major !== 5) return major === 6 ? undefined : { kind: "scalar", head }
    const items = this.#items(Number(argument) * (major - 3), depth)
    return items && { kind: "list", head, items }
  }

  #items(count: number, depth: number): Node[] | undefined {
    if (count > this.#bytes.length - this.#at) return undefined
    const items: Node[] = []
    for (let index = 0; index < count; index += 1) {
      const item = this.node(depth + 1)
      if (item === undefined) return undefined
      items.push(item)
    }
    return items
  }

  #head(): Head | undefined {
    const first = this.#bytes[this.#at]
    if (first === undefined || first % 32 > 27) return undefined
    const minor = first % 32
    const width = minor < 24 ? 0 : 2 ** (minor - 24)
    let argument = BigInt(minor)
    if (width > 0) argument = 0n
    for (let index = 1; index <= width; index += 1) {
      argument = argument * 256n + BigInt(this.#bytes[this.#at + index] ?? 0)
    }
    this.#at += 1 + width
    return { major: first >> 5, argument, width }
  }
}

/** The tree of some bytes; undefined where they are no plain CBOR, or too much of it. */
export function treeOf(bytes: Uint8Array): Node | undefined {
  const reader = new Reader(bytes)
  const node = reader.node(0)
  return node !== undefined && reader.isAtEnd ? node : undefined
}

const minors: Readonly<Record<number, number>> = { 1: 24, 2: 25, 4: 26, 8: 27 }

function writeHead({ major, argument, width }: Head, into: number[]): void {
  if (width === -1) {
    into.push(major * 32 + 31)
    return
  }
  into.push(major * 32 + (width === 0 ? Number(argument) % 32 : (minors[width] ?? 27)))
  for (let shift = width - 1; shift >= 0; shift -= 1) {
    into.push(Number((argument >> BigInt(8 * shift)) & 255n))
  }
}

/** The exact bytes of a tree. */
export function bytesOf(tree: Node): Uint8Array {
  const parts: Uint8Array[] = []
  write(tree, parts)
  return new Uint8Array(Buffer.concat(parts))
}

function write(node: Node, parts: Uint8Array[]): void {
  if (node.kind === "raw") {
    parts.push(node.bytes)
    return
  }
  const head: number[] = []
  writeHead(node.head, head)
  parts.push(Uint8Array.from(head))
  if (node.kind === "string") parts.push(node.content)
  if (node.kind === "list") for (const item of node.items) write(item, parts)
  if (node.kind !== "scalar" && node.head.width === -1) parts.push(Uint8Array.of(255))
}
