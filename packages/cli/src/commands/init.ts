import { resolve } from "node:path"

import type { RoleUrls } from "@tearline/postgres"

import { asCalled } from "../calling.ts"
import { CliError } from "../cli-error.ts"
import type { Command, Context, Report } from "../command.ts"
import { type Given, usageError } from "../given.ts"
import { readJsonFile } from "../json-file.ts"
import { stateDir } from "../state/choice.ts"
import type { InitOptions } from "../state/init.ts"
import { plain } from "../terminal/plain.ts"

const carriers = ["https", "file"] as const

export const init: Command = {
  name: "init",
  summary: "make a node: its keys, its statements, its state folder",
  details:
    "The folder is made whole or not at all, and one that is there is never touched. " +
    "secrets/root.json and secrets/next-root.json are needed only to change keys: " +
    "move them offline, each to a place of its own.",
  options: {
    name: { type: "text", value: "<name>", help: "what peers call this organisation" },
    listen: {
      type: "text",
      value: "<host:port>",
      help: "where the gateway listens (default: 127.0.0.1:8443; port 0 picks a free one, for good)",
    },
    endpoint: {
      type: "text",
      value: "<url>",
      help: "the https address that peers are told (default: that of --listen)",
    },
    carrier: {
      type: "text",
      value: "<code>",
      isMultiple: true,
      codes: carriers,
      help: "how envelopes may reach it, the preferred one first (default: https)",
    },
    "stick-hours": {
      type: "text",
      value: "<hours>",
      help: "by file: how often a stick is to go, 1 to 336 (default: 24)",
    },
    telephone: {
      type: "text",
      value: "<number>",
      help: "the duty officer's, for when nothing else answers",
    },
    seam: {
      type: "text",
      value: "<folder>",
      help: "exchange and gateway speak through two folders in this one, for a diode or guard",
    },
    "database-urls": {
      type: "text",
      value: "<file>",
      help:
        "use an external PostgreSQL: a JSON file with the URLs gatewayOwner, gateway, deskOwner, " +
        "exchange, home, bridge",
    },
  },
  examples: [
    "tearline init --name Alder --dir ./alder --listen 127.0.0.1:8443",
    "tearline init --name Birch --listen 0.0.0.0:8443 --endpoint https://tearline.birch.example:8443",
  ],
  run: runInit,
}

async function runInit(context: Context): Promise<Report> {
  const { given, terminal, environment } = context
  const name = nameOf(given.needed("name"))
  const listen = listenOf(given.text("listen") ?? "127.0.0.1:8443")
  const endpoint = endpointOf(given.text("endpoint"))
  const telephone = given.text("telephone")
  const reached = reachedBy(given)
  const seam = given.text("seam")
  const file = given.text("database-urls")
  const databases = file === undefined ? undefined : await databasesOf(file)
  // Loaded here alone: every other command is quicker without keys and certificates.
  const { initNode } = await import("../state/init.ts")
  const made = await terminal.during(
    "making keys…",
    initNode({
      dir: stateDir(context),
      name,
      listen,
      ...reached,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(telephone === undefined ? {} : { telephone }),
      ...(databases === undefined ? {} : { databases }),
      ...(seam === undefined ? {} : { seam: resolve(seam) }),
    }),
  )
  const { config, dir, fingerprint } = made
  const calling = { program: environment.program, dir: undefined }
  return {
    document: { dir, org: config.org, name: config.name, endpoint: config.endpoint, fingerprint },
    lines: [
      `made ${plain(config.name)} in ${plain(dir)}`,
      `organisation  ${config.org}`,
      `fingerprint   ${fingerprint}`,
      `endpoint      ${plain(config.endpoint)}`,
      "",
      `next: move ${plain(dir)}/secrets/root.json and next-root.json offline,`,
      asCalled(`then start it with: tearline up --dir ${plain(dir)}`, calling),
    ],
  }
}

/** Throws `wrong_usage`. */
function reachedBy(given: Given): Pick<InitOptions, "carriers" | "heartbeatSeconds"> {
  const chosen = given.list("carrier") as readonly (typeof carriers)[number][]
  const hours = given.text("stick-hours")
  const isByFile = chosen[0] === "file"
  if (hours === undefined) return chosen.length === 0 ? {} : { carriers: chosen }
  if (!isByFile) throw usageError("--stick-hours is for --carrier file first", "init")
  const count = Number(hours)
  if (Number.isInteger(count) && count >= 1 && count <= 336) {
    return { carriers: chosen, heartbeatSeconds: count * 3_600 }
  }
  throw usageError(`--stick-hours is no number from 1 to 336: "${hours}"`, "init")
}

function nameOf(name: string): string {
  if (name.length <= 200 && name.trim() === name && plain(name) === name) return name
  throw usageError(
    "--name is over 200 characters, or holds spaces at its ends or odd marks",
    "init",
  )
}

function listenOf(typed: string): { host: string; port: number } {
  const found = /^(?:\[([0-9a-fA-F:]+)\]|([^:\s]+)):(\d{1,5})$/.exec(typed)
  const host = found?.[1] ?? found?.[2]
  const port = Number(found?.[3])
  if (host !== undefined && port <= 65_535) return { host, port }
  throw usageError(`--listen is no host:port: "${typed}"`, "init")
}

function endpointOf(typed: string | undefined): string | undefined {
  if (typed === undefined) return undefined
  const url = URL.canParse(typed) ? new URL(typed) : undefined
  const isPlain = url?.pathname === "/" && url.search === "" && url.username === ""
  if (url?.protocol === "https:" && isPlain) return url.origin
  throw usageError(`--endpoint is not of the form https://host:port: "${typed}"`, "init")
}

const urlNames = ["gatewayOwner", "gateway", "deskOwner", "exchange", "home", "bridge"] as const

async function databasesOf(file: string): Promise<RoleUrls> {
  const found = (await readJsonFile(file)) as Record<string, unknown> | null
  const missing = urlNames.find((name) => typeof found?.[name] !== "string")
  if (missing === undefined) {
    return Object.fromEntries(urlNames.map((it) => [it, found?.[it]])) as unknown as RoleUrls
  }
  throw new CliError("wrong_content", `${file} has no URL for ${missing}`, {
    hint: `it needs one text each for ${urlNames.join(", ")}`,
  })
}
