import type { Inbox, InboxLine } from "./answers.ts"
import type { DeskClient } from "./client.ts"

/** Everything that is owed at that time; what the node cut is asked for page by page. */
export async function wholeInbox(desk: DeskClient, atMs: number): Promise<Inbox> {
  const { lines, more } = await desk.inbox(atMs)
  const all = new Map(lines.map((it) => [keyOf(it), it]))
  for (const side of ["ours", "theirs"] as const) {
    if (more[side] === 0) continue
    for await (const page of desk.owedBy(side, atMs)) {
      for (const it of page) all.set(keyOf(it), it)
    }
  }
  const byDue = [...all.values()].toSorted(
    (a, b) => Number(b.mine) - Number(a.mine) || a.dueMs - b.dueMs,
  )
  return { lines: byDue, more: { ours: 0, theirs: 0 } }
}

function keyOf({ thread, peer, id }: InboxLine): string {
  return `${thread}/${peer}/${id}`
}
