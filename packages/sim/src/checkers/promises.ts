/**
 * What somebody was told is safe, and whether it is still there (I1): messages that an exchange
 * accepted or took in, envelopes of which a gateway gave custody.
 *
 * After a restore what is missing may come back until the reckoning, unless nobody else had it.
 */

import type { Digest, MessageId, OrgId, ThreadId } from "@tearline/core"

import type { Organisation } from "../node/organisation.ts"
import type { World } from "../world/world.ts"

interface Promised {
  readonly id: MessageId
  readonly thread: ThreadId
  readonly atMs: number
}

type Stored = Pick<Promised, "id" | "thread">

function isStored(own: Organisation, { id, thread }: Stored): boolean {
  const row = own.exchangeDisk.threads.get(thread)
  return row?.messages.some((it) => it.id === id) === true
}

/** What is looked for at each start; at the end of a month it is everything. */
const recentMs = 86_400_000
const recentCount = 50
const lostOwn = "own message lost that nobody else had"
const lostToHostile = "own message lost that only the hostile peer had"

export class Promises {
  readonly #world: World
  readonly #fail: (invariant: string, message: string, thread?: ThreadId) => void
  readonly #promised = new Map<OrgId, Promised[]>()
  readonly #given = new Map<OrgId, Digest[]>()
  /** Lost by a restore, and not yet known to be back. */
  readonly #forgotten = new Map<OrgId, Map<MessageId, Promised>>()

  constructor(world: World, fail: (invariant: string, message: string, thread?: ThreadId) => void) {
    this.#world = world
    this.#fail = fail
  }

  /** Somebody may rely on this message from now on. */
  make(own: Organisation, id: MessageId, thread: ThreadId): void {
    const { nowMs: atMs } = this.#world.schedule
    listOf(this.#promised, own.org).push({ id, thread, atMs })
  }

  /** A gateway gave custody of this envelope. */
  give(org: OrgId, digest: Digest): void {
    listOf(this.#given, org).push(digest)
  }

  /** An exchange starts again: what was promised last is there. */
  exchangeIsBack(own: Organisation): void {
    const sinceMs = this.#world.schedule.nowMs - recentMs
    const promised = this.#promised.get(own.org) ?? []
    for (let at = promised.length - 1; at >= 0; at -= 1) {
      const it = promised[at]
      if (it === undefined || it.atMs < sinceMs) return
      this.#mustBeThere(own, it)
    }
  }

  /** A gateway starts again: what it gave custody of last is there. */
  gatewayIsBack(own: Organisation): void {
    for (const it of (this.#given.get(own.org) ?? []).slice(-recentCount)) this.#mustHold(own, it)
  }

  /** Everything that was ever promised and not yet retired. */
  everythingIsThere(own: Organisation): void {
    for (const it of this.#promised.get(own.org) ?? []) this.#mustBeThere(own, it)
    for (const digest of this.#given.get(own.org) ?? []) this.#mustHold(own, digest)
  }

  /** Databases come from a backup. Answers the envelopes of which custody will be given anew. */
  restored(own: Organisation): readonly Digest[] {
    const promised = this.#promised.get(own.org) ?? []
    const isHere = (it: Promised) => isStored(own, it)
    this.#promised.set(own.org, promised.filter(isHere))
    const forgotten = this.#forgotten.get(own.org) ?? new Map<MessageId, Promised>()
    this.#forgotten.set(own.org, forgotten)
    for (const it of promised) if (!isHere(it)) forgotten.set(it.id, it)
    const given = this.#given.get(own.org) ?? []
    const isHeld = (digest: Digest) => own.gatewayDisk.arrivals.has(digest)
    this.#given.set(own.org, given.filter(isHeld))
    return given.filter((it) => !isHeld(it))
  }

  /** Whether a restore has lost this message, and it has not been reckoned since. */
  isForgotten(own: Organisation, id: MessageId): boolean {
    return this.#forgotten.get(own.org)?.has(id) === true
  }

  /** What a restore has lost must be back, unless nobody else had it: that is counted. */
  everythingCameBack(own: Organisation): void {
    for (const it of this.#forgotten.get(own.org)?.values() ?? []) {
      if (isStored(own, it)) this.make(own, it.id, it.thread)
      else if (this.#isElsewhere(own, it)) this.#mustBeThere(own, it)
      else this.#seeLost(own, it)
    }
    this.#forgotten.delete(own.org)
  }

  /** Forgets what was retired from the disks. */
  retire(isRetired: (own: OrgId, thread: ThreadId) => boolean): void {
    for (const [org, list] of this.#promised) {
      const left = list.filter((it) => !isRetired(org, it.thread))
      this.#promised.set(org, left)
    }
    for (const [org, digests] of this.#given) {
      const arrivals = this.#world.organisations.get(org)?.gatewayDisk.arrivals
      const left = digests.filter((it) => arrivals?.has(it))
      this.#given.set(org, left)
    }
  }

  /** What a peer sent and has lost too is its own; what the hostile peer has is nobody's. */
  #seeLost(own: Organisation, { id }: Stored): void {
    const said = this.#world.checkers.said.get(id)
    if (said?.statement.author !== own.org) return
    const isAmongHonest = ![...said.to.keys()].includes(this.#world.hostile)
    this.#world.see(isAmongHonest ? lostOwn : lostToHostile)
  }

  /** Whether anybody else's exchange has it, who can give it back. */
  #isElsewhere(own: Organisation, it: Stored): boolean {
    const others = [...this.#world.organisations.values()].filter((one) => one !== own)
    return others.some((one) => isStored(one, it))
  }

  #mustBeThere(own: Organisation, it: Stored): void {
    if (isStored(own, it)) return
    this.#fail("I1", `${own.name} has lost the accepted message ${it.id}`, it.thread)
  }

  #mustHold(own: Organisation, digest: Digest): void {
    if (own.gatewayDisk.arrivals.has(digest)) return
    this.#fail("I1", `${own.name}'s gateway has lost ${digest}, of which it gave custody`)
  }
}

function listOf<Item>(lists: Map<OrgId, Item[]>, org: OrgId): Item[] {
  const list = lists.get(org) ?? []
  lists.set(org, list)
  return list
}
