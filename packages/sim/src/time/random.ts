/**
 * Chance out of one seed: xoshiro128**, split by name into a stream for each purpose, so that one
 * purpose drawing more moves no other. Fit for simulation, not for keys.
 */

/** FNV-1a, run once more for each of four words. */
function wordsOf(text: string): [number, number, number, number] {
  const words = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35].map((start) => {
    let word = start
    for (let at = 0; at < text.length; at += 1) {
      word = Math.imul(word ^ text.charCodeAt(at), 0x01000193)
      word ^= word >>> 15
    }
    return word >>> 0
  })
  return words as [number, number, number, number]
}

const rotated = (value: number, by: number) => ((value << by) | (value >>> (32 - by))) >>> 0

/** One stream of chance. The same name draws the same, in whatever order others draw. */
export class Random {
  readonly #name: string
  readonly #state: [number, number, number, number]

  constructor(name: string) {
    this.#name = name
    this.#state = wordsOf(name)
    // The first few words of similar names are alike.
    for (let turn = 0; turn < 8; turn += 1) this.#word()
  }

  #word(): number {
    const s = this.#state
    const result = Math.imul(rotated(Math.imul(s[1], 5) >>> 0, 7), 9) >>> 0
    const shifted = (s[1] << 9) >>> 0
    s[2] = (s[2] ^ s[0]) >>> 0
    s[3] = (s[3] ^ s[1]) >>> 0
    s[1] = (s[1] ^ s[2]) >>> 0
    s[0] = (s[0] ^ s[3]) >>> 0
    s[2] = (s[2] ^ shifted) >>> 0
    s[3] = rotated(s[3], 11)
    return result
  }

  /** A stream of its own. */
  split(name: string): Random {
    return new Random(`${this.#name}/${name}`)
  }

  /** From 0 up to 1. */
  unit(): number {
    return this.#word() / 0x1_0000_0000
  }

  isLucky(share: number): boolean {
    return this.unit() < share
  }

  /** A whole number from 0 up to `count`. */
  below(count: number): number {
    return Math.floor(this.unit() * count)
  }

  between(min: number, max: number): number {
    return min + this.unit() * (max - min)
  }

  /** Waiting times of what happens once in `mean` on average. */
  exponential(mean: number): number {
    return -Math.log(1 - this.unit()) * mean
  }

  /** Evenly over orders of magnitude. */
  spread(min: number, max: number): number {
    return min * (max / min) ** this.unit()
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new RangeError("there is nothing to pick from")
    return item
  }

  /** One of `items`, as often as its weight says. */
  weighted<Item extends { readonly weight: number }>(items: readonly Item[]): Item {
    let left = this.unit() * items.reduce((sum, it) => sum + it.weight, 0)
    const found = items.find((it) => (left -= it.weight) < 0) ?? items.at(-1)
    if (found === undefined) throw new RangeError("there is nothing to pick from")
    return found
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count)
    let word = 0
    for (let at = 0; at < count; at += 1) {
      word = at % 4 === 0 ? this.#word() : word >>> 8
      bytes[at] = word
    }
    return bytes
  }

  /** As many bytes, a multiple of four, in hexadecimal. */
  hex(count: number): string {
    let text = ""
    for (let at = 0; at < count; at += 4) text += this.#word().toString(16).padStart(8, "0")
    return text
  }
}
