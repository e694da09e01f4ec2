import { withDesk } from "../act.ts"
import { CliError, fileError } from "../cli-error.ts"
import type { Command, Context, Report } from "../command.ts"
import { writeNew } from "../state/durable.ts"
import { plain } from "../terminal/plain.ts"

export const peerExport: Command = {
  name: "peer export",
  summary: "write the invite that a peer adds, and show its fingerprint",
  details:
    "The invite may travel by any way, a hostile one too. The fingerprint must not travel with it: " +
    "two people compare it on a line that they already trust.",
  options: {
    out: {
      type: "text",
      value: "<file>",
      help: "write the invite there; a file that is there stays",
    },
  },
  examples: ["tearline peer export --out alder.invite", "tearline peer export > alder.invite"],
  run: runExport,
}

async function runExport(context: Context): Promise<Report> {
  const { given, terminal } = context
  const { invite, fingerprint } = await withDesk(context, (desk) =>
    terminal.during("waiting for the node…", desk.invite()),
  )
  const file = given.text("out")
  const document = { tearline: "invite", version: 1, invite }
  terminal.note(`fingerprint of this organisation: ${fingerprint}`)
  if (file === undefined) {
    const whole = { ...document, ...(terminal.isJson ? { fingerprint } : {}) }
    return { document: whole, lines: [JSON.stringify(document)] }
  }
  try {
    writeNew(file, `${JSON.stringify(document)}\n`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw fileError(error, file, "write")
    const hint = "name another file, or delete that one"
    throw new CliError("already_there", `${file} is there; nothing was changed`, { hint })
  }
  return { document: { file, fingerprint }, lines: [`wrote ${plain(file)}`] }
}
