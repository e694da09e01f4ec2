/**
 * What a courier lays out: everything that is to go, most urgent first.
 *
 * It keeps nothing in mind. What is on the stick already is not written again, and what is not on
 * the list any more is taken off. Where there is no room the most urgent goes: first what is
 * answered makes way, then what came here with the stick, then what is less urgent. All of that
 * lies in a gateway's table still, and goes on the next stick.
 */

import type { OrgId } from "../ids.ts"
import type { Lane } from "../vocabulary/precedence.ts"
import type { CourierDoor } from "./courier.ts"
import { FolderError, type DropFolder, type FolderRoom, type Laid } from "./drop-folder.ts"
import { decodeDrop, type Drop } from "./drop.ts"
import type { CarriedPlace, Taken } from "./file-door.ts"

export interface LaidOut {
  readonly units: number
  readonly answers: number
  /** Those of them that lay there already. */
  readonly there: number
  /** Files of ours that were taken off: they are answered. */
  readonly removed: number
  /** Files for us that made way: they are handed in. */
  readonly cleared: number
  /** Files of ours that made way for what is more urgent: they go on the next stick. */
  readonly displaced: number
  /** What the stick has no room for, by lane: it goes on the next. */
  readonly noRoom: readonly [number, number, number, number]
  /** Records whose name something else has, such as a folder. */
  readonly blocked: number
}

export interface LayOutOptions {
  readonly own: OrgId
  /** Only what goes to this peer; the rest on the stick stays as it is. */
  readonly to?: OrgId
  readonly onFile?: (lane: number) => void
}

type Door = Pick<CourierDoor, "take" | "bring">

/**
 * Writes what is to go. What it wrote before it failed is whole, and a stick that is full is no
 * failure. Throws when folder or gateway is away.
 */
export async function layOut(
  folder: DropFolder,
  door: Door,
  options: LayOutOptions,
): Promise<LaidOut> {
  await folder.sweep()
  return await new Layer(folder, door, options).run()
}

/** A record that is to go, and its file. */
interface Going {
  readonly drop: Drop
  readonly bytes: Uint8Array
}

/** All that is to go, page by page. */
async function* toGo(door: Pick<Door, "take">, to: OrgId | undefined): AsyncGenerator<Going> {
  let after: CarriedPlace | null = null
  do {
    const page: Taken = await door.take({ to: to ?? null, after })
    for (const bytes of page.files) {
      const drop = decodeDrop(bytes)
      if (drop !== undefined) yield { drop, bytes }
    }
    after = page.next
  } while (after !== null)
}

/** Only FLASH, and what answers to it, may use the last of a stick. */
const reserveBytesMax = 4 * 1024 * 1024

function reserveOf({ totalBytes }: FolderRoom): number {
  return Math.min(reserveBytesMax, Math.floor(totalBytes / 8))
}

/** What may be taken off for what is more urgent, least urgent first. */
const spareLanes: readonly Lane[] = [3, 2, 1]

class Layer {
  readonly #folder: DropFolder
  readonly #door: Door
  readonly #options: LayOutOptions
  readonly #wanted = new Set<string>()
  readonly #spare: AsyncGenerator<{ readonly name: string; readonly lane: Lane }>
  /** The next that may make way, least urgent of all. */
  #next: Promise<IteratorResult<{ readonly name: string; readonly lane: Lane }>> | undefined
  #isCleared = false
  #counts = { units: 0, answers: 0, there: 0, removed: 0, cleared: 0, displaced: 0, blocked: 0 }
  readonly #noRoom: [number, number, number, number] = [0, 0, 0, 0]

  constructor(folder: DropFolder, door: Door, options: LayOutOptions) {
    this.#folder = folder
    this.#door = door
    this.#options = options
    this.#spare = this.#lessUrgent()
  }

