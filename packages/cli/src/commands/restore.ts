import { asCalled } from "../calling.ts"
import type { Command, Context, Report } from "../command.ts"
import { stateDir } from "../state/choice.ts"
import { openNodeFolder } from "../state/folder.ts"
import { plain } from "../terminal/plain.ts"
import { absolute } from "../terminal/time.ts"

export const restore: Command = {
  name: "restore",
  summary: "after a database was brought back from a backup: authorise a new epoch",
  details:
    "Type it while the node is stopped, each time that a database of it has been brought back from a " +
    "backup, before the next start. It needs the offline root key. The node then tells every peer, " +
    "and each gives back what was lost; nobody sends or types anything again. " +
    "See docs/operating/backup-and-restore.md.",
  options: {
    root: {
      type: "text",
      value: "<file>",
      help: "the root key, as init wrote it (default: secrets/root.json of the state folder)",
    },
  },
  examples: ["tearline restore --dir ./alder --root /media/offline/root.json"],
  run: runRestore,
}

async function runRestore(context: Context): Promise<Report> {
  const folder = openNodeFolder(stateDir(context))
  const rootFile = context.given.text("root")
  // Loaded here alone: every other command is quicker without keys.
  const { authoriseRestore } = await import("../state/restore.ts")
  const nowMs = Date.now()
  const done = authoriseRestore(folder, rootFile === undefined ? { nowMs } : { rootFile, nowMs })
  const calling = { program: context.environment.program, dir: undefined }
  return {
    document: done,
    lines: [
      `authorised epoch ${done.epoch} at ${absolute(done.atMs)}`,
      ...(done.isByClock
        ? [
            "no record of earlier epochs is here: if that is not the time now, set the clock and " +
              "type this again",
          ]
        : []),
      "",
      asCalled(`next: start it with: tearline up --dir ${plain(folder.dir)}`, calling),
      asCalled("and see who has given back everything with: tearline status", {
        ...calling,
        dir: folder.dir,
      }),
    ],
  }
}
