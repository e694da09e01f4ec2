/**
 * A courier at its gateway's door, and how it hands in what a folder holds for this node.
 *
 * It keeps nothing in mind: every file is handed in as often as somebody comes by with it, so it
 * may stop anywhere and begin again. What goes out is laying-out.ts.
 */

import type { OrgId } from "../ids.ts"
import type { DropFolder } from "./drop-folder.ts"
import type { Drop, DropFault } from "./drop.ts"
import type { Brought, Taken, TakePage } from "./file-door.ts"

/** The gateway as a courier meets it. Both throw when it is away or cannot write. */
export interface CourierDoor {
  /** The moment at which a stick is begun. */
  open(): Promise<number>
  /** All that was on it from these is handed in, and was more than what is known. */
  close(openedMs: number, from: readonly OrgId[]): Promise<void>
  take(page: TakePage): Promise<Taken>
  bring(file: Uint8Array): Promise<Brought>
}

/** A file that was left where it lies. */
export interface LeftFile {
  readonly name: string
  readonly code: DropFault | (string & {})
}

export interface HandedIn {
  readonly units: number
  /** Answers to units of ours; `news` of them were not known. */
  readonly answers: number
  readonly news: number
  /** Records that are for others, or our own on their way out. */
  readonly others: number
  /** Files that are none of ours by their name. */
  readonly foreign: number
  /** All others that were not taken, at most `leftMax` of them by name. */
  readonly left: readonly LeftFile[]
  readonly leftCount: number
}

/**
 * What became of the files of a folder that is looked at again and again, by name. What is `done`
 * is not looked at again, nor is what was `refused` until its name is taken out; what is `bad` may
 * be on its way still, and is looked at again. Names that are gone are taken out.
 */
export type SeenFiles = Map<string, "done" | "refused" | "bad">

export interface HandInOptions {
  readonly own: OrgId
  /** Of earlier times; each file is told once. */
  readonly seen?: SeenFiles
  /** Removes what was taken: for a folder that nobody else reads. */
  readonly isCleared?: boolean
  readonly onLeft?: (file: LeftFile) => void
}

const leftMax = 1_000
const seenMax = 65_536

/** Hands in what is for this node, most urgent first. Throws when folder or gateway is away. */
export async function handIn(
  folder: DropFolder,
  door: Omit<CourierDoor, "take">,
  options: HandInOptions,
): Promise<HandedIn> {
  const { own, isCleared = false, seen } = options
  const tally = new Tally(options)
  const openedMs = await door.open()
  const from = new Set<OrgId>()
  for await (const found of folder.scan((name) => tally.isWanted(name))) {
    if (found.kind === "bad") {
      tally.leave(found)
      continue
    }
    const { name, drop, bytes } = found
    if (drop.to !== own) {
      tally.pass(name)
      continue
    }
    const brought = await door.bring(bytes)
    const signer = newsFrom(brought, drop)
    if (signer !== undefined) from.add(signer)
    const isGone = brought.kind !== "refused" && isCleared && (await folder.tryRemove(name))
    tally.note(name, brought, isGone)
  }
  // A folder of which only what is new is seen says nothing about what is not in it, nor does one
  // of which something cannot be read.
  const isWhole = seen === undefined && !isCleared && !tally.hasBad
  if (isWhole && from.size > 0) await door.close(openedMs, [...from])
  tally.end()
  return tally.result
}

/** Whose signature is on it, where it was not known. What else a file says anybody may write. */
function newsFrom(brought: Brought, { from }: Drop): OrgId | undefined {
  switch (brought.kind) {
    case "held":
      return brought.isNew ? brought.sender : undefined
    case "settled":
      return brought.isNew ? from : undefined
    case "refused":
      return undefined
  }
}

class Tally {
  readonly #options: HandInOptions
  readonly #left: LeftFile[] = []
  readonly #here = new Set<string>()
  /** Something with a record's name could not be used: it may be anybody's. */
  hasBad = false
  #counts = { units: 0, answers: 0, news: 0, others: 0, foreign: 0, leftCount: 0 }

  constructor(options: HandInOptions) {
    this.#options = options
  }

  get result(): HandedIn {
    return { ...this.#counts, left: this.#left }
  }

  isWanted(name: string): boolean {
    const { seen } = this.#options
    if (seen === undefined) return true
    const was = seen.get(name)
    if (was !== undefined) this.#here.add(name)
    return was === undefined || was === "bad"
  }

  /** All has been looked at: what was not there need not be remembered. */
  end(): void {
    const { seen } = this.#options
    if (seen === undefined) return
    // A folder of so many is handed in once more: that changes nothing.
    if (seen.size > seenMax) seen.clear()
    for (const name of seen.keys()) if (!this.#here.has(name)) seen.delete(name)
  }

  leave(file: LeftFile): void {
    if (file.code === "foreign_name") {
      this.#counts.foreign += 1
      return
    }
    this.hasBad = true
    const isTold = this.#options.seen?.get(file.name) === "bad"
    this.#see(file.name, "bad")
    if (!isTold) this.#tell(file)
  }

  pass(name: string): void {
    this.#counts.others += 1
    this.#see(name, "done")
  }

  /** `isGone`: it was removed, so that a file of its name is another one. */
  note(name: string, brought: Brought, isGone: boolean): void {
    const { isCleared = false } = this.#options
    if (!isGone) this.#see(name, brought.kind === "refused" ? "refused" : "done")
    switch (brought.kind) {
      case "held":
        this.#counts.units += 1
        break
      case "settled":
        this.#counts.answers += 1
        if (brought.isNew) this.#counts.news += 1
        break
      case "refused":
        return this.#tell({ name, code: brought.code })
    }
    if (isCleared && !isGone) this.#tell({ name, code: "not_removed" })
  }

  #see(name: string, how: "done" | "refused" | "bad"): void {
    const { seen } = this.#options
    if (seen === undefined) return
    seen.set(name, how)
    this.#here.add(name)
  }

  #tell(file: LeftFile): void {
    this.#counts.leftCount += 1
    if (this.#left.length < leftMax) this.#left.push(file)
    this.#options.onLeft?.(file)
  }
}
