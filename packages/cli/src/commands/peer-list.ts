import { withDesk } from "../act.ts"
import type { Command, Context, Report } from "../command.ts"
import { noPeerLines } from "../no-peer-lines.ts"
import { plain } from "../terminal/plain.ts"
import { table } from "../terminal/table.ts"

export const peerList: Command = {
  name: "peer list",
  summary: "list the peers",
  options: {},
  examples: ["tearline peer list"],
  run: runList,
}

async function runList(context: Context): Promise<Report> {
  const peers = await withDesk(context, (desk) =>
    context.terminal.during("waiting for the node…", desk.peers()),
  )
  const rows = peers.map(({ org, name }) => [plain(name), org])
  const calling = { program: context.environment.program, dir: context.given.text("dir") }
  return { document: peers, lines: rows.length === 0 ? noPeerLines(calling) : table(rows) }
}
