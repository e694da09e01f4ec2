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
  Lane,
  Link,
  MessageId,
  MessageWrite,
  OrgId,
  OutboxItem,
  Part,
  Statement,
  ThreadId,
} from "@tearline/core"

import { leaseMs } from "../disk/exchange-disk.ts"
import type { Line, WireAnswer } from "../network/network.ts"
import type { Organisation } from "../node/organisation.ts"
import { kindNamed, maySay } from "../people/repertoire.ts"
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
import { countOf, Lanes } from "./lanes.ts"
import { Promises } from "./promises.ts"
import { shownFault, type Shown } from "./shown.ts"
import { Violation } from "./violation.ts"
import { Watch } from "./watch.ts"
import { nameFault, wordingFault } from "./wording.ts"

/** What was signed, by whom, for whom, and into which places of their lanes. */
export interface Said {
  readonly id: MessageId
  readonly statement: Statement
  /** The signed object, as its author's exchange wrote it. */
  readonly signed: string
  readonly atMs: number
  readonly to: ReadonlyMap<OrgId, Addressed>
}

/** What one addressee gets: its part, at a place of a lane. */
export interface Addressed {
  readonly epoch: number
  readonly lane: Lane
  readonly number: number
  readonly thread: ThreadId | null
  readonly part: Part
  readonly previousSlotHash: string | null
}

/** Which databases came from a backup. */
export interface Restored {
  readonly exchange: boolean
  readonly gateway: boolean
}

/** A renewal may just be under way. */
const graceMs = 60_000
export class Checkers {
  readonly #world: World
  readonly said = new Map<MessageId, Said>()
  readonly #saidBy = new Map<Digest, MessageId>()
  readonly #places = new Map<string, Digest>()
  readonly #enqueued = new Map<OrgId, Set<string>>()
  readonly #receipts = new Map<string, string>()
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

  fail(invariant: string, message: string, thread: ThreadId | null = null): void {
    const { nowMs: atMs } = this.#world.schedule
    this.violation ??= new Violation(invariant, message, { thread, atMs })
  }

  /** Something is being signed. It may still come to nothing. */
  sealed({ id, statement, addressees, signed }: Sealing): void {
    const to = new Map(
      addressees.map(({ org, part, place }) => {
        return [org, { ...place, thread: part.subject?.thread ?? null, part }]
      }),
    )
    const atMs = this.#world.schedule.nowMs
    this.said.set(id, { id, statement, signed, atMs, to })
    this.#saidBy.set((id.slice(32) + id.slice(0, 32)) as Digest, id)
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
    }
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
    const place = this.#placeOf(digest, peer)
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

  #placeOf(digest: Digest, peer: OrgId) {
    const id = this.#saidBy.get(digest)
    return id === undefined ? undefined : this.said.get(id)?.to.get(peer)
  }

  /** A lease may run out while the disk fails; otherwise whoever sends holds one. */
  #mustBeLeased(own: Organisation, { id, thread }: OutboxItem): void {
    const row = own.exchangeDisk.outbox.get(id)
    const { nowMs, ran } = this.#world.schedule
    // Whoever sends may not know before the next event.
    if (row === undefined && (this.#committedIn.get(own.org) ?? 0) < ran) {
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
    const id = this.#saidBy.get(digest)
    const to = id && this.said.get(id)?.to
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

  /** A transaction of an exchange is durable, as a whole. */
  committed(own: Organisation, writes: readonly ExchangeWrite[]): void {
    this.#committedIn.set(own.org, this.#world.schedule.ran)
    this.#passes(own.name, timesIn(writes))
    const placeOf = (digest: Digest, peer: OrgId) => this.#placeOf(digest, peer)
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
        return this.#countsLane(own, write.link)
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

  /** A lane that is said to be held up to a number is: no gap is forgotten. */
  #countsLane(own: Organisation, { peer, held }: Link): void {
    if (peer === this.#world.hostile) return
    const isRestored = this.restoredSince.has(own.org)
    for (const row of held) {
      // A row that was held against the arrivals once is kept as it is until it grows.
      if (this.#counted.has(row)) continue
      this.#counted.add(row)
      const { epoch, lane, upTo } = row
      const key = `${own.org}/${peer}/${epoch}/${lane}`
      const taken = this.#taken.get(key) ?? 0
      // What a peer gives back takes no arrival: the reckoning finds what is missing.
      if (isRestored) this.#taken.set(key, countOf(row))
      else if (countOf(row) > taken) {
        this.fail("I12", `${own.name} forgets a gap: says that it holds ${upTo} and holds ${taken}`)
      }
    }
  }

  readonly #taken = new Map<string, number>()
  readonly #counted = new WeakSet<Link["held"][number]>()

  /** An arrival has been taken in, before its link is written. */
  took(own: Organisation, digest: Digest): void {
    const place = this.#placeOf(digest, own.org)
    const id = this.#saidBy.get(digest)
    const author = id && this.said.get(id)?.statement.author
    if (place === undefined || author === undefined) return
    const key = `${own.org}/${author}/${place.epoch}/${place.lane}`
    this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1)
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
    for (const [id, { atMs, to }] of this.said) {
      const stays = ({ part }: { part: Part }) => isKept(part.subject?.thread ?? null)
      if (atMs >= beforeMs || [...to.values()].some(stays)) continue
      this.said.delete(id)
      this.#saidBy.delete((id.slice(32) + id.slice(0, 32)) as Digest)
    }
    this.restoredSince.clear()
    this.#enqueued.clear()
    this.#receipts.clear()
    this.#places.clear()
    this.#nonces.clear()
  }
}
