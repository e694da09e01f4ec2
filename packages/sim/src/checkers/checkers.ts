/**
 * The invariants, watched from outside: what is on the disks, on the wires and before people's
 * eyes, held against what was signed. The core is asked in one place only: what alarms it shows to
 * whoever looks (`clocks.ts`, `conflicts.ts`) is held against what there is to be shown.
 */

import type {
  CustodyWrite,
  Digest,
  ExchangeAnswer,
  ExchangeInput,
  ExchangeWrite,
  HeldArrival,
  Link,
  MessageId,
  MessageWrite,
  OrgId,
  OutboxItem,
  Part,
  Statement,
  ThreadId,
} from "@tearline/core"

import { leaseMs } from "../disk/outbox-table.ts"
import type { Line, WireAnswer } from "../network/network.ts"
import { isByFile } from "../node/gateway-process.ts"
import type { Organisation } from "../node/organisation.ts"
import { kindNamed, maySay } from "../people/repertoire.ts"
import { agreedMs } from "../sticks/couriers.ts"
import { textOf } from "../suite/bytes.ts"
import { readUnit, type Sealing } from "../suite/suite.ts"
import type { World } from "../world/world.ts"
import {
  audienceFault,
  custodyFault,
  isMisdirected,
  refusalFault,
  refusalsOwed,
  timesIn,
} from "./conduct.ts"
import { Gaps } from "./gaps.ts"
import { Lanes } from "./lanes.ts"
import { Promises } from "./promises.ts"
import { shownFault, type Shown } from "./shown.ts"
import { Signed, type Said } from "./signed.ts"
import { Violation } from "./violation.ts"
import { Watch } from "./watch.ts"
import { nameFault, wordingFault } from "./wording.ts"

/** Which databases came from a backup. */
export interface Restored {
  readonly exchange: boolean
  readonly gateway: boolean
}

/** A renewal may just be under way. */
const graceMs = 60_000

export class Checkers {
  readonly #world: World
  readonly #signed = new Signed()
  readonly #places = new Map<string, Digest>()
  readonly #enqueued = new Map<OrgId, Set<string>>()
  readonly #receipts = new Map<string, string>()
  readonly #gaps = new Gaps()
  readonly #watch: Watch
  readonly promises: Promises
  readonly lanes = new Lanes((invariant, message) => this.fail(invariant, message))
  /** The first violation; the run ends there. */
  violation: Violation | undefined

  constructor(world: World) {
    this.#world = world
    const { said, excused } = this
    const { withheld } = world
    this.promises = new Promises(world, (...what) => this.fail(...what))
    this.#watch = new Watch({ said, excused, withheld, fail: (...what) => this.fail(...what) })
  }

  /** All that was signed and is not retired. */
  get said(): ReadonlyMap<MessageId, Said> {
    return this.#signed.said
  }

  fail(invariant: string, message: string, thread: ThreadId | null = null): void {
    const { nowMs: atMs } = this.#world.schedule
    this.violation ??= new Violation(invariant, message, { thread, atMs })
  }

  /** Something is being signed. It may still come to nothing. */
  sealed(sealing: Sealing): void {
    this.#signed.add(sealing, this.#world.schedule.nowMs)
  }

  /** One of ours signs: what it says, and in which thread, has to be in order. */
  seals(own: Organisation, sealing: Sealing): void {
    this.sealed(sealing)
    const { statement, addressees } = sealing
    const [first] = statement.answers
    const fault = wordingFault(statement, first && this.said.get(first))
    if (fault !== undefined) this.fail("I9", `${own.name}: ${fault}`)
    for (const { org, part } of addressees) {
      const misnamed = nameFault(statement, org, part)
      if (misnamed !== undefined) this.fail("I8", `${own.name}: ${misnamed}`)
      if (statement.kind === "warning") this.#drawn(own, part.subject?.nonce)
      this.#isAgreed(own, org, part)
    }
  }

  /** The carrier's time is told to whom no line goes, and to nobody else (M-FIL-12). */
  #isAgreed(own: Organisation, org: OrgId, { carriedWithinMs }: Part): void {
    const withinMs = isByFile(this.#world, own.org, org) ? agreedMs : undefined
    if (carriedWithinMs === withinMs) return
    this.fail("I10", `${own.name} tells ${org} that the carrier may take ${carriedWithinMs} ms`)
  }

