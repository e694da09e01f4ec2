import { threadOf, threadPositional, withDesk } from "../act.ts"
import type { Command, Context, Report } from "../command.ts"
import type { NodeStatus, ThreadDocument, ThreadObligation } from "../desk/answers.ts"
import { messageLines, receiptLine, type Reading } from "../message-lines.ts"
import { plain } from "../terminal/plain.ts"
import { table } from "../terminal/table.ts"
import { absolute, untilDue } from "../terminal/time.ts"
import { dutyOf } from "../words.ts"

export const show: Command = {
  name: "show",
  summary: "show a thread: what was said, what is owed",
  positionals: [threadPositional],
  options: { all: { type: "flag", help: "also what has been discharged, and receipts in full" } },
  examples: ["tearline show 3fa9", "tearline show 3fa9 --all --json"],
  run: runShow,
}

async function runShow(context: Context): Promise<Report> {
  const { given, terminal } = context
  const id = threadOf(given, "show")
  return withDesk(context, async (desk) => {
    const status = await terminal.during("waiting for the node…", desk.status())
    const found = await terminal.during("waiting for the node…", desk.thread(id))
    const isAll = given.isOn("all")
    return { document: found, lines: linesOf({ found, status, isAll, style: terminal.style }) }
  })
}

interface Shown {
  readonly found: ThreadDocument
  readonly status: NodeStatus
  readonly isAll: boolean
  readonly style: Reading["style"]
}

function linesOf(shown: Shown): readonly string[] {
  const { found, status, isAll, style } = shown
  const reading: Reading = { style, nowMs: status.nowMs, name: (org) => nameIn(org, status) }
  return [
    headOf(found),
    ...saidLines(found, isAll, reading),
    ...owedLines(shown, reading),
    ...oddLines(found, style),
  ]
}

function saidLines({ messages }: ThreadDocument, isAll: boolean, reading: Reading): string[] {
  return messages.flatMap((it) => {
    const receipt = isAll ? undefined : receiptLine(it, reading)
    return ["", ...(receipt === undefined ? messageLines(it, reading) : [receipt])]
  })
}

function headOf({ thread, isClosed, precedence }: ThreadDocument): string {
  const { id, peerName, status } = thread
  const real = status === "actual" ? "" : `${plain(status).toUpperCase()}, `
  const state = isClosed ? "closed" : "open"
  return `${real}thread ${plain(id)} with ${plain(peerName)}, ${plain(precedence ?? "")} ${state}`
}

function nameIn(org: string, status: NodeStatus): string {
  if (org === status.org) return plain(status.name)
  const name = status.links.find(({ peer }) => peer === org)?.name
  return name === undefined ? plain(org.slice(0, 8)) : plain(name)
}

function owedLines({ found, status, isAll, style }: Shown, reading: Reading): readonly string[] {
  const owed = found.obligations.filter((it) => isAll || it.end === null)
  if (owed.length === 0) return ["", "nothing is owed any more"]
  const rows = owed.map((it) => owedRow(it, status.nowMs, reading))
  return ["", style.bold("owed"), ...table(rows, "  ")]
}

function owedRow(it: ThreadObligation, nowMs: number, reading: Reading): readonly string[] {
  const who = `${reading.name(it.owedBy)}: ${dutyOf(it.rule)}`
  if (it.end !== null) return [plain(it.end.kind), absolute(it.end.atMs), who]
  const due = untilDue(it.dueMs, nowMs)
  const notYet = it.startMs > nowMs ? ` (arises ${absolute(it.startMs)})` : ""
  return [it.dueMs < nowMs ? reading.style.alarm(due) : due, absolute(it.dueMs), who + notYet]
}

/** What should not be there is said loudly, with its number and where to find the rest. */
function oddLines(found: ThreadDocument, style: Reading["style"]): readonly string[] {
  const odd = [
    [found.conflicts, "two messages bear one number: one of the two sides is not what it was"],
    [found.waiting, "waits for a message that has not arrived"],
    [found.refusals, "was refused by the other side: see tearline mend --help"],
  ] as const
  const lines = odd
    .filter(([list]) => list.length > 0)
    .map(([list, words]) => style.alarm(`${list.length} × ${words}`))
  return lines.length === 0 ? [] : ["", ...lines]
}
