/** The courier's errand: hands in, lays out, and says what it had to leave. */

import { statSync } from "node:fs"
import { resolve } from "node:path"
import { setTimeout as pause } from "node:timers/promises"

import type { HandedIn, LaidOut, OrgId, SeenFiles } from "@tearline/core"

import { withDesk } from "../act.ts"
import { CliError, fileError } from "../cli-error.ts"
import type { Command, Context, Report } from "../command.ts"
import type { OpenDoor } from "../courier/door.ts"
import { byLineText, handedInLines, laidOutLines, noRoomText } from "../courier/lines.ts"
import { peerOf } from "../desk/names.ts"
import { usageError } from "../given.ts"
import { stateDir } from "../state/choice.ts"
import { type NodeFolder, openNodeFolder } from "../state/folder.ts"

export const carry: Command = {
  name: "carry",
  summary: "carry envelopes and receipts by file: a stick, a folder, a diode",
  details:
    "With --from, what a folder holds for this node is handed in; with --to, what waits for peers " +
    "that are reached by file is written into a folder, most urgent first. Both may be the same. " +
    "It may be stopped anywhere and run again: nothing is lost and nothing counts twice. What has " +
    "no receipt goes on every stick. A file that is bad is left where it is, and named. Where " +
    "there is no room the most urgent goes, and the rest on the next stick.",
  options: {
    from: { type: "text", value: "<folder>", help: "hand in what is in this folder" },
    to: { type: "text", value: "<folder>", help: "write what is to go into this folder" },
    peer: { type: "text", value: "<name>", help: "write only what goes to this peer" },
    clear: {
      type: "flag",
      help: "remove what was handed in: for a folder that nobody else reads",
    },
    watch: { type: "flag", help: "go on until Ctrl-C, for a folder that is filled by itself" },
  },
  examples: [
    "tearline carry --from /media/stick --to /media/stick",
    "tearline carry --to /media/stick --peer Birch",
    "tearline carry --from /srv/diode/in --clear --to /srv/diode/out --watch",
  ],
  run: runCarry,
}

interface Errand {
  readonly from: string | undefined
  readonly to: string | undefined
  readonly peer: OrgId | undefined
  readonly isCleared: boolean
}

interface Trip {
  readonly from: (HandedIn & { readonly folder: string }) | null
  readonly to: (LaidOut & { readonly folder: string }) | null
}

const watchMs = 5_000
/** What was refused is handed in again every ten minutes. */
const tripsUntilAgain = 120

async function runCarry(context: Context): Promise<Report | undefined> {
  const folder = openNodeFolder(stateDir(context))
  const errand = await errandOf(context)
  // Keys and TLS take a while to load, and other commands need neither.
  const { courierDoor } = await import("../courier/door.ts")
  const door = courierDoor(folder)
  try {
    if (context.given.isOn("watch")) return await watched(context, { folder, door, errand })
    const work = trip({ folder, door, errand }, undefined)
    const done = await context.terminal.during("carrying…", work)
    return told(context, done)
  } finally {
    door.hangUp()
  }
}

async function errandOf(context: Context): Promise<Errand> {
  const { given } = context
  const from = folderOf(given.text("from"))
  const to = folderOf(given.text("to"))
  if (from === undefined && to === undefined) {
    throw usageError("give --from, --to or both", "carry")
  }
  const isCleared = given.isOn("clear")
  if (isCleared && from === undefined) throw usageError("--clear needs --from", "carry")
  const typed = given.text("peer")
  if (typed === undefined) return { from, to, peer: undefined, isCleared }
  if (to === undefined) throw usageError("--peer needs --to", "carry")
  return { from, to, peer: await addresseeOf(context, typed), isCleared }
}

async function addresseeOf(context: Context, typed: string): Promise<OrgId> {
  return withDesk(context, async (desk) => {
    const { org } = peerOf(typed, await desk.peers())
    const byLine = byLineText((await desk.status()).links, org)
    if (byLine !== undefined) context.terminal.note(byLine)
    return org as OrgId
  })
}

function folderOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  const whole = resolve(path)
  try {
    if (statSync(whole).isDirectory()) return whole
  } catch (error) {
    throw fileError(error, whole, "read")
  }
  throw new CliError("cannot_read", `${whole} is no folder`, { hint: "name a folder" })
}

interface Tools {
  readonly folder: NodeFolder
  readonly door: OpenDoor
  readonly errand: Errand
}

/** In before out, so that the receipts of what came go with the same stick. */
async function trip(tools: Tools, seen: SeenFiles | undefined): Promise<Trip> {
  const { handIn, layOut } = await import("@tearline/core")
  const { dropFolderAt } = await import("@tearline/exchange/carrier")
  const { folder, door, errand } = tools
  const own = folder.config().org as OrgId
  const { from, to, peer, isCleared } = errand
  try {
    const known = seen === undefined ? {} : { seen }
    const inward = from && (await handIn(dropFolderAt(from), door, { own, isCleared, ...known }))
    const outward =
      to &&
      (await layOut(dropFolderAt(to), door, { own, ...(peer === undefined ? {} : { to: peer }) }))
    return {
      from: inward ? { folder: from, ...inward } : null,
      to: outward ? { folder: to, ...outward } : null,
    }
  } catch (error) {
    throw folderError(error)
  }
}

function folderError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== "FolderError") return error
  const hint = "put the stick in again, or check the folder, and run this again: it goes on"
  return new CliError("cannot_read", error.message, { hint, cause: error })
}

function linesOf({ from, to }: Trip): readonly string[] {
  return [
    ...(from === null ? [] : handedInLines(from, from.folder)),
    ...(to === null ? [] : laidOutLines(to, to.folder)),
  ]
}

/** All is printed; whoever reads only the exit code still learns that something was left behind. */
function told({ terminal }: Context, done: Trip): Report {
  const trouble = fullError(done) ?? leftError(done)
  if (trouble === undefined) return { document: done, lines: linesOf(done) }
  terminal.print(done, linesOf(done))
  throw trouble
}

function fullError({ to }: Trip): CliError | undefined {
  const full = to === null ? undefined : noRoomText(to)
  if (to === null || full === undefined) return undefined
  return new CliError("disk_full", `no room in ${to.folder} for ${full}`, {
    hint: "what is most urgent is on it; carry it, and run this again with another for the rest",
  })
}

function leftError({ from }: Trip): CliError | undefined {
  const left = from?.leftCount ?? 0
  if (left === 0) return undefined
  const message =
    left === 1 ? "one file was left where it is" : `${left} files were left where they are`
  return new CliError("left_behind", message, {
    hint: "what they held comes again with the next stick; see docs/operating/by-file.md",
  })
}

async function watched(context: Context, tools: Tools): Promise<undefined> {
  const { terminal } = context
  const stopping = new AbortController()
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => stopping.abort())
  }
  const seen: SeenFiles = new Map()
  let trouble = ""
  for (let trips = 1; !stopping.signal.aborted; trips += 1) {
    // Whose peer was unknown may be known by now.
    if (trips % tripsUntilAgain === 0) forgetRefused(seen)
    try {
      const made = await trip(tools, seen)
      if (isNews(made)) terminal.printLine(made, linesOf(made).join("\n"))
      const full = fullError(made)
      if (full !== undefined) throw full
      trouble = ""
    } catch (error) {
      // What is full or away is so no more some day: said once, not every few seconds.
      if (!(error instanceof CliError)) throw error
      if (error.message !== trouble) terminal.note(`${error.message}; trying again`)
      trouble = error.message
    }
    await pause(watchMs, undefined, { signal: stopping.signal }).catch(() => undefined)
  }
  return undefined
}

function forgetRefused(seen: SeenFiles): void {
  for (const [name, how] of seen) if (how === "refused") seen.delete(name)
}

function isNews({ from, to }: Trip): boolean {
  const came = from === null ? 0 : from.units + from.answers + from.leftCount
  const went = to === null ? 0 : to.units + to.answers - to.there + to.removed + to.cleared
  return came + went > 0
}
