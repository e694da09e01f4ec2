/**
 * Bytes with what they are known to say beside them, so that it is not read out of them again.
 *
 * What is known stands on the array itself, and nobody here changes an array in place: a fault
 * works on a copy, which knows nothing and is read, hashed and checked byte by byte.
 */

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Many short texts share one allocation. */
const slabLength = 65_536
let slab = new Uint8Array(slabLength)
let used = 0

interface Known {
  text?: string | undefined
}

/** What is known of `bytes`; an empty record that may be filled where nothing is. */
export function knownOf<Meaning extends object>(bytes: Uint8Array): Partial<Meaning> & Known {
  const it = bytes as Uint8Array & { known?: Partial<Meaning> & Known }
  return (it.known ??= {})
}

const recentMax = 256

/** What was written a moment ago, by its text: whoever reads that text need not make it anew. */
export class Recent<Value> {
  readonly #byText = new Map<string, Value>()

  keep(text: string, value: Value): void {
    this.#byText.set(text, value)
    for (const oldest of this.#byText.keys()) {
      if (this.#byText.size <= recentMax) return
      this.#byText.delete(oldest)
    }
  }

  get(text: string): Value | undefined {
    return this.#byText.get(text)
  }
}

function encoded(text: string): Uint8Array {
  // At most three bytes for a unit of UTF-16.
  const longest = text.length * 3
  if (longest > slabLength / 4) return encoder.encode(text)
  if (used + longest > slabLength) {
    slab = new Uint8Array(slabLength)
    used = 0
  }
  const from = used
  used += encoder.encodeInto(text, slab.subarray(from)).written
  return slab.subarray(from, used)
}

export function bytesOf(text: string): Uint8Array {
  const bytes = encoded(text)
  knownOf(bytes).text = text
  return bytes
}

/** Lets go of the text, which the bytes give again. */
export function forgetText(bytes: Uint8Array): void {
  knownOf(bytes).text = undefined
}

export function textOf(bytes: Uint8Array): string {
  const known = knownOf(bytes)
  return (known.text ??= decoder.decode(bytes))
}