  readonly #nonces = new Set<string>()

  /** A nonce known from another thread would let one addressee name another's thread. */
  #drawn(own: Organisation, nonce = ""): void {
    if (this.#nonces.has(nonce)) this.fail("I6", `${own.name} draws a nonce twice`)
    this.#nonces.add(nonce)
  }

  /** An exchange hands a unit to its gateway. */
  handed(own: Organisation, item: OutboxItem): void {
    const { id, digest, thread, peer } = item
    if (this.#enqueued.get(own.org)?.has(id) !== true) {
      this.fail("I2", `${own.name} sends ${id} before it is durable`, thread)
    }
    const place = this.#signed.placeOf(digest, peer)
    if (place !== undefined) {
      const key = `${own.org}/${peer}/${place.epoch}/${place.lane}/${place.number}`
      const first = this.#places.get(key)
      if (first === undefined) this.#places.set(key, digest)
      else if (first !== digest) {
        this.fail("I12", `${own.name} gives number ${key} to a second envelope`, thread)
      }
    }
    this.#mustBeLeased(own, item)
    this.#world.story.tell(thread, own.name, `hands ${digest.slice(0, 8)} to its gateway`)
  }

  /** A lease may run out while the disk fails; otherwise whoever sends holds one. */
  #mustBeLeased(own: Organisation, { id, thread }: OutboxItem): void {
    const row = own.exchangeDisk.outbox.get(id)
    const { nowMs, ran } = this.#world.schedule
    // Whoever sends may not know before the next event, or at all where the answer was lost.
    const mayKnow = (this.#committedIn.get(own.org) ?? 0) < ran && !this.#goneUntold.has(id)
    if (row === undefined && mayKnow) {
      this.fail("I3", `${own.name} sends ${id}, which has left its outbox`, thread)
    }
    const overMs = nowMs - (row?.freeAtMs ?? nowMs)
    const isWell = own.exchangeDisk.platter.condition === "well"
    const wellMs = isWell ? nowMs - own.troubledAtMs : 0
    if (overMs > graceMs && wellMs > leaseMs / 2) {
      this.fail("I3", `${own.name} sends ${id} whose lease ran out`, thread)
    }
  }

  /** An answer of a gateway passes on the wire. */
  answered({ from, to }: Pick<Line, "from" | "to">, unit: Uint8Array, answer: WireAnswer): void {
    const refusing = this.#world.organisations.get(to)
    const refusal = refusing && refusalFault(refusing, unit, answer)
    if (refusal !== undefined) this.fail("I9", `${refusing?.name}'s gateway ${refusal}`)
    if (answer.kind !== "custody") return
    const digest = readUnit(unit)?.digest
    const own = this.#world.organisations.get(to)
    if (digest === undefined || own === undefined) return
    if (!own.gatewayDisk.arrivals.has(digest)) {
      this.fail("I2", `${own.name} gives custody of ${digest} and does not hold it`)
    }
    const key = `${to}/${digest}`
    const receipt = textOf(answer.receipt)
    const first = this.#receipts.get(key)
    if (first === undefined) {
      this.#receipts.set(key, receipt)
      this.promises.give(to, digest)
    } else if (first === receipt) this.#world.see("identical retry gets the first receipt again")
    else this.fail("I3", `${own.name} gives a second receipt for ${digest} of ${from}`)
  }

  /** An officer is told that something is done. */
  accepted(own: Organisation, answer: ExchangeAnswer): void {
    if (answer.kind !== "said") return
    for (const { thread } of answer.threads) {
      const row = own.exchangeDisk.threads.get(thread)
      if (row?.messages.some((it) => it.id === answer.message) !== true) {
        this.fail("I2", `${own.name} is told of ${answer.message} before it is durable`, thread)
      }
      this.promises.make(own, answer.message, thread)
    }
  }

  /** The chief who released it is told that it is done. */
  released(
    own: Organisation,
    input: Extract<ExchangeInput, { readonly kind: "released" }>,
    answer: ExchangeAnswer,
  ): void {
    const said = answer.kind === "said" ? this.said.get(answer.message) : undefined
    if (said === undefined || answer.kind !== "said") return
    for (const { org, code } of answer.leftOut) {
      const row = own.exchangeDisk.links.get(org)
      const isDamaged = row !== undefined && own.exchangeDisk.damage.isIn(row)
      if (isDamaged || row?.link.rolledBack !== undefined) continue
      this.fail("I10", `${own.name} leaves ${org} out (${code}) and nothing is in the way`)
    }
    const fault = audienceFault(input, answer, said.to)
    if (fault !== undefined) this.fail("I6", `what ${own.name} released ${fault}`)
  }

