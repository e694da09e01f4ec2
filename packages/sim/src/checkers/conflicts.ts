/**
 * Whoever looks at a thread that holds two warnings, or two messages under one number, is told of
 * it (M-THR-26); and nobody is told so of any other.
 */

import {
  alarmsOfThread,
  builtInPolicy,
  policyHashOf,
  type OrgId,
  type StoredThread,
  type ThreadId,
} from "@tearline/core"

import { hashing } from "../suite/suite.ts"
import { Life } from "../time/life.ts"
import type { World } from "../world/world.ts"

const policyHash = policyHashOf(hashing, builtInPolicy)

function isMistold({ thread }: StoredThread, own: OrgId): boolean {
  const { messages } = thread
  const warnings = messages.filter((it) => it.statement.kind === "warning")
  const places = messages.map(({ statement: { author }, part: { epoch, number } }) =>
    [author, epoch, number].join("/"),
  )
  const isInConflict = warnings.length > 1 || new Set(places).size < places.length
  const alarms = alarmsOfThread(thread, { own, policy: builtInPolicy, policyHash })
  return alarms.some((it) => it.kind === "conflict") !== isInConflict
}

/** `doubled`: threads in which somebody has warned twice, or given one number twice. */
export async function conflictsAreShown(world: World, doubled: Set<ThreadId>): Promise<void> {
  for (const { exchangeDisk, name, org } of world.organisations.values()) {
    const journal = exchangeDisk.journal(new Life(world.schedule))
    for (const id of [...doubled].filter((it) => exchangeDisk.threads.has(it))) {
      const stored = await journal.thread(id)
      if (stored !== undefined && isMistold(stored, org)) {
        world.checkers.fail("I5", `${name} is not told of a conflict, or of one too many`, id)
      }
    }
  }
  doubled.clear()
}
