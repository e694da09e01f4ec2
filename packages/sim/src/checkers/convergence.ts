/** After the faults have stopped: nothing is under way, and both sides of everything agree (I12). */

import type { ThreadId } from "@tearline/core"

import type { Organisation } from "../node/organisation.ts"
import type { World } from "../world/world.ts"

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
      const upTo = row?.upTo ?? 0
      if (upTo === number && (row?.beyond.length ?? 0) === 0) return
      const what = `${own.name} holds lane ${lane} of ${peer.name} up to ${upTo} of ${number}`
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
    if (there === undefined) {
      world.checkers.fail("I12", `${other.name} lacks a thread of ${own.name}`, thread)
    } else if (there.head.viewHash !== row.head.viewHash && !isRefused(row, there)) {
      world.checkers.fail("I12", `${own.name} and ${other.name} see a thread differently`, thread)
    }
  }
}

/** A refusal is known to the refused side alone: there the two views differ, and say so. */
function isRefused(
  a: { refusals: readonly unknown[] },
  b: { refusals: readonly unknown[] },
): boolean {
  return a.refusals.length > 0 || b.refusals.length > 0
}

/** Threads between honest organisations that nobody has refused anything of. */
export function refusedThreads(world: World): ThreadId[] {
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
  for (const own of world.organisations.values()) {
    isQuiet(world, own)
    lanesAreWhole(world, own)
    threadsAgree(world, own)
    world.checkers.everythingIsThere(own)
  }
  const [refused] = refusedThreads(world)
  if (refused !== undefined) {
    world.checkers.fail("I9", "something of an honest peer was refused", refused)
  }
}
