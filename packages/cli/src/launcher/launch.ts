/**
 * Starts a node and keeps it running: PostgreSQL, then the gateway, then the exchange.
 *
 * What dies is started again, whatever killed it; the others go on meanwhile, since every process
 * takes up its own work from its own database. What is started here ends here, in reverse order.
 */

import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

import { selfSignedIdentity } from "@tearline/gateway"
import { gatewayFlags } from "@tearline/gateway/launch-flags"

import { CliError, fileError, systemCode } from "../cli-error.ts"
import { type DeskClient, deskClient } from "../desk/client.ts"
import { readEnvironment } from "../environment.ts"
import { writeNew } from "../state/durable.ts"
import { type NodeConfig, type NodeFolder, openNodeFolder } from "../state/folder.ts"
import { BoundedLog } from "./bounded-log.ts"
import { Child, type ChildEvent, type ChildOptions } from "./child.ts"
import { databaseError, type Databases, openDatabases } from "./database.ts"
import { takeLock } from "./lock.ts"
import { type Mark, openMark } from "./mark.ts"
import { exchangeConfig, gatewayConfig, moverConfig } from "./process-config.ts"
import { awayFolders } from "./seam-folders.ts"
import { dropSocketFolder, prepareSocketFolder } from "./socket-folder.ts"

type ChildName = "gateway" | "exchange" | "mover"
type ProcessName = ChildName | "postgres"

/** Something that happened to one of the processes. Ids, codes and counts only. */
export type NodeEvent =
  | ({ readonly process: ChildName } & ChildEvent)
  | { readonly process: "postgres"; readonly kind: "ready"; readonly pid: number }
  | { readonly process: "postgres"; readonly kind: "failed"; readonly code: string }

export interface LaunchOptions {
  readonly dir: string
  /** Programs to run instead of the packages' own, as devnet does to pass a clock. */
  readonly mains?: { readonly gateway?: string; readonly exchange?: string }
  /** Variables of the two beside our own; asked anew at each start of one. */
  readonly extraEnv?: () => Readonly<Record<string, string>>
  /** Opens a channel for messages to each of the two. */
  readonly hasChannel?: boolean
  readonly onProgress?: (message: string) => void
  readonly onEvent?: (event: NodeEvent) => void
  /** Given up between two steps of the start when this is aborted. */
  readonly signal?: AbortSignal
}

/** One of the two processes, in all its lives. */
export type ChildHandle = Pick<Child, "name" | "pid" | "isAlive" | "send" | "onMessage">

export interface RunningNode {
  /** Organisation id in hexadecimal. */
  readonly org: string
  readonly name: string
  readonly endpoint: string
  readonly desk: DeskClient
  /** Of the present lives; absent where a process is between two, or the database is external. */
  readonly pids: Readonly<Partial<Record<ProcessName, number>>>
  readonly gateway: ChildHandle
  readonly exchange: ChildHandle
  /** What still runs, for whoever waits for `stop`. */
  stillRunning(): readonly ProcessName[]
  /** Ends everything that was started, PostgreSQL last. May be called again. */
  stop(): Promise<void>
}

/** Starts the node of a state folder. When it fails, nothing that it started is left running. */
export async function launch(options: LaunchOptions): Promise<RunningNode> {
  const folder = openNodeFolder(options.dir)
  const config = folder.config()
  await using started = new AsyncDisposableStack()
  const release = takeLock(folder.lockFile)
  started.defer(release)
  await mustBeFree(config)
  makeWorkFolders(folder)
  prepareSocketFolder(folder)
  started.defer(() => dropSocketFolder(folder))
  needCourierKey(folder)
  const parts = new Parts(folder, options)
  started.defer(() => parts.close())
  try {
    await parts.start()
  } catch (error) {
    throw databaseError(error)
  }
  const kept = started.move()
  return running(config, parts, () => kept.disposeAsync())
}

