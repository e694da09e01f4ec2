/**
 * After a restore of this node: numbers go on in an epoch of which none was ever given, and each
 * peer is shown that the offline root has authorised it.
 */

import type { Link } from "../link/link.ts"
import { withEpoch } from "../link/restore.ts"
import { sayUnsealed } from "./answering.ts"
import type { ExchangeAnswer, Reopened } from "./inputs.ts"
import { say } from "./saying.ts"
import { changeLink, type Desk, type Turn } from "./turn.ts"

/**
 * Opens the new epoch on every link that is still in an older one. All or nothing.
 *
 * Refused as `epoch_not_new` where it is open already, and as `epoch_behind` where a link is in a
 * newer one: then the root has to authorise a greater epoch before anything is sealed.
 */
export async function reopen(
  desk: Desk,
  turn: Turn,
  { epoch, statement, peers }: Reopened,
): Promise<ExchangeAnswer> {
  const nowMs = desk.clock.nowMs()
  const older: Link[] = []
  for (const peer of peers) {
    const { link } = await desk.memory.link(peer, nowMs)
    if (link.epoch > epoch) return { kind: "refused", code: "epoch_behind" }
    if (link.epoch < epoch) older.push(link)
  }
  if (older.length === 0 && peers.length > 0) return { kind: "refused", code: "epoch_not_new" }
  for (const link of older) await reopenOne(desk, turn, link, { epoch, statement })
  return { kind: "noted" }
}

async function reopenOne(
  desk: Desk,
  turn: Turn,
  { peer, rolledBack }: Link,
  { epoch, statement }: Pick<Reopened, "epoch" | "statement">,
): Promise<void> {
  const nowMs = desk.clock.nowMs()
  await changeLink(desk, turn, peer, (link) => withEpoch(link, epoch, nowMs))
  const { link } = await desk.memory.link(peer, nowMs)
  await say(desk, turn, {
    kind: "restored",
    content: { statement: statement.toBase64(), given: [...(link.past ?? [])] },
    answers: [],
    // Before whatever is routine: peers may hold threats that this node has forgotten.
    precedence: "IMMEDIATE",
    status: "actual",
    to: [{ org: peer, thread: null }],
    tellsAll: true,
  })
  // What could not be said while the numbers of this node were another's.
  for (const it of rolledBack?.unanswered ?? []) await sayUnsealed(desk, turn, peer, it)
}
