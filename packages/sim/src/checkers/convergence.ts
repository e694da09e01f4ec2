/** After the faults have stopped: nothing is under way, and both sides of everything agree (I12). */

import type { ThreadId } from "@tearline/core"

import type { ThreadRow } from "../disk/exchange-rows.ts"
import type { Organisation } from "../node/organisation.ts"
import type { World } from "../world/world.ts"
import { countOf } from "./lanes.ts"

/** Whatever a restored node was waiting for from its honest peers has come. */
function isGivenBack(world: World, own: Organisation): void {
  for (const [peer, { link }] of own.exchangeDisk.links) {
    const left = link.awaited ?? link.peerRestore?.cursor ?? link.rolledBack
    if (peer === world.hostile || left === undefined || left === null) continue
    const name = world.organisations.get(peer)?.name
    world.checkers.fail("I12", `${own.name} and ${name} have not given back everything`)
  }
}

function isQuiet(world: World, own: Organisation): void {
  const { checkers, hostile } = world
  const left = [...own.exchangeDisk.outbox.values()].filter((it) => it.item.peer !== hostile)
  const [first] = left
  if (first !== undefined) {
    const { id, thread } = first.item
    checkers.fail("I12", `${own.name} still has ${left.length} to send, ${id} first`, thread)
  }
  const { size } = own.gatewayDisk.untaken
  if (size > 0) checkers.fail("I12", `${own.name}'s gateway still holds ${size} for its exchange`)
}

function lanesAreWhole(world: World, own: Organisation): void {
  for (const peer of world.organisations.values()) {
    const sent = peer.exchangeDisk.links.get(own.org)?.link
    if (peer === own || sent === undefined) continue
    const held = own.exchangeDisk.links.get(peer.org)?.link.held ?? []
    sent.out.forEach(({ number }, lane) => {
      const row = held.find((it) => it.epoch === sent.epoch && it.lane === lane)
      const missing = number - (row === undefined ? 0 : countOf(row))
      if (missing === 0) return
      const what = `${own.name} lacks ${missing} of ${number} in lane ${lane} of ${peer.name}`
      world.checkers.fail("I12", what)
    })
  }
}

function threadsAgree(world: World, own: Organisation): void {
  for (const [thread, row] of own.exchangeDisk.threads) {
    const { originator, addressee } = row.head.thread
    const other = world.organisations.get(originator === own.org ? addressee : originator)
    if (other === undefined) continue
    const there = other.exchangeDisk.threads.get(thread)
    const open = leftToMachines(row)
    if (open !== undefined) {
      world.checkers.fail("I12", `${own.name} still waits for ${open}`, thread)
    }
    if (there === undefined) {
      world.checkers.fail("I12", `${other.name} lacks a thread of ${own.name}`, thread)
    } else if (row.refusals.length + there.refusals.length === 0 && idsIn(row) !== idsIn(there)) {
      world.checkers.fail("I12", `${own.name} and ${other.name} hold different messages`, thread)
    } else if (there.head.viewHash !== row.head.viewHash && !maySeeDifferently(world, row, there)) {
      world.checkers.fail("I12", `${own.name} and ${other.name} see a thread differently`, thread)
    }
  }
}

/** What machines owe waits for nobody: once everything is well it is done. */
function leftToMachines({ obligations }: ThreadRow): string | undefined {
  const left = [...obligations.values()].find((it) => it.end === null && it.bearer !== "officer")
  return left?.id
}

/** The set itself: that two hashes are equal is the core's word. */
function idsIn({ messages }: ThreadRow): string {
  return messages
    .map((it) => it.id)
    .toSorted()
    .join()
}

/**
 * A refusal is known to the refused side alone. And a custody time far ahead of the sender's clock
 * counts there as the moment at which it was learned: the two views then differ, by decision.
 */
function maySeeDifferently(world: World, a: ThreadRow, b: ThreadRow): boolean {
  if (a.refusals.length > 0 || b.refusals.length > 0) return true
  const there = new Map(b.custody.map((it) => [it.digest, it.atMs]))
  const isAhead = a.custody.some(({ digest, atMs }) => (there.get(digest) ?? atMs) !== atMs)
  if (isAhead) world.see("custody by a clock hours ahead counts as now")
  return isAhead
}

/** Threads between honest organisations that nobody has refused anything of. */
function refusedThreads(world: World): ThreadId[] {
  return [...world.organisations.values()].flatMap((own) =>
    [...own.exchangeDisk.threads]
      .filter(([, row]) => row.refusals.length > 0 && isHonest(world, row.head.peer))
      .map(([thread]) => thread),
  )
}

function isHonest(world: World, org: Organisation["org"]): boolean {
  return world.organisations.has(org)
}

export function mustHaveConverged(world: World): void {
  world.checkers.keepWatch()
  for (const own of world.organisations.values()) {
    isQuiet(world, own)
    isGivenBack(world, own)
    lanesAreWhole(world, own)
    threadsAgree(world, own)
    own.guard?.peerLists.mustBeTold()
    world.checkers.promises.everythingCameBack(own)
    world.checkers.promises.everythingIsThere(own)
  }
  const [refused] = refusedThreads(world)
  if (refused !== undefined) {
    world.checkers.fail("I9", "something of an honest peer was refused", refused)
  }
}
