/** Whoever looks at a thread that holds two warnings is told of it (M-THR-26). */

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

function isHidden({ thread }: StoredThread, own: OrgId): boolean {
  const warnings = thread.messages.filter((it) => it.statement.kind === "warning")
  if (warnings.length < 2) return false
  const alarms = alarmsOfThread(thread, { own, policy: builtInPolicy, policyHash })
  return !alarms.some((it) => it.kind === "conflict")
}

/** `doubled`: threads in which somebody has warned twice. */
export async function conflictsAreShown(world: World, doubled: Set<ThreadId>): Promise<void> {
  for (const { exchangeDisk, name, org } of world.organisations.values()) {
    const journal = exchangeDisk.journal(new Life(world.schedule))
    for (const id of [...doubled].filter((it) => exchangeDisk.threads.has(it))) {
      const stored = await journal.thread(id)
      if (stored !== undefined && isHidden(stored, org)) {
        world.checkers.fail("I5", `${name} is not told of a conflict`, id)
      }
    }
  }
  doubled.clear()
}
