import { withDesk } from "../act.ts"
import type { Command, Context, Report } from "../command.ts"
import type { Inbox } from "../desk/answers.ts"
import { wholeInbox } from "../desk/whole-inbox.ts"
import type { Given } from "../given.ts"
import { inboxLines } from "../inbox-lines.ts"
import { parseTime } from "../terminal/time.ts"

export const inbox: Command = {
  name: "inbox",
  summary: "list what is owed, by due time",
  details:
    "First what this organisation owes, then what others owe it. Where it is very long, the most " +
    "urgent is listed, and how much is left out; with --json, everything.",
  options: {
    all: { type: "flag", help: "everything, however long it is" },
    at: { type: "text", value: "<time>", help: "as it stands at that time instead of now" },
    mine: { type: "flag", help: "only what this organisation owes" },
  },
  examples: [
    "tearline inbox",
    "tearline inbox --all",
    "tearline inbox --mine --json",
    "tearline inbox --at +24h",
  ],
  run: runInbox,
}

async function runInbox(context: Context): Promise<Report> {
  const { given, terminal, environment } = context
  const at = given.text("at")
  const calling = { program: environment.program, dir: given.text("dir") }
  return withDesk(context, async (desk) => {
    const status = await terminal.during("waiting for the node…", desk.status())
    const atMs = at === undefined ? undefined : parseTime("at", at, status.nowMs)
    const nowMs = atMs ?? status.nowMs
    const isWhole = given.isOn("all") || terminal.isJson
    const asked = isWhole ? wholeInbox(desk, nowMs) : desk.inbox(atMs)
    const found = ofSides(await terminal.during("gathering what is owed…", asked), given)
    const { lines: owed, more } = found
    const lines = inboxLines({ owed, more, status, nowMs, style: terminal.style, calling })
    return { document: owed, lines }
  })
}

function ofSides({ lines, more }: Inbox, given: Given): Inbox {
  if (!given.isOn("mine")) return { lines, more }
  return { lines: lines.filter(({ mine }) => mine), more: { ...more, theirs: 0 } }
}