/** What is written while the node runs, and need not be kept: a backup may come without it. */
function makeWorkFolders({ dir }: NodeFolder): void {
  for (const path of [`${dir}/logs`, `${dir}/run`]) {
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 })
    } catch (error) {
      throw fileError(error, path, "write")
    }
  }
}

function running(config: NodeConfig, parts: Parts, close: () => Promise<void>): RunningNode {
  let stopped: Promise<void> | undefined
  const desk = deskClient(parts.folder.dir)
  return {
    org: config.org,
    name: config.name,
    endpoint: config.endpoint,
    desk,
    gateway: parts.gateway,
    exchange: parts.exchange,
    get pids() {
      return parts.pids()
    },
    stillRunning: () => Object.keys(parts.pids()) as ProcessName[],
    stop: () => {
      desk.close()
      stopped ??= close()
      return stopped
    },
  }
}

const exchangeFlags = [
  "--disable-sigusr1",
  "--max-semi-space-size=4",
  "--disallow-code-generation-from-strings",
  "--disable-proto=delete",
  "--disable-warning=ExperimentalWarning",
]

/** The processes in the order in which they need each other. */
class Parts {
  readonly folder: NodeFolder
  readonly gateway: Child
  readonly exchange: Child
  /** Only where folders lie between the two. */
  readonly mover: Child | undefined
  readonly #options: LaunchOptions
  readonly #progress: (message: string) => void
  readonly #codeCache: string
  #databases: Databases | undefined
  #mark: Mark | undefined
  #innerPort = 0

  constructor(folder: NodeFolder, options: LaunchOptions) {
    this.folder = folder
    this.#options = options
    this.#progress = options.onProgress ?? (() => undefined)
    const gateway = mainBeside(import.meta.resolve("@tearline/gateway"))
    const codeRoot = join(dirname(gateway), "../../..")
    this.#codeCache = readEnvironment().codeCache ?? `${folder.run}/code`
    mkdirSync(this.#codeCache, { recursive: true, mode: 0o700 })
    this.gateway = this.#child("gateway", {
      main: options.mains?.gateway ?? gateway,
      nodeFlags: gatewayFlags({ codeRoot }),
      config: () => gatewayConfig(folder, this.#urls(), this.#innerPort),
    })
    const exchange = mainBeside(import.meta.resolve("@tearline/exchange"))
    this.exchange = this.#child("exchange", {
      main: options.mains?.exchange ?? exchange,
      nodeFlags: exchangeFlags,
      config: () => exchangeConfig(folder, this.#urls(), this.#innerPort),
    })
    const hasSeam = folder.config().seam !== undefined
    this.mover = hasSeam ? this.#mover(join(dirname(exchange), "seam/main.ts")) : undefined
  }

  #mover(main: string): Child {
    return this.#child("mover", {
      main,
      nodeFlags: exchangeFlags,
      config: () => moverConfig(this.folder, this.#innerPort),
    })
  }

  async start(): Promise<void> {
    this.#step("starting the database…")
    this.#databases = await openDatabases({
      folder: this.folder,
      onProgress: this.#progress,
      onRestart: (pid, hasMoved) => {
        if (hasMoved) this.#startAgain()
        this.#tell({ process: "postgres", kind: "ready", pid })
      },
      onFailure: (code) => this.#tell({ process: "postgres", kind: "failed", code }),
    })
    this.#mark = await openMark(this.folder, this.#urls())
    this.#step("starting the gateway…")
    const ready = await this.gateway.start()
    this.#innerPort = portOf(ready["innerPort"])
    tellInnerPort(this.folder, this.#innerPort)
    for (const words of awayFolders(this.folder.config().seam)) this.#step(words)
    await this.mover?.start()
    this.#step("starting the exchange…")
    await this.exchange.start()
    this.#mark.start(() => this.#urls())
    this.#mustGoOn()
  }

  pids(): Partial<Record<ProcessName, number>> {
    const pids = {
      exchange: this.exchange.pid,
      mover: this.mover?.pid,
      gateway: this.gateway.pid,
      postgres: this.#databases?.pid,
    }
    return Object.fromEntries(Object.entries(pids).filter(([, pid]) => pid !== undefined))
  }

  async close(): Promise<void> {
    await this.exchange.stop()
    await this.mover?.stop()
    rmSync(this.folder.innerRecord, { force: true })
    await this.gateway.stop()
    const databases = this.#databases
    if (databases !== undefined) await this.#mark?.close(databases.urls)
    await databases?.close()
    this.#databases = undefined
  }

  #step(message: string): void {
    this.#mustGoOn()
    this.#progress(message)
  }

  #mustGoOn(): void {
    if (this.#options.signal?.aborted !== true) return
    const hint = "nothing is left running"
    throw new CliError("not_confirmed", "the start was interrupted", { hint })
  }

  /** Both find the database where it is now. */
  #startAgain(): void {
    this.gateway.startAgain()
    this.exchange.startAgain()
  }

  #tell(event: NodeEvent): void {
    this.#options.onEvent?.(event)
  }

  #urls(): Databases["urls"] {
    if (this.#databases !== undefined) return this.#databases.urls
    throw new CliError("internal", "a process was started before its database", {
      hint: "report this",
    })
  }

  #child(name: ChildName, part: Pick<ChildOptions, "main" | "nodeFlags" | "config">): Child {
    const { extraEnv, hasChannel } = this.#options
    // Only the exchange: it holds the keys anyway. What faces a peer writes nothing that is run.
    const codeCache = name === "exchange" ? { NODE_COMPILE_CACHE: this.#codeCache } : {}
    return new Child({
      ...part,
      name,
      log: new BoundedLog(`${this.folder.logs}/${name}.ndjson`),
      extraEnv: () => ({ ...codeCache, ...extraEnv?.() }),
      hasChannel: hasChannel ?? false,
      onEvent: (event) => this.#tell({ process: name, ...event }),
    })
  }
}

