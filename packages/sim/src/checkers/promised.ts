/** A message that somebody was promised is kept, and whether it is. */

import type { MessageId, ThreadId } from "@tearline/core"

import type { Organisation } from "../node/organisation.ts"
import type { World } from "../world/world.ts"

export interface Promised {
  readonly id: MessageId
  readonly thread: ThreadId
  readonly atMs: number
}

type Stored = Pick<Promised, "id" | "thread">

export function isStored(own: Organisation, { id, thread }: Stored): boolean {
  const row = own.exchangeDisk.threads.get(thread)
  return row?.messages.some((it) => it.id === id) === true
}

/** Whether anybody else's exchange has it, who can give it back. */
export function isElsewhere(world: World, own: Organisation, it: Stored): boolean {
  const others = [...world.organisations.values()].filter((one) => one !== own)
  return others.some((one) => isStored(one, it))
}