  async run(): Promise<LaidOut> {
    for await (const going of toGo(this.#door, this.#options.to)) await this.#go(going)
    await this.#takeOff(this.#wanted)
    return { ...this.#counts, noRoom: this.#noRoom }
  }

  async #go({ drop, bytes }: Going): Promise<void> {
    const laid = await this.#laid(drop.lane, bytes)
    if (laid === "full") {
      this.#noRoom[drop.lane] += 1
      return
    }
    if (laid === "blocked") {
      this.#counts.blocked += 1
      return
    }
    // A receipt that was given again meanwhile stands further down the list too.
    if (this.#wanted.has(laid.name)) return
    this.#wanted.add(laid.name)
    this.#counts[drop.kind === "unit" ? "units" : "answers"] += 1
    if (!laid.isNew) this.#counts.there += 1
    this.#options.onFile?.(drop.lane)
  }

  async #laid(lane: Lane, bytes: Uint8Array): Promise<Laid | "full" | "blocked"> {
    for (;;) {
      const laid = await this.#tried(lane, bytes)
      if (laid !== "full" || !(await this.#makesWay(lane))) return laid
    }
  }

  async #tried(lane: Lane, bytes: Uint8Array): Promise<Laid | "full" | "blocked"> {
    const name = this.#folder.nameOf(bytes)
    if (await this.#folder.holds(name, bytes)) return { name, isNew: false }
    try {
      if (!(await this.#mayUse(bytes.length, lane))) return "full"
      await this.#folder.write(name, bytes)
      return { name, isNew: true }
    } catch (error) {
      if (!(error instanceof FolderError)) throw error
      if (error.code === "full") return "full"
      // Something that is no file has the name: that is one record's trouble.
      if (error.code === "not_a_file") return "blocked"
      throw error
    }
  }

  async #mayUse(bytes: number, lane: Lane): Promise<boolean> {
    if (lane === 0) return true
    const room = await this.#folder.room()
    return room === undefined || room.freeBytes - bytes >= reserveOf(room)
  }

  /** Whether something was taken off, so that it may fit now. */
  async #makesWay(lane: Lane): Promise<boolean> {
    if (!this.#isCleared) {
      this.#isCleared = true
      const { removed, cleared } = this.#counts
      await this.#takeOff(await this.#allWanted())
      await this.#clear()
      if (this.#counts.removed + this.#counts.cleared > removed + cleared) return true
    }
    return await this.#displaces(lane)
  }

  async #allWanted(): Promise<ReadonlySet<string>> {
    const wanted = new Set<string>()
    for await (const { bytes } of toGo(this.#door, this.#options.to)) {
      wanted.add(this.#folder.nameOf(bytes))
    }
    return wanted
  }

  /** Only files of our own writing, and only what is not to go any more. */
  async #takeOff(wanted: ReadonlySet<string>): Promise<void> {
    for await (const found of this.#folder.scan((name) => !wanted.has(name))) {
      if (found.kind !== "record" || !this.#isOurs(found.drop)) continue
      if (await this.#folder.tryRemove(found.name)) this.#counts.removed += 1
    }
  }

  /** What is for us, once our gateway has it: nobody else has any use for it. */
  async #clear(): Promise<void> {
    const { own, to } = this.#options
    for await (const found of this.#folder.scan()) {
      if (found.kind !== "record" || found.drop.to !== own) continue
      if (to !== undefined && found.drop.from !== to) continue
      const brought = await this.#door.bring(found.bytes)
      if (brought.kind === "refused") continue
      if (await this.#folder.tryRemove(found.name)) this.#counts.cleared += 1
    }
  }

  /** By one file, so that no more goes than has to. */
  async #displaces(lane: Lane): Promise<boolean> {
    for (;;) {
      const next = await (this.#next ??= this.#spare.next())
      if (next.done === true || next.value.lane <= lane) return false
      this.#next = undefined
      if (!(await this.#folder.tryRemove(next.value.name))) continue
      this.#counts.displaced += 1
      return true
    }
  }

  /** Of earlier rounds: this one has not come to them when it asks. */
  async *#lessUrgent(): AsyncGenerator<{ readonly name: string; readonly lane: Lane }> {
    for (const lane of spareLanes) {
      for await (const found of this.#folder.scan((name) => name.startsWith(`${lane}`))) {
        if (found.kind === "record" && this.#isOurs(found.drop)) yield { name: found.name, lane }
      }
    }
  }

  #isOurs({ from, to }: Drop): boolean {
    const { own, to: peer } = this.#options
    return from === own && (peer === undefined || to === peer)
  }
}
