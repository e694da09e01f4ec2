import { fileOption, officerOption, threadOf, threadPositional, withDesk } from "../act.ts"
import { CliError } from "../cli-error.ts"
import type { Command, Context, Report } from "../command.ts"
import type { NodeStatus, ThreadDocument } from "../desk/answers.ts"
import type { DeskClient } from "../desk/client.ts"
import { readJsonFile } from "../json-file.ts"

export const read: Command = {
  name: "read",
  summary: "acknowledge: a person has read it",
  details:
    "Acknowledges every message of the thread that waits to be read, each version for itself. " +
    "Read it first: tearline show THREAD.",
  positionals: [threadPositional],
  options: {
    officer: officerOption,
    file: fileOption,
    role: {
      type: "text",
      value: "<role>",
      help: "in which role; peers see it (default: duty-officer)",
    },
    message: { type: "text", value: "<message>", help: "acknowledge this message alone" },
  },
  examples: ["tearline read 3fa9", "tearline read 3fa9 --role chief --officer ines"],
  run: runRead,
}

async function runRead(context: Context): Promise<Report> {
  const { given, terminal, environment } = context
  const thread = threadOf(given, "read")
  const file = given.text("file")
  const fromFile = file === undefined ? undefined : await readJsonFile(file)
  return withDesk(context, async (desk) => {
    const contents = fromFile === undefined ? await receiptsFor(context, desk, thread) : [fromFile]
    const officer = given.text("officer") ?? environment.officer
    const messages: string[] = []
    for (const content of contents) {
      const order = { kind: "receipt", content, officer }
      const made = await terminal.during("waiting for the node…", desk.act(thread, order))
      messages.push(made.message)
    }
    const count = messages.length === 1 ? "one message" : `${messages.length} messages`
    return {
      document: { thread, kind: "receipt", messages },
      lines: [`acknowledged: thread ${thread}, ${count} read`],
    }
  })
}

async function receiptsFor(
  { given }: Context,
  desk: DeskClient,
  thread: string,
): Promise<readonly object[]> {
  const role = given.text("role") ?? "duty-officer"
  const one = given.text("message")
  const waiting = one === undefined ? unread(await desk.thread(thread), await desk.status()) : [one]
  if (waiting.length > 0) return waiting.map((of) => ({ step: "read", of, role }))
  throw new CliError("refused", `nothing in thread ${thread} waits to be read`, {
    hint: `see what it holds with: tearline show ${thread}`,
    shown: "nothing_to_read",
  })
}

function unread(found: ThreadDocument, { org }: NodeStatus): readonly string[] {
  const owed = found.obligations.filter(
    (it) => it.rule === "read" && it.owedBy === org && it.end === null,
  )
  return [...new Set(owed.map(({ about }) => about))]
}
