/**
 * Two folders of one organisation, each with two ends, and the guard that moves files between.
 *
 * A folder is durable, and the guard is not to be relied upon: it delays and so reorders, loses,
 * doubles and tears files, and is away for hours. Before the reckoning it is quick and careful.
 */

import { FolderError, seamFolder, type FolderDisk, type SeamFolder } from "@tearline/core"

import type { Organisation } from "../node/organisation.ts"
import { Stick } from "../sticks/stick.ts"
import { hashingOnce } from "../suite/suite.ts"
import type { Random } from "../time/random.ts"
import type { World } from "../world/world.ts"
import { PeerLists } from "./peer-lists.ts"

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** How long a file is under way when nothing happens to it. */
const passingMs = { usual: { min: 100, max: 5 * second }, calm: { min: 20, max: 200 } }

/** One side's ends: it writes into `out` and reads from `in`. */
interface Ends {
  readonly out: Stick
  readonly in: Stick
  /** Somebody has put something into `in`. */
  wake: () => void
}

function emptyEnds(): Ends {
  return { out: new Stick(), in: new Stick(), wake: () => undefined }
}

type Side = "exchange" | "gateway"

export class Guard {
  readonly #world: World
  readonly #own: Organisation
  readonly #random: Random
  readonly #ends: Readonly<Record<Side, Ends>>
  /** What passes here beside units and arrivals. */
  readonly peerLists: PeerLists
  #isCalm = false
  #moving: Readonly<Record<Side, { isDue: boolean }>> = {
    exchange: { isDue: false },
    gateway: { isDue: false },
  }

  constructor(world: World, own: Organisation) {
    this.#world = world
    this.#own = own
    this.#random = own.random.split("guard")
    this.peerLists = new PeerLists(world, own)
    this.#ends = { exchange: emptyEnds(), gateway: emptyEnds() }
  }

  calm(isCalm: boolean): void {
    this.#isCalm = isCalm
  }

  get isCalm(): boolean {
    return this.#isCalm
  }

  /** This side's folders for one run of a process: afterwards it writes nothing more. */
  foldersOf(
    side: Side,
    life: { readonly isOver: boolean },
  ): { readonly out: SeamFolder; readonly in: SeamFolder } {
    const ends = this.#ends[side]
    const at = (disk: Stick, onLaid?: () => void) =>
      seamFolder({ disk: mortal(disk, life, onLaid), hashing: hashingOnce, chance: this.#random })
    return { out: at(ends.out, () => this.#laid(side)), in: at(ends.in) }
  }

  onArrival(side: Side, wake: () => void): void {
    this.#ends[side].wake = wake
  }

  #laid(side: Side): void {
    const moving = this.#moving[side]
    if (moving.isDue) return
    moving.isDue = true
    const { schedule } = this.#world
    const awayMs = Math.max(0, this.#own.innerCutUntilMs - schedule.nowMs)
    if (awayMs > 0) this.#world.see("guard between the two halves away")
    const { min, max } = this.#isCalm ? passingMs.calm : passingMs.usual
    schedule.after(awayMs + this.#random.between(min, max), () => {
      moving.isDue = false
      this.#move(side)
    })
  }

  #move(side: Side): void {
    const from = this.#ends[side].out
    const to = this.#ends[side === "exchange" ? "gateway" : "exchange"]
    for (const [name, bytes] of from.files) {
      if (name.startsWith(".")) continue
      from.files.delete(name)
      this.#carry(name, bytes, to)
    }
    to.wake()
  }

  #carry(name: string, bytes: Uint8Array, to: Ends): void {
    const { see } = this.#world
    const random = this.#random
    if (this.#isCalm) {
      to.in.files.set(name, bytes)
      return
    }
    if (random.isLucky(0.01)) {
      see("file between the two halves lost")
      return
    }
    if (random.isLucky(0.02)) {
      see("file between the two halves comes twice")
      this.#later(name, bytes, to, random.spread(minute, 2 * day))
    }
    if (random.isLucky(0.02)) {
      see("file between the two halves comes late")
      this.#later(name, bytes, to, random.spread(10 * second, 3 * hour))
      return
    }
    const isTorn = random.isLucky(0.01)
    if (isTorn) see("file between the two halves torn")
    to.in.files.set(name, isTorn ? bytes.subarray(0, random.below(bytes.length)) : bytes)
  }

  #later(name: string, bytes: Uint8Array, to: Ends, delayMs: number): void {
    this.#world.schedule.after(delayMs, () => {
      to.in.files.set(name, bytes)
      to.wake()
    })
  }
}

/** The disk of a process: when that is gone it writes no more, wherever it was. */
function mortal(
  disk: Stick,
  life: { readonly isOver: boolean },
  onLaid: () => void = () => undefined,
): FolderDisk {
  const mustLive = () => {
    if (life.isOver) throw new FolderError("away", "the process is gone")
  }
  return {
    names: () => disk.names(),
    async read(name, bytesMax) {
      mustLive()
      return await disk.read(name, bytesMax)
    },
    async create(name, bytes) {
      mustLive()
      await disk.create(name, bytes)
    },
    async rename(from, to) {
      mustLive()
      await disk.rename(from, to)
      onLaid()
    },
    async remove(name) {
      mustLive()
      await disk.remove(name)
    },
  }
}
