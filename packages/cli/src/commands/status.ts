import { withDesk } from "../act.ts"
import { alarmLines } from "../alarm-lines.ts"
import { asCalled, type Calling } from "../calling.ts"
import type { Command, Context, Report } from "../command.ts"
import type { LinkStatus, NodeStatus } from "../desk/answers.ts"
import { linkReasons, waitingOf } from "../link-reasons.ts"
import { noPeerLines } from "../no-peer-lines.ts"
import { plain } from "../terminal/plain.ts"
import type { Style } from "../terminal/style.ts"
import { table } from "../terminal/table.ts"
import { absolute, ago } from "../terminal/time.ts"

export const status: Command = {
  name: "status",
  summary: "show the node, its links and what is owed",
  options: {},
  examples: ["tearline status", "tearline status --json"],
  run: runStatus,
}

async function runStatus(context: Context): Promise<Report> {
  const { terminal, environment, given } = context
  const found = await withDesk(context, (desk) =>
    terminal.during("waiting for the node…", desk.status()),
  )
  const calling = { program: environment.program, dir: given.text("dir") }
  return { document: found, lines: linesOf(found, terminal.style, calling) }
}

function linesOf(found: NodeStatus, style: Style, calling: Calling): readonly string[] {
  const { links, threads, obligations, alarms, nowMs } = found
  const overdue = `${obligations.overdue} overdue`
  const head = [
    [plain(found.name), found.org],
    ["status", found.status === "ready" ? style.good("ready") : style.alarm(notReady(found))],
    ["time", absolute(nowMs)],
    ["threads", `${threads.open} open, ${threads.closed} closed`],
    [
      "owed",
      `${obligations.open} open, ${obligations.overdue > 0 ? style.alarm(overdue) : overdue}`,
    ],
    ...restoredRow(found, style),
    ...(found.quarantined > 0 ? [["set aside", style.alarm(setAside(found.quarantined))]] : []),
  ]
  const top = [...table(head), ...alarmLines(alarms, { style, nowMs })]
  if (links.length === 0) return [...top, "", ...noPeerLines(calling)]
  const rows = links.map((link) => rowOf(link, nowMs, style))
  const titles = ["link", "state", "last heard", "last sent", "waiting to leave"]
  const reasons = linkReasons(links).map((it) => asCalled(it, calling))
  const told = reasons.length === 0 ? [] : ["", ...reasons]
  return [...top, "", ...table([titles.map((it) => style.bold(it)), ...rows]), ...told]
}

function notReady({ status: code }: NodeStatus): string {
  if (code !== "no-gateway") return plain(code)
  return "no-gateway: the exchange does not reach it, and tries again; see logs/ of the state folder"
}

function setAside(count: number): string {
  return count === 1
    ? "one arrival that could not be handled"
    : `${count} arrivals that could not be handled`
}

/** A restore, for as long as somebody still has something to give back, and after. */
function restoredRow({ restored }: NodeStatus, style: Style): readonly (readonly string[])[] {
  if (restored === null) return []
  const { atMs, waitingFor } = restored
  const waited = `waiting for returns from: ${waitingFor.map((it) => plain(it)).join(", ")}`
  const state = waitingFor.length > 0 ? style.alarm(waited) : "all returned"
  return [["restored", `at ${absolute(atMs)}, ${state}`]]
}

function rowOf(link: LinkStatus, nowMs: number, style: Style): readonly string[] {
  const when = (atMs: number | null): string => (atMs === null ? "never" : ago(atMs, nowMs))
  const missing = [
    ...(link.gaps > 0 ? [`, ${link.gaps} missing here`] : []),
    ...(link.unheld > 0 ? [`, ${link.unheld} missing there`] : []),
  ]
  const gaps = missing.map((it) => style.alarm(it)).join("")
  return [
    plain(link.name),
    stateOf(link, style) + gaps,
    when(link.heardAtMs),
    when(link.sealedAtMs),
    waitingOf(link).join(", ") || "nothing",
  ]
}

function stateOf({ isSilent, heardAtMs }: LinkStatus, style: Style): string {
  if (isSilent) return style.alarm("silent")
  return heardAtMs === null ? "not heard yet" : style.good("heard")
}
