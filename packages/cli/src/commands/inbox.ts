import { withDesk } from "../act.ts"
import type { Command, Context, Report } from "../command.ts"
import { inboxLines } from "../inbox-lines.ts"
import { parseTime } from "../terminal/time.ts"

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
    return { document: owed, lines: inboxLines({ owed, status, nowMs, style: terminal.style }) }
  })
}