  /** A gateway's row is durable. */
  held(own: Organisation, { digest, unit, atMs }: HeldArrival): void {
    this.#passes(`${own.name}'s gateway`, [atMs])
    if (isMisdirected(own, unit)) this.fail("I6", `${own.name} holds what is addressed to another`)
    const to = this.#signed.of(digest)?.to
    if (to && !to.has(own.org)) this.fail("I6", `${own.name} holds what was not sent to it`)
  }

  readonly #latest = new Map<string, number>()

  /** A node's clock does not go back, across a restart neither. */
  #passes(whose: string, times: readonly number[]): void {
    for (const atMs of times) {
      const before = this.#latest.get(whose) ?? 0
      if (atMs < before) this.fail("I10", `the clock of ${whose} goes back by ${before - atMs} ms`)
      this.#latest.set(whose, Math.max(before, atMs))
    }
  }

  /** In which event each organisation's exchange has last written. */
  readonly #committedIn = new Map<OrgId, number>()
  /** What has left an outbox by a commit that was told as failed. */
  readonly #goneUntold = new Set<string>()

  /** A transaction of an exchange is durable, as a whole. */
  committed(own: Organisation, writes: readonly ExchangeWrite[]): void {
    this.#committedIn.set(own.org, this.#world.schedule.ran)
    const isUntold = own.exchangeDisk.platter.losesAnswer
    for (const it of isUntold ? writes : []) if (it.kind === "dequeue") this.#goneUntold.add(it.id)
    this.#passes(own.name, timesIn(writes))
    const placeOf = (digest: Digest, peer: OrgId) => this.#signed.placeOf(digest, peer)
    this.lanes.committed(writes, { own, placeOf })
    for (const { digest, peer, atMs } of refusalsOwed(writes, this.#world.hostile)) {
      // Whoever was rolled back without knowing it says nothing until it is told.
      const isSilent = own.exchangeDisk.links.get(peer)?.link.rolledBack !== undefined
      if (isSilent || this.restoredSince.has(own.org)) continue
      if (this.lanes.hasRefusedEnough(own, peer, atMs)) continue
      this.fail("I9", `${own.name} does not tell ${peer} that it refuses ${digest}`)
    }
  }

  /** A row of an exchange is durable. */
  wrote(own: Organisation, write: ExchangeWrite): void {
    switch (write.kind) {
      case "message":
        return this.#wroteMessage(own, write)
      case "thread":
        return this.#watch.note(own, write.thread.id)
      case "link":
        return this.#countsLanes(own, write.link)
      case "enqueue": {
        const ids = this.#enqueued.get(own.org) ?? new Set()
        this.#enqueued.set(own.org, ids.add(write.item.id))
        return
      }
      case "custody":
        return this.#countsCustody(own, write)
      case "arrival":
      case "refusal":
      case "obligation":
      case "dequeue":
      case "act":
    }
  }

  #countsLanes({ org, name }: Organisation, link: Link): void {
    if (link.peer === this.#world.hostile) return
    const fault = this.#gaps.fault(org, link, this.restoredSince.has(org))
    if (fault !== undefined) this.fail("I12", `${name} ${fault}`)
  }

  #countsCustody(own: Organisation, write: CustodyWrite): void {
    const fault = custodyFault(write, own)
    if (fault !== undefined) this.fail("I10", `${own.name} ${fault}`, write.thread)
  }

  #wroteMessage(own: Organisation, write: MessageWrite): void {
    const { thread, direction, message } = write
    const { author, kind, status } = message.statement
    const said = this.said.get(message.id)
    this.#world.story.tell(
      thread,
      own.name,
      `stores ${kind} ${message.id.slice(0, 8)} (${direction})`,
    )
    if (said === undefined || said.statement.author !== author) {
      this.fail("I4", `${own.name} stores a message that nobody signed`, thread)
      return
    }
    if (direction === "in" ? !said.to.has(own.org) : author !== own.org) {
      this.fail("I6", `${own.name} stores a message that is neither its own nor for it`, thread)
    }
    if (thread === null) return
    this.#mayStandIn(own, thread, { author, kind, status })
    if (direction === "in") {
      this.promises.make(own, message.id, thread)
      const isHonest = write.peer !== this.#world.hostile
      if (isHonest && kindNamed(kind)) this.#world.see(`${kind} said and taken in`)
    }
    this.#seeReturned(own, write)
  }

  #seeReturned(own: Organisation, { direction, message, peer }: MessageWrite): void {
    if (!this.promises.isForgotten(own, message.id)) return
    const isOwn = direction === "out" && !own.exchangeDisk.outbox.has(`${message.digest}/${peer}`)
    this.#world.see(isOwn ? "own message given back" : "message given back")
  }

  /** The thread is one of ours, of this status, and its author may say that (I5, I6, I8). */
  #mayStandIn(
    own: Organisation,
    thread: ThreadId,
    { author, kind, status }: Pick<Statement, "author" | "kind" | "status">,
  ): void {
    const head = own.exchangeDisk.threads.get(thread)?.head.thread
    if (head === undefined) return this.fail("I1", `${own.name} stores no thread`, thread)
    const parties = [head.originator, head.addressee]
    if (!parties.includes(own.org)) this.fail("I6", `${own.name} keeps others' thread`, thread)
    if (head.status !== status) {
      this.fail("I8", `${kind} is ${status} in a ${head.status} thread`, thread)
    }
    const party = author === head.originator ? "originator" : "addressee"
    if (!parties.includes(author) || !maySay(party, kind)) {
      this.fail("I5", `${kind} is not the ${party}'s to say`, thread)
    }
  }

  /**
   * I10 for every thread that has changed since this was last asked: before each fault, and at
   * rest.
   */
  keepWatch(): void {
    this.#watch.keep()
  }

  /** An arrival has been taken in, before its link is written. */
  took(own: Organisation, digest: Digest): void {
    const said = this.#signed.of(digest)
    const place = said?.to.get(own.org)
    if (said && place) this.#gaps.took(own.org, said.statement.author, place)
  }

  /** An officer reads a message (I4). */
  read(own: Organisation, shown: Shown): void {
    const { signed, to } = this.said.get(shown.id) ?? {}
    const part = to?.get(own.org)?.part
    const isKnown = signed !== undefined && part !== undefined
    const fault = isKnown ? shownFault(shown, { signed, part }) : "nobody signed it"
    if (fault !== undefined)
      this.fail("I4", `an officer of ${own.name} reads ${shown.id}: ${fault}`)
  }

  /**
   * Databases of this organisation have been brought back from a backup. What they have lost is to
   * come back from whoever else has it; until the reckoning it may be missing.
   */
  restored(own: Organisation, of: Restored, changed: Iterable<ThreadId>): void {
    // Whatever was forgotten with it, a node that knows of no later time may start earlier.
    if (of.exchange) this.#latest.delete(own.name)
    if (of.gateway) this.#latest.delete(`${own.name}'s gateway`)
    for (const it of changed) this.excused.add(it)
    this.lanes.restored(own, this.#world.peers)
    this.restoredSince.add(own.org)
    // A gateway that has forgotten an envelope gives custody of it anew.
    for (const it of this.promises.restored(own)) this.#receipts.delete(`${own.org}/${it}`)
  }

  /** Threads in which a restored node may lack a number of its own for good. */
  readonly excused = new Set<ThreadId>()
  /** Organisations restored in this month. */
  readonly restoredSince = new Set<OrgId>()

  /** Forgets what was retired from the disks. */
  retire(beforeMs: number, isRetired: (own: OrgId, thread: ThreadId) => boolean): void {
    const { organisations } = this.#world
    // As long as anybody has the thread, what is owed in it is held against all that was said.
    const isKept = (thread: ThreadId | null) =>
      thread !== null &&
      [...organisations.values()].some((it) => it.exchangeDisk.threads.has(thread))
    for (const it of this.excused) if (!isKept(it)) this.excused.delete(it)
    this.promises.retire(isRetired)
    this.#signed.retire(beforeMs, isKept)
    this.restoredSince.clear()
    this.#enqueued.clear()
    this.#goneUntold.clear()
    this.#receipts.clear()
    this.#places.clear()
    this.#nonces.clear()
  }
}