/** For the courier, which comes and goes as it likes. */
function tellInnerPort({ innerRecord }: NodeFolder, port: number): void {
  try {
    writeFileSync(innerRecord, String(port), { mode: 0o600 })
  } catch (error) {
    throw fileError(error, innerRecord, "write")
  }
}

/** Nodes that were made before there were couriers have no key for one. */
function needCourierKey(folder: NodeFolder): void {
  const path = folder.secret("tls-inner-courier")
  if (existsSync(path)) return
  try {
    writeNew(path, `${JSON.stringify(selfSignedIdentity(), undefined, 2)}\n`)
  } catch (error) {
    throw fileError(error, path, "write")
  }
}

/** The program of a package lies beside its public module. */
function mainBeside(index: string): string {
  return fileURLToPath(new URL("main.ts", index))
}

function portOf(said: unknown): number {
  if (typeof said === "number") return said
  throw new CliError("start_failed", "the gateway does not say where it listens", {
    hint: "gateway and launcher are of different versions: install both again",
  })
}

/** Says in words what would otherwise be a gateway that does not start. */
async function mustBeFree({ listen }: NodeConfig): Promise<void> {
  const server = createServer()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once("error", reject)
  server.listen(listen.port, listen.host, resolve)
  try {
    await promise
  } catch (cause) {
    const where = `${listen.host}:${listen.port}`
    if (systemCode(cause) === "EADDRINUSE") {
      const hint = "end the program that uses it, or change `listen` in tearline.json"
      throw new CliError("port_in_use", `something else listens on ${where}`, { hint, cause })
    }
    throw new CliError("port_in_use", `this machine cannot listen on ${where}`, {
      hint: "change `listen` in tearline.json to an address of this machine and a free port",
      cause,
    })
  } finally {
    server.close()
  }
}
