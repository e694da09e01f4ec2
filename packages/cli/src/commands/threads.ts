import { withDesk } from "../act.ts"
import type { Command, Context, Report } from "../command.ts"
import type { NodeStatus, InboxLine, ThreadSummary } from "../desk/answers.ts"
import { wholeInbox } from "../desk/whole-inbox.ts"
import { type ListedThread, threadLines } from "../thread-lines.ts"

export const threads: Command = {
  name: "threads",
  summary: "list the threads, open ones first",
  details:
    "Each with the beginning of its id, its peer, what is due next in it and who owes it. " +
    "The newest thousand; with --json, whole ids and everything that is owed.",
  options: {},
  examples: ["tearline threads", "tearline threads --json"],
  run: runThreads,
}

async function runThreads(context: Context): Promise<Report> {
  const { terminal } = context
  return withDesk(context, async (desk) => {
    const status = await terminal.during("waiting for the node…", desk.status())
    const found = await terminal.during("waiting for the node…", desk.threads())
    const { lines } = await terminal.during(
      "gathering what is owed…",
      wholeInbox(desk, status.nowMs),
    )
    const listed = withOwed(found, lines)
    return { document: listed, lines: linesOf(listed, status, context) }
  })
}

function withOwed(
  found: readonly ThreadSummary[],
  owed: readonly InboxLine[],
): readonly ListedThread[] {
  const byThread = Map.groupBy(owed, ({ thread }) => thread)
  return found
    .map((it) => ({
      ...it,
      owed: (byThread.get(it.id) ?? []).toSorted((a, b) => a.dueMs - b.dueMs),
    }))
    .toSorted((a, b) => Number(a.isClosed) - Number(b.isClosed))
}

function linesOf(
  listed: readonly ListedThread[],
  { nowMs }: NodeStatus,
  { terminal }: Context,
): readonly string[] {
  if (listed.length === 0) return ["no thread yet; one begins with a warning: tearline warn"]
  return threadLines(listed, { nowMs, style: terminal.style })
}
