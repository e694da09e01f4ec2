/**
 * Makes the state folder of a new node: whole, or not at all.
 *
 * It is built beside its place under another name, flushed, and renamed. So a crash or a full disk
 * leaves no half node, and a folder that is there is never touched.
 */

import { randomInt } from "node:crypto"
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path"

import type { RoleUrls } from "@tearline/postgres"

import { CliError, fileError, systemCode } from "../cli-error.ts"
import { flushFolder, writeNew } from "./durable.ts"
import { type NodeConfig, NodeFolder } from "./folder.ts"
import { makeKeys, type NewKeys } from "./keys.ts"

export interface InitOptions {
  readonly dir: string
  /** What peers call the organisation: 1 to 200 characters. */
  readonly name: string
  /** Where the gateway listens; 127.0.0.1 and 8443 unless told. Port 0 picks a free one, for good. */
  readonly listen?: { readonly host: string; readonly port: number }
  /** What peers are told; that of `listen` unless told. */
  readonly endpoint?: string
  /** The duty officer's telephone, for when nothing else answers. */
  readonly telephone?: string
  /** How often each link is to be heard; 3,600 unless told. */
  readonly heartbeatSeconds?: number
  /** How envelopes may reach it, the preferred one first: `https` alone unless told. */
  readonly carriers?: readonly ("https" | "file")[]
  /** External databases by role; the embedded server unless told. */
  readonly databases?: RoleUrls
  /** A folder for the two folders between exchange and gateway; a line unless told. Absolute. */
  readonly seam?: string
  /** Since when peers may take its keys as valid; a day ago unless told. For what plays in the past. */
  readonly validFromMs?: number
}

export interface NewNode {
  readonly dir: string
  readonly config: NodeConfig
  readonly fingerprint: string
}

/** Makes a node. Throws `already_there`, `cannot_write`, `disk_full`, `wrong_usage`. */
export async function initNode(options: InitOptions): Promise<NewNode> {
  const folder = new NodeFolder(options.dir)
  refuseExisting(folder.dir)
  const wanted = options.listen ?? { host: "127.0.0.1", port: 8443 }
  const listen = wanted.port === 0 ? { ...wanted, port: await freePort(wanted.host) } : wanted
  const endpoint = options.endpoint ?? endpointOf(listen)
  const nowMs = Date.now()
  const carriers = options.carriers ?? ["https"]
  const keys = await makeKeys({
    name: options.name,
    endpoint,
    telephone: options.telephone ?? "not given",
    // By file a sign of life goes with the stick, once a day.
    heartbeatSeconds: options.heartbeatSeconds ?? (carriers[0] === "file" ? 86_400 : 3_600),
    carriers,
    nowMs,
    // A peer's clock may be behind ours; a key needs no birthday to the second.
    validFromMs: options.validFromMs ?? nowMs - 24 * 60 * 60 * 1000,
  })
  const config: NodeConfig = {
    version: 1,
    name: options.name,
    org: keys.org,
    listen,
    endpoint,
    database: options.databases === undefined ? "embedded" : "external",
    ...(options.seam === undefined ? {} : { seam: seamIn(options.seam) }),
  }
  const { databases } = options
  const secrets = databases === undefined ? keys.secrets : { ...keys.secrets, database: databases }
  build(folder.dir, config, { ...keys, secrets }, options.seam)
  return { dir: folder.dir, config, fingerprint: keys.fingerprint }
}

const seamFolders = ["to-gateway", "to-exchange"] as const

/** Nothing between the two sides yet: what one writes is what the other reads. */
function seamIn(path: string): NonNullable<NodeConfig["seam"]> {
  const [toGateway, toExchange] = seamFolders.map((name) => join(path, name)) as [string, string]
  return {
    exchange: { out: toGateway, in: toExchange },
    gateway: { out: toExchange, in: toGateway },
  }
}

