/**
 * Bugs planted on purpose, outside the product: each bends a port or the machine of every node, to
 * prove that the checkers fire. Nothing of this is reachable from production code.
 */

import {
  lastOf,
  type Arrived,
  type ExchangeMachine,
  type ExchangeWrite,
  type GatewayPorts,
  type Link,
  type Outbox,
  type OrgId,
  type ThreadId,
} from "@tearline/core"

import type { Organisation } from "../node/organisation.ts"

export interface Plant {
  readonly machine: (machine: ExchangeMachine, own: Organisation) => ExchangeMachine
  readonly outbox: (outbox: Outbox) => Outbox
  readonly arrived: (arrived: Arrived, own: OrgId) => Arrived
  readonly install: (own: Organisation) => void
  readonly gateway: (ports: GatewayPorts) => GatewayPorts
  /** Whether a restored node is told of its new epoch. */
  readonly opensEpoch: boolean
  /** Whether a clock starts no earlier than the latest time that was written. */
  readonly remembersTime: boolean
}

const nothingPlanted: Plant = {
  machine: (machine) => machine,
  outbox: (outbox) => outbox,
  arrived: (arrived) => arrived,
  install: () => undefined,
  gateway: (ports) => ports,
  opensEpoch: true,
  remembersTime: true,
}

const acknowledgesEarly: Plant = {
  ...nothingPlanted,
  install: ({ exchangeDisk }) => {
    exchangeDisk.platter.tellsEarly = true
  },
}

/** Whatever comes later counts as said later: the author's own numbers are not asked. */
function newestByArrival(): Plant {
  const latest = new Map<string, number>()
  return {
    ...nothingPlanted,
    arrived: (arrived, own) => {
      const { opened } = arrived
      const part = opened.part as { subject: { thread: ThreadId } | null; number: number }
      if (part.subject === null) return arrived
      const key = `${own}/${opened.sender}/${part.subject.thread}`
      const last = latest.get(key) ?? 0
      const number = part.number < last ? last + 1 : part.number
      latest.set(key, Math.max(last, number))
      return { ...arrived, opened: { ...opened, part: { ...part, number } } }
    },
  }
}

/** What is refused because its author may not say it comes in all the same. */
const admitsAnybody: Plant = {
  ...nothingPlanted,
  machine: (machine, own) => ({
    step: async (input) => {
      const stepped = await machine.step(input)
      const { answer } = stepped
      const isForeign = answer.kind === "refused" && answer.code === "not_entitled"
      if (!isForeign || input.kind !== "arrived") return stepped
      return { ...stepped, writes: [...stepped.writes, admitted(input, own)] }
    },
    commit: (writes) => machine.commit(writes),
    forget: () => machine.forget(),
    perform: (output) => machine.perform(output),
  }),
}

function admitted(input: Arrived, own: Organisation): ExchangeWrite {
  const { opened } = input
  const part = opened.part as { subject: { thread: ThreadId } }
  const message = {
    id: opened.id,
    digest: opened.digest,
    statement: opened.statement,
    part,
  } as unknown as Extract<ExchangeWrite, { kind: "message" }>["message"]
  return {
    kind: "message",
    thread: part.subject.thread,
    peer: opened.sender,
    direction: "in",
    message,
    signed: opened.signedBytes,
    part: opened.partBytes,
    opening: opened.openingBytes,
    slotNumber: opened.place.number,
    learnedAtMs: own.exchange?.clock.nowMs() ?? 0,
  }
}

/** Due times are told by the wall clock of the moment, not by signed times. */
const dueByWallClock: Plant = {
  ...nothingPlanted,
  install: (own) => {
    own.exchangeDisk.bent = (write) => {
      const { exchange } = own
      if (write.kind !== "obligation" || exchange === undefined) return write
      const aheadMs = Math.floor(own.wall.wallMs() - exchange.clock.nowMs())
      if (Math.abs(aheadMs) < 1_000) return write
      const { obligation } = write
      return { ...write, obligation: { ...obligation, dueMs: obligation.dueMs + aheadMs } }
    }
  },
}

function withoutGaps(link: Link): Link {
  const held = link.held.map((it) => ({ ...it, upTo: lastOf(it), beyond: [] }))
  return { ...link, held }
}

