/** A stick: a folder that is small, is pulled in the middle, and spoils a file now and then. */

import { FolderError, type FolderDisk, type FolderRoom } from "@tearline/core"

import type { Random } from "../time/random.ts"

export class Stick implements FolderDisk {
  readonly files: Map<string, Uint8Array>
  readonly #bytesMax: number
  #callsLeft = Number.POSITIVE_INFINITY

  constructor(
    bytesMax = Number.POSITIVE_INFINITY,
    files: ReadonlyMap<string, Uint8Array> = new Map(),
  ) {
    this.files = new Map(files)
    this.#bytesMax = bytesMax
  }

  /** As it is now, on another stick. */
  copy(): Stick {
    return new Stick(this.#bytesMax, this.files)
  }

  async room(): Promise<FolderRoom> {
    this.#call()
    return { freeBytes: this.freeBytes, totalBytes: this.#bytesMax }
  }

  get isSmall(): boolean {
    return Number.isFinite(this.#bytesMax)
  }

  get freeBytes(): number {
    let bytes = this.#bytesMax
    if (!this.isSmall) return bytes
    for (const it of this.files.values()) bytes -= it.length
    return bytes
  }

  /** Somebody pulls it after so many calls; the last writing is half done. */
  pullAfter(calls: number): void {
    this.#callsLeft = calls
  }

  plugIn(): void {
    this.#callsLeft = Number.POSITIVE_INFINITY
  }

  /** Tears a file, or turns over one bit of it. False when there is none. */
  spoil(random: Random, how: "tear" | "flip"): boolean {
    const names = [...this.files.keys()]
    if (names.length === 0) return false
    const name = random.pick(names)
    const bytes = (this.files.get(name) ?? new Uint8Array()).slice()
    const at = random.below(Math.max(1, bytes.length))
    bytes[at] = (bytes[at] ?? 0) ^ 1
    this.files.set(name, how === "tear" ? bytes.subarray(0, at) : bytes)
    return true
  }

  async *names(): AsyncIterable<readonly string[]> {
    this.#call()
    // A copy, since whoever reads may remove.
    yield Array.from(this.files.keys())
  }

  async read(name: string, bytesMax: number): Promise<Uint8Array | undefined> {
    this.#call()
    const bytes = this.files.get(name)
    if (bytes === undefined) return undefined
    if (bytes.length > bytesMax) throw new FolderError("too_large", name)
    return bytes
  }

  async create(name: string, bytes: Uint8Array): Promise<void> {
    this.#call(() => this.files.set(name, bytes.subarray(0, bytes.length >> 1)))
    if (bytes.length > this.freeBytes) throw new FolderError("full", "the stick is full")
    this.files.set(name, bytes)
  }

  async rename(from: string, to: string): Promise<void> {
    const bytes = this.files.get(from)
    if (bytes === undefined) throw new FolderError("away", from)
    const move = () => {
      this.files.delete(from)
      this.files.set(to, bytes)
    }
    // Done and not told, as when it is pulled between the two.
    this.#call(move)
    move()
  }

  async remove(name: string): Promise<void> {
    this.#call()
    this.files.delete(name)
  }

  #call(onLast?: () => void): void {
    this.#callsLeft -= 1
    if (this.#callsLeft > 0) return
    if (this.#callsLeft === 0) onLast?.()
    throw new FolderError("away", "the stick is gone")
  }
}