/** Private and new: whoever writes there is believed to be the exchange, another node's too. */
function makeSeam(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    for (const name of seamFolders) mkdirSync(join(path, name), { mode: 0o700 })
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw fileError(error, path, "write")
    throw new CliError("already_there", `${path} is the seam of a node already, or no folder`, {
      hint: "two nodes never share one: choose another folder, or remove the old one",
      cause: error,
    })
  }
}

/** Where the seam is made: with the node's own folder, if it lies in it. */
function seamWithin(fresh: string, dir: string, seam: string): string {
  const path = relative(dir, seam)
  return path.startsWith("..") || isAbsolute(path) ? seam : join(fresh, path)
}

function refuseExisting(dir: string): void {
  let names: readonly string[]
  try {
    names = readdirSync(dir)
  } catch (error) {
    if (systemCode(error) === "ENOENT") return
    throw fileError(error, dir, "read")
  }
  if (names.length === 0) return
  throw new CliError("already_there", `${dir} is there and not empty; nothing was changed`, {
    hint: names.includes("tearline.json")
      ? `it holds a node: start it with tearline up --dir ${dir}, or choose another folder`
      : "choose another folder",
  })
}

function build(dir: string, config: NodeConfig, keys: NewKeys, seam: string | undefined): void {
  const parent = dirname(dir)
  let fresh: string | undefined
  try {
    mkdirSync(parent, { recursive: true })
    // Private from its first moment: mkdtemp makes it 0700.
    fresh = mkdtempSync(`${resolve(parent, basename(dir))}.new-`)
    fill(new NodeFolder(fresh), config, keys)
    if (seam !== undefined) makeSeam(seamWithin(fresh, dir, seam))
    renameSync(fresh, dir)
    flushFolder(parent)
  } catch (error) {
    if (fresh !== undefined) rmSync(fresh, { recursive: true, force: true })
    throw fileError(error, dir, "write")
  }
}

function fill(folder: NodeFolder, config: NodeConfig, keys: NewKeys): void {
  for (const name of ["secrets", "statements", "logs", "run"]) {
    mkdirSync(`${folder.dir}/${name}`, { mode: 0o700 })
  }
  for (const [name, secret] of Object.entries(keys.secrets)) {
    writeNew(folder.secret(name), `${JSON.stringify(secret, undefined, 2)}\n`)
  }
  writeNew(folder.statement("identity"), keys.identity)
  writeNew(folder.statement("operations"), keys.operations)
  writeNew(folder.configFile, `${JSON.stringify(config, undefined, 2)}\n`)
  for (const name of ["secrets", "statements", "."]) flushFolder(`${folder.dir}/${name}`)
}

function endpointOf({ host, port }: { host: string; port: number }): string {
  if (host === "0.0.0.0" || host === "::") {
    const hint = "give the address under which peers reach it: --endpoint https://HOST:PORT"
    throw new CliError("wrong_usage", `no peer can be told to call ${host}`, { hint })
  }
  return `https://${host.includes(":") ? `[${host}]` : host}:${port}`
}

/** Below the ports that systems give to outgoing connections: one of those may be taken any time. */
const portsForNodes = { from: 20_000, count: 10_000 }
const portTriesMax = 50

/** A port that is free now and likely to be at the next start. */
async function freePort(host: string): Promise<number> {
  for (let tries = 1; tries < portTriesMax; tries += 1) {
    const port = portsForNodes.from + randomInt(portsForNodes.count)
    const isFree = await listensOn(host, port).catch((error: unknown) => {
      if (systemCode(error) === "EADDRINUSE") return false
      throw refusedHost(host, error)
    })
    if (isFree) return port
  }
  throw refusedHost(host)
}

function refusedHost(host: string, cause?: unknown): CliError {
  const hint = "give an address of this machine: --listen 127.0.0.1:8443"
  return new CliError("wrong_usage", `this machine cannot listen on ${host}`, { hint, cause })
}

async function listensOn(host: string, port: number): Promise<boolean> {
  const server = createServer()
  const { promise, resolve: listening, reject } = Promise.withResolvers<void>()
  server.once("error", reject)
  server.listen(port, host, listening)
  try {
    await promise
    return true
  } finally {
    server.close()
  }
}
