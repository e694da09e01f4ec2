import type { InboxLine, ThreadSummary } from "./desk/answers.ts"
import { plain } from "./terminal/plain.ts"
import type { Style } from "./terminal/style.ts"
import { table } from "./terminal/table.ts"
import { untilDue } from "./terminal/time.ts"
import { dutyOf } from "./words.ts"

/** A thread with what is still owed in it, by due time. */
export interface ListedThread extends ThreadSummary {
  readonly owed: readonly InboxLine[]
}

interface Shown {
  readonly nowMs: number
  readonly style: Style
}

/** One line for each thread, in the order given. Text of peers is made safe for a terminal. */
export function threadLines(listed: readonly ListedThread[], shown: Shown): readonly string[] {
  return table(listed.map((it) => rowOf(it, shown)))
}

function rowOf(it: ListedThread, shown: Shown): readonly string[] {
  const real = it.status === "actual" ? "" : `${plain(it.status).toUpperCase()} `
  const title = `${real}${plain(it.title ?? "")}`
  const { id, peerName, isClosed } = it
  return [
    plain(id.slice(0, 8)),
    plain(peerName),
    isClosed ? "closed" : "open",
    title,
    next(it, shown),
  ]
}

/** What is due first and by whom, and how much more there is. */
function next({ owed, peerName }: ListedThread, { nowMs, style }: Shown): string {
  const [first] = owed
  if (first === undefined) return "nothing is owed"
  const due = untilDue(first.dueMs, nowMs)
  const who = first.mine ? "you" : plain(peerName)
  const more = owed.length === 1 ? "" : `, and ${owed.length - 1} more`
  return `${who}: ${dutyOf(first.rule)}, ${first.overdue ? style.alarm(due) : due}${more}`
}