const forgetsGaps: Plant = {
  ...nothingPlanted,
  install: ({ exchangeDisk }) => {
    exchangeDisk.bent = (write) =>
      write.kind === "link" ? { ...write, link: withoutGaps(write.link) } : write
  },
}

const neverRenews: Plant = {
  ...nothingPlanted,
  outbox: (outbox) => ({
    ...outbox,
    renewLease: async (ids) => ids,
  }),
}

/** What somebody has done stays on every list. */
const neverDischarges: Plant = {
  ...nothingPlanted,
  install: ({ exchangeDisk }) => {
    exchangeDisk.bent = (write) => {
      if (write.kind !== "obligation" || write.obligation.bearer !== "officer") return write
      return { ...write, obligation: { ...write.obligation, end: null } }
    }
  },
}

/** What is claimed out of the outbox begins with the least urgent. */
const urgentLast: Plant = {
  ...nothingPlanted,
  outbox: (outbox) => ({
    ...outbox,
    claim: async (limit, full) => {
      const items = await outbox.claim(limit, full)
      return items.toSorted((a, b) => b.lane - a.lane)
    },
  }),
}

const neverBeats: Plant = {
  ...nothingPlanted,
  machine: (machine) => ({
    ...machine,
    step: async (input) =>
      input.kind === "ticked"
        ? { writes: [], outputs: [], answer: { kind: "noted" } }
        : machine.step(input),
  }),
}

/** A turn that was not written stays in memory. */
const remembersFailedTurns: Plant = {
  ...nothingPlanted,
  machine: (machine) => ({ ...machine, forget: () => undefined }),
}

const givesSecondReceipt: Plant = {
  ...nothingPlanted,
  gateway: ({ journal, ...ports }) => ({
    ...ports,
    journal: { ...journal, custodyOf: async () => undefined },
  }),
}

/** What comes in is found by the next sweep, hours later, and by nothing else. */
const neverWakesFeed: Plant = {
  ...nothingPlanted,
  gateway: (ports) => ({ ...ports, onHeld: () => undefined }),
}

const forgetsTime: Plant = { ...nothingPlanted, remembersTime: false }

const keepsEpoch: Plant = { ...nothingPlanted, opensEpoch: false }

/** A thread changes, and whoever looks at it is told nothing. */
const showsNobody: Plant = {
  ...nothingPlanted,
  machine: (machine) => ({
    ...machine,
    step: async (input) => {
      const stepped = await machine.step(input)
      return { ...stepped, outputs: stepped.outputs.filter((it) => it.kind !== "show") }
    },
  }),
}

interface Planted {
  readonly plant: () => Plant
  /** Invariants of which one has to be what finds it: any other finding is an accident. */
  readonly foundBy: readonly string[]
}

function planted(plant: () => Plant, ...foundBy: readonly string[]): Planted {
  return { plant, foundBy }
}

/** By name, as `--plant` takes them. */
export const plants: Readonly<Record<string, Planted>> = {
  "acknowledge-before-flush": planted(() => acknowledgesEarly, "I2"),
  "newest-by-arrival": planted(newestByArrival, "I10"),
  "act-of-a-stranger": planted(() => admitsAnybody, "I5"),
  "due-by-wall-clock": planted(() => dueByWallClock, "I10"),
  "gap-forgotten": planted(() => forgetsGaps, "I12"),
  "lease-not-renewed": planted(() => neverRenews, "I3", "I10"),
  // A node that is found out by a peer says nothing more to it.
  "restore-without-epoch": planted(() => keepsEpoch, "I10", "I12"),
  "discharge-not-written": planted(() => neverDischarges, "I10"),
  "urgent-last": planted(() => urgentLast, "I10"),
  "heartbeat-lost": planted(() => neverBeats, "I10"),
  "failed-turn-remembered": planted(() => remembersFailedTurns, "I3"),
  "second-receipt": planted(() => givesSecondReceipt, "I3"),
  "feed-not-woken": planted(() => neverWakesFeed, "L1", "I10"),
  "clock-anchor-lost": planted(() => forgetsTime, "I10"),
  "show-lost": planted(() => showsNobody, "I3"),
}

/** Throws RangeError for a name that is not on the list. */
export function plantOf(name: string | undefined): Plant {
  if (name === undefined) return nothingPlanted
  const known = plants[name]
  if (known === undefined) throw new RangeError(`there is no plant ${name}: see the list`)
  return known.plant()
}
