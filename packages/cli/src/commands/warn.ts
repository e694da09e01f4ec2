import { precedences, statuses } from "@tearline/core"

import { officerOption, withDesk } from "../act.ts"
import type { Command, Context, Report } from "../command.ts"
import { checkedContent } from "../content.ts"
import type { AddresseeChoice, WarningOrder } from "../desk/answers.ts"
import type { DeskClient } from "../desk/client.ts"
import { nameOf, peerOf } from "../desk/names.ts"
import { type Given, usageError } from "../given.ts"
import { readJsonFile } from "../json-file.ts"
import { notAllWarned } from "../not-all-warned.ts"
import { table } from "../terminal/table.ts"
import { warningContent, warningOptions } from "../warning-flags.ts"

export const warn: Command = {
  name: "warn",
  summary: "warn one or more peers",
  details:
    "Every one of the seven elements is filled, or said to be unknown, withheld or not applicable; " +
    "none is left out in silence. A file holds addressees, precedence, status and content, as in " +
    '{ "addressees": [{ "org": "Birch" }], "precedence": "FLASH", "status": "actual", "content": {…} }; ' +
    "--to, --precedence and --status stand in for what it leaves out.",
  options: {
    to: {
      type: "text",
      value: "<peer>",
      help: "whom to warn, by name or id; may be repeated",
      isMultiple: true,
    },
    precedence: {
      type: "text",
      value: "<code>",
      help: "how urgent it is",
      codes: precedences.codes,
    },
    status: {
      type: "text",
      value: "<code>",
      help: "whether it is real (default: actual)",
      codes: statuses.codes,
    },
    officer: officerOption,
    file: { type: "text", value: "<file>", help: "the warning as JSON; - for standard input" },
    ...warningOptions,
  },
  examples: [
    "tearline warn --file warning.json",
    "tearline warn --to Birch --precedence FLASH --title 'Attack on a cathedral' --life yes " +
      "--what 'explosives in a crowd' --where 'Saint Petersburg' --when '16 December' --unknown who " +
      "--unknown how --how-sure likely --ask 'protect the place' --tlp TLP:AMBER --pap PAP:AMBER",
  ],
  run: runWarn,
}

async function runWarn(context: Context): Promise<Report> {
  const { terminal } = context
  const draft = await draftOf(context)
  const content = await checkedContent("warning", draft.content)
  return withDesk(context, async (desk) => {
    const { addressees, names } = await resolved(desk, draft.addressees)
    const order: WarningOrder = { ...draft, content, addressees }
    const made = await terminal.during(
      "waiting for the node to sign and store it…",
      desk.warn(order),
    )
    const rows = made.threads.map(({ org, thread }) => [thread, names(org)])
    const warned = `warned (${order.precedence}, ${order.status}); it leaves by itself`
    const lines = [warned, ...table(rows, "  ")]
    if (made.leftOut.length === 0) return { document: made, lines }
    terminal.print(made, lines)
    throw notAllWarned(made.leftOut, names)
  })
}

async function draftOf(context: Context): Promise<WarningOrder> {
  const { given, environment } = context
  const file = given.text("file")
  const base = {
    status: given.text("status") ?? "actual",
    officer: given.text("officer") ?? environment.officer,
  }
  if (file === undefined) {
    const addressees = given.list("to").map((org) => ({ org }))
    if (addressees.length === 0) throw usageError("--to is missing: whom to warn", "warn")
    const precedence = given.needed("precedence")
    return { ...base, addressees, precedence, content: warningContent(given, Date.now()) }
  }
  refuseBoth(given)
  return { ...base, ...fromFile(given, await readJsonFile(file)) }
}

function refuseBoth(given: Given): void {
  const stray = Object.keys(warningOptions).find((name) => given.isOn(name))
  if (stray === undefined) return
  throw usageError(`--file and --${stray} are both given; one of them suffices`, "warn")
}

type FromFile = Omit<WarningOrder, "status" | "officer"> & Partial<Pick<WarningOrder, "status">>

function fromFile(given: Given, value: unknown): FromFile {
  if (typeof value !== "object" || value === null || !("content" in value)) {
    throw usageError("the file has no content", "warn")
  }
  const { addressees, precedence, status, content } = value as Partial<WarningOrder>
  const to = given.list("to").map((org) => ({ org }))
  const chosen = to.length > 0 ? to : addressees
  if (!isAddressees(chosen)) throw usageError("the file has no addressees: add --to", "warn")
  return {
    addressees: chosen,
    precedence: codeOf({ typed: given.text("precedence") ?? precedence, codes: precedences.codes }),
    ...(given.isOn("status") || status === undefined
      ? {}
      : { status: codeOf({ typed: status, codes: statuses.codes }) }),
    content,
  }
}

function isAddressees(value: unknown): value is readonly AddresseeChoice[] {
  if (!Array.isArray(value) || value.length === 0) return false
  return value.every((it: Partial<AddresseeChoice> | null) => typeof it?.org === "string")
}

function codeOf({ typed, codes }: { typed: unknown; codes: readonly string[] }): string {
  if (typeof typed === "string" && codes.includes(typed)) return typed
  throw usageError(`"${String(typed)}" is none of ${codes.join(", ")}`, "warn")
}

interface Resolved {
  readonly addressees: readonly AddresseeChoice[]
  readonly names: (org: string) => string
}

async function resolved(
  desk: DeskClient,
  addressees: readonly AddresseeChoice[],
): Promise<Resolved> {
  const peers = await desk.peers()
  return {
    addressees: addressees.map((it) => ({ ...it, org: peerOf(it.org, peers).org })),
    names: (org) => nameOf(org, peers),
  }
}
