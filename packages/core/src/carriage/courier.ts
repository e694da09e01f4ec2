/**
 * What a courier does at a folder: it lays out what is to go, and hands in what has come.
 *
 * It keeps nothing in mind. What is on the stick already is not written again, what is not on the
 * list any more is taken off it, and every file is handed in as often as somebody comes by with it:
 * so it may stop anywhere and begin again.
 */

import type { OrgId } from "../ids.ts"
import { FolderError, type DropFolder } from "./drop-folder.ts"
import { decodeDrop, encodeDrop, type Drop, type DropFault } from "./drop.ts"
import type { Brought, CarriedPlace, Taken, TakePage } from "./file-door.ts"

/** The gateway as a courier meets it. Both throw when it is away or cannot write. */
export interface CourierDoor {
  /** The moment at which a stick is begun. */
  open(): Promise<number>
  /** All that was on it from these is handed in. */
  close(openedMs: number, from: readonly OrgId[]): Promise<void>
  take(page: TakePage): Promise<Taken>
  bring(file: Uint8Array): Promise<Brought>
}

export interface LaidOut {
  readonly units: number
  readonly answers: number
  /** Those of them that lay there already. */
  readonly there: number
  /** Files of ours that were taken off: they are answered. */
  readonly removed: number
  /** Records whose name something else has, such as a folder. */
  readonly blocked: number
}

export interface LayOutOptions {
  readonly own: OrgId
  /** Only what goes to this peer; the rest on the stick stays as it is. */
  readonly to?: OrgId
  readonly onFile?: (lane: number) => void
}

/** Writes what is to go, most urgent first. What it wrote before it failed is whole. */
export async function layOut(
  folder: DropFolder,
  door: Pick<CourierDoor, "take">,
  { own, to, onFile }: LayOutOptions,
): Promise<LaidOut> {
  const counts = { units: 0, answers: 0, there: 0, blocked: 0 }
  const wanted = new Set<string>()
  await folder.sweep()
  let after: CarriedPlace | null = null
  do {
    const page: Taken = await door.take({ to: to ?? null, after })
    for (const file of page.files) {
      const drop = decodeDrop(file)
      if (drop === undefined) continue
      const lies = await laid(folder, drop)
      if (lies === undefined) {
        counts.blocked += 1
        continue
      }
      wanted.add(lies.name)
      counts[drop.kind === "unit" ? "units" : "answers"] += 1
      if (!lies.isNew) counts.there += 1
      onFile?.(drop.lane)
    }
    after = page.next
  } while (after !== null)
  const removed = await takeOff(folder, { own, to, wanted })
  return { ...counts, removed }
}

type Lies = Awaited<ReturnType<DropFolder["put"]>>

/** Undefined where something that is no file has the name: that is one record's trouble. */
async function laid(folder: DropFolder, drop: Drop): Promise<Lies | undefined> {
  try {
    return await folder.put(drop)
  } catch (error) {
    if (error instanceof FolderError && error.code === "not_a_file") return undefined
    throw error
  }
}

interface Kept {
  readonly own: OrgId
  readonly to: OrgId | undefined
  readonly wanted: ReadonlySet<string>
}

/** Only files of our own writing, and only once everything that is to go lies there. */
async function takeOff(folder: DropFolder, { own, to, wanted }: Kept): Promise<number> {
  let removed = 0
  for await (const found of folder.scan((name) => !wanted.has(name))) {
    if (found.kind !== "record" || found.drop.from !== own) continue
    if (to !== undefined && found.drop.to !== to) continue
    await folder.remove(found.name)
    removed += 1
  }
  return removed
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

export interface HandInOptions {
  readonly own: OrgId
  /** Names that need not be looked at again; those done are added. */
  readonly done?: Set<string>
  /** Removes what was taken: for a folder that nobody else reads. */
  readonly isCleared?: boolean
  readonly onLeft?: (file: LeftFile) => void
}

const leftMax = 1_000

/** Hands in what is for this node, most urgent first. Throws when folder or gateway is away. */
export async function handIn(
  folder: DropFolder,
  door: Omit<CourierDoor, "take">,
  options: HandInOptions,
): Promise<HandedIn> {
  const tally = new Tally(options)
  const { done } = options
  const openedMs = await door.open()
  const from = new Set<OrgId>()
  for await (const found of folder.scan((name) => done?.has(name) !== true)) {
    if (found.kind === "bad") {
      tally.leave(found)
      continue
    }
    const { name, drop } = found
    if (drop.to !== options.own) {
      tally.pass(name)
      continue
    }
    from.add(drop.from)
    const brought = await door.bring(encodeDrop(drop))
    tally.note(name, brought)
    if (brought.kind !== "refused" && options.isCleared === true) await folder.remove(name)
  }
  // A folder of which only what is new is seen says nothing about what is not in it.
  if (done === undefined && options.isCleared !== true) await door.close(openedMs, [...from])
  return tally.result
}

class Tally {
  readonly #options: HandInOptions
  readonly #left: LeftFile[] = []
  #counts = { units: 0, answers: 0, news: 0, others: 0, foreign: 0, leftCount: 0 }

  constructor(options: HandInOptions) {
    this.#options = options
  }

  get result(): HandedIn {
    return { ...this.#counts, left: this.#left }
  }

  leave(file: LeftFile): void {
    if (file.code === "foreign_name") {
      this.#counts.foreign += 1
      return
    }
    this.#counts.leftCount += 1
    if (this.#left.length < leftMax) this.#left.push(file)
    this.#options.onLeft?.(file)
  }

  pass(name: string): void {
    this.#counts.others += 1
    this.#options.done?.add(name)
  }

  note(name: string, brought: Brought): void {
    this.#options.done?.add(name)
    switch (brought.kind) {
      case "held":
        this.#counts.units += 1
        return
      case "settled":
        this.#counts.answers += 1
        if (brought.isNew) this.#counts.news += 1
        return
      case "refused":
        this.leave({ name, code: brought.code })
    }
  }
}
