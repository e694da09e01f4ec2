/** The inbox as lines: the alarms above, then what is owed by due time, what machines owe rolled up. */

import { alarmLines } from "./alarm-lines.ts"
import { asCalled, type Calling } from "./calling.ts"
import type { Inbox, InboxLine, NodeStatus } from "./desk/answers.ts"
import { plain } from "./terminal/plain.ts"
import type { Style } from "./terminal/style.ts"
import { table } from "./terminal/table.ts"
import { absolute, ago, untilDue } from "./terminal/time.ts"
import { commandFor, dutyOf, placeOf } from "./words.ts"

interface Shown {
  readonly owed: readonly InboxLine[]
  readonly more: Inbox["more"]
  readonly status: NodeStatus
  readonly nowMs: number
  readonly style: Style
  readonly calling: Calling
}

/** What must be told first, then what this organisation owes, then what others owe it. */
export function inboxLines(shown: Shown): readonly string[] {
  const { owed, more, status, style, calling } = shown
  const told = alarmLines(status.alarms, { style, nowMs: status.nowMs })
  const sorted = owed.toSorted((a, b) => a.dueMs - b.dueMs || placeOf(a.rule) - placeOf(b.rule))
  const mine = sorted.filter((it) => it.mine)
  const theirs = sorted.filter((it) => !it.mine)
  const first = mine.length === 0 ? nothing(shown) : section("owed by you", mine, shown)
  const second = theirs.length === 0 ? [] : ["", ...section("owed to you", theirs, shown)]
  const next = mine.find(({ rule }) => commandFor(rule) !== undefined)
  const hint =
    next === undefined
      ? []
      : ["", ...nextLines(next).map((it) => style.faint(asCalled(it, calling)))]
  const left = (count: number): readonly string[] => leftOut(count, shown)
  return [...told, ...first, ...left(more.ours), ...second, ...left(more.theirs), ...hint]
}

/** Nobody acknowledges or decides what has not been shown to him. */
function nextLines({ rule, thread }: InboxLine): readonly string[] {
  const id = plain(thread.slice(0, 8))
  return [`next: tearline show ${id}`, `then: tearline ${commandFor(rule)} ${id}`]
}

/** Silence about what is not shown would be a hiding place. */
function leftOut(count: number, { style, calling }: Shown): readonly string[] {
  if (count === 0) return []
  return [style.alarm(asCalled(`  and ${count} more, less urgent: tearline inbox --all`, calling))]
}

/** Silence must look different from failure: the links are part of it. */
function nothing({ status, nowMs }: Shown): readonly string[] {
  const heard = status.links.filter((link) => !link.isSilent).length
  const last = Math.max(0, ...status.links.map((link) => link.heardAtMs ?? 0))
  const when = last === 0 ? "nothing heard yet" : `last heard ${ago(last, nowMs)}`
  return [`nothing waits for you; links: ${heard} of ${status.links.length}, ${when}`]
}

function section(title: string, owed: readonly InboxLine[], shown: Shown): readonly string[] {
  const rows = rolledUp(owed).map((it) => rowOf(it, shown))
  return [shown.style.bold(`${title} (${owed.length})`), ...table(rows, "  ")]
}

/** One line: an obligation, or what one peer's machines owe, of which the oldest is shown. */
interface Rolled {
  readonly oldest: InboxLine
  readonly count: number
}

/** What machines owe about a threat to life stays single: behind each may be a warning unread. */
function keyOf(it: InboxLine): string {
  const isMachines = it.rule === "custody" || it.rule === "unsealed"
  const isRolled = isMachines && !it.threatToLife
  // An exercise is never counted into what is real.
  return isRolled ? `${it.peer}/${it.threadStatus}` : `${it.thread}/${it.id}`
}

function rolledUp(owed: readonly InboxLine[]): readonly Rolled[] {
  return [...Map.groupBy(owed, keyOf).values()].flatMap((group) => {
    const [oldest] = group.toSorted((a, b) => a.dueMs - b.dueMs)
    return oldest === undefined ? [] : [{ oldest, count: group.length }]
  })
}

function rowOf({ oldest: it, count }: Rolled, { nowMs, style }: Shown): readonly string[] {
  const due = untilDue(it.dueMs, nowMs)
  const real = it.threadStatus === "actual" ? "" : `${plain(it.threadStatus).toUpperCase()} `
  const when = [it.overdue ? style.alarm(due) : due, absolute(it.dueMs)]
  if (count > 1) {
    const words = `take custody or open it: ${count} messages, the oldest due first`
    return [...when, "", `${real}${words}`, "", plain(it.peerName), ""]
  }
  return [
    ...when,
    plain(it.precedence),
    dutyOf(it.rule),
    plain(it.thread.slice(0, 8)),
    plain(it.peerName),
    `${real}${plain(it.title)}`,
  ]
}
