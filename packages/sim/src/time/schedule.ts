/**
 * Virtual time: what happens next, and nothing in between.
 *
 * Events at one instant run in the order in which they were made. Each event has the microtasks it
 * started drained before the next: a microtask of its own asks Node for the next turn of
 * `nextTick`, and Node takes that up only once no microtask is left.
 */

/** Somebody whose events do not happen any more once it is over. */
interface Mortal {
  readonly isOver: boolean
}

interface Event {
  readonly atMs: number
  readonly sequence: number
  readonly of: Mortal | undefined
  run: (() => void) | undefined
}

/** After so many events other work of the process has its turn. */
const breathEvery = 8_192

export class Schedule {
  readonly #heap: Event[] = []
  #sequence = 0
  #ran = 0
  #nowMs: number
  /** Asked after each event; the run then ends where it is. */
  isOver: () => boolean = () => false

  constructor(startMs: number) {
    this.#nowMs = startMs
  }

  /** True time, which no node in the simulation knows. Milliseconds since 1970. */
  get nowMs(): number {
    return this.#nowMs
  }

  /** How many events have run. */
  get ran(): number {
    return this.#ran
  }

  /** Runs once after `delayMs`, if `of` is not over by then; the answer takes it back. */
  after(delayMs: number, run: () => void, of?: Mortal): () => void {
    const atMs = this.#nowMs + Math.max(0, delayMs)
    const event: Event = { atMs, sequence: (this.#sequence += 1), of, run }
    this.#push(event)
    return () => {
      event.run = undefined
    }
  }

  /** Resolves when virtual time has come to `endMs`; rejects with what an event threw. */
  runUntil(endMs: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const one = () => {
      const event = this.isOver() ? undefined : this.#take(endMs)
      if (event === undefined) {
        if (!this.isOver()) this.#nowMs = endMs
        resolve()
        return
      }
      try {
        event()
      } catch (error) {
        reject(error)
        return
      }
      queueMicrotask(next)
    }
    const next = () => {
      if (this.#ran % breathEvery === 0) setImmediate(one)
      else process.nextTick(one)
    }
    queueMicrotask(next)
    return promise
  }

  #take(endMs: number): (() => void) | undefined {
    for (;;) {
      const [next] = this.#heap
      if (next === undefined || next.atMs > endMs) return undefined
      this.#pop()
      if (next.run === undefined || next.of?.isOver === true) continue
      this.#nowMs = next.atMs
      this.#ran += 1
      return next.run
    }
  }

  #push(event: Event): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(event)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent] as Event
      if (!isBefore(event, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = event
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      if (left >= heap.length) break
      const right = left + 1
      const isRight = right < heap.length && isBefore(heap[right] as Event, heap[left] as Event)
      const child = isRight ? right : left
      const below = heap[child] as Event
      if (!isBefore(below, last)) break
      heap[at] = below
      at = child
    }
    heap[at] = last
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence)
}
