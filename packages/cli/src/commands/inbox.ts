import { withDesk } from "../act.ts"
import type { Command, Context, Report } from "../command.ts"
import type { NodeStatus, Owed } from "../desk/answers.ts"
import { plain } from "../terminal/plain.ts"
import type { Style } from "../terminal/style.ts"
import { table } from "../terminal/table.ts"
import { absolute, ago, parseTime, untilDue } from "../terminal/time.ts"
import { commandFor, dutyOf } from "../words.ts"

export const inbox: Command = {
  name: "inbox",
  summary: "list what is owed, by due time",
  details: "First what this organisation owes, then what others owe it.",
  options: {
    at: { type: "text", value: "<time>", help: "as it stands at that time instead of now" },
    mine: { type: "flag", help: "only what this organisation owes" },
  },
  examples: ["tearline inbox", "tearline inbox --mine --json", "tearline inbox --at +24h"],
  run: runInbox,
}

async function runInbox(context: Context): Promise<Report> {
  const { given, terminal } = context
  const at = given.text("at")
  return withDesk(context, async (desk) => {
    const status = await terminal.during("waiting for the node…", desk.status())
    const atMs = at === undefined ? undefined : parseTime("at", at, status.nowMs)
    const all = await terminal.during("gathering what is owed…", desk.inbox(atMs))
    const owed = given.isOn("mine") ? all.filter(({ mine }) => mine) : all
    const nowMs = atMs ?? status.nowMs
    return { document: owed, lines: linesOf({ owed, status, nowMs, style: terminal.style }) }
  })
}

interface Shown {
  readonly owed: readonly Owed[]
  readonly status: NodeStatus
  readonly nowMs: number
  readonly style: Style
}

function linesOf(shown: Shown): readonly string[] {
  const { owed, style } = shown
  const mine = owed.filter((it) => it.mine)
  const theirs = owed.filter((it) => !it.mine)
  const first = mine.length === 0 ? nothing(shown) : section("owed by you", mine, shown)
  const second = theirs.length === 0 ? [] : ["", ...section("owed to you", theirs, shown)]
  const next = mine.find(({ rule }) => commandFor(rule) !== undefined)
  const hint =
    next === undefined
      ? []
      : ["", style.faint(`next: tearline ${commandFor(next.rule)} ${next.thread.slice(0, 8)}`)]
  return [...first, ...second, ...hint]
}

/** Silence must look different from failure: the links are part of it. */
function nothing({ status, nowMs }: Shown): readonly string[] {
  const heard = status.links.filter((link) => !link.isSilent).length
  const last = Math.max(0, ...status.links.map((link) => link.heardAtMs ?? 0))
  const when = last === 0 ? "nothing heard yet" : `last heard ${ago(last, nowMs)}`
  return [`nothing waits for you; links: ${heard} of ${status.links.length}, ${when}`]
}

function section(title: string, owed: readonly Owed[], shown: Shown): readonly string[] {
  const rows = owed.map((it) => rowOf(it, shown))
  return [shown.style.bold(`${title} (${owed.length})`), ...table(rows, "  ")]
}

function rowOf(it: Owed, { nowMs, style }: Shown): readonly string[] {
  const due = untilDue(it.dueMs, nowMs)
  const real = it.threadStatus === "actual" ? "" : `${plain(it.threadStatus).toUpperCase()} `
  return [
    it.overdue ? style.alarm(due) : due,
    absolute(it.dueMs),
    plain(it.precedence),
    dutyOf(it.rule),
    plain(it.thread.slice(0, 8)),
    plain(it.peerName),
    `${real}${plain(it.title)}`,
  ]
}
