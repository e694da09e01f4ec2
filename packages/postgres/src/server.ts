/**
 * The supervisor of one embedded server: finds it running, or starts it, or makes it first.
 *
 * The server outlives the process that started it, on purpose: a launcher that was killed comes
 * back to a server that never stopped. So the first thing is always to try to connect. A server
 * that runs and that nobody alive uses is adopted; one that somebody uses is joined; the last user
 * out stops it.
 */

import { rmSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"

import { type Client } from "pg"

import { findPrograms, type Programs } from "./binary.ts"
import { createCluster, hasCluster } from "./cluster.ts"
import { tryConnect, urlOf } from "./connection.ts"
import { asPostgresError, PostgresError } from "./error.ts"
import { underLock } from "./folder-lock.ts"
import { countLeases, dropLease, takeLease } from "./lease.ts"
import { openPlace, type Place } from "./place.ts"
import {
  endPostmaster,
  hasEnded,
  launch,
  type Launch,
  postmasterIdentity,
  whyEnded,
} from "./postmaster.ts"
import { identify } from "./process-identity.ts"
import { checkSafety } from "./safety.ts"
import { adminRole, openSecrets, type Passwords } from "./secrets.ts"
import { boundDiagnostics, boundDiagnosticsIfPossible } from "./server-diagnostics.ts"
import { writeSettings } from "./settings.ts"
import { openSocketFolder, port } from "./socket-folder.ts"

export interface StartOptions {
  /** The state folder of this server alone; made if absent, with mode 0700. */
  folder: string
  /** Told of everything that may take over a second, in words for people. */
  onProgress?: (message: string) => void
  /** How long a lock that a dead server left is retried. 30 seconds unless told. */
  retryMs?: number
}

/** How we came by the server: made it, started it, found it without or with other users. */
export type Origin = "created" | "started" | "adopted" | "joined"

export interface PostgresServer {
  how: Origin
  pid: number
  socketFolder: string
  port: number
  /** By role. For the launcher, which hands each process its own URL and no other. */
  passwords: Passwords
  /** A connection string that `pg` and libpq read. It holds the role's password. */
  url(role: keyof Passwords, database: string): string
  /** Ends this use; the last user's call stops the server. May be called again. */
  stop(): Promise<void>
}

/** Everything that a start gathers before it reaches a server. */
interface Ground extends Place {
  socketFolder: string
  passwords: Passwords
  programs: Programs
  progress: (message: string) => void
  retryMs: number
  /** Whether the cluster was there before this start. */
  exists: boolean
}

/**
 * Gives a running, self-checked server for the folder. Throws PostgresError; nothing that it
 * started is then left running.
 */
export async function startPostgres(options: StartOptions): Promise<PostgresServer> {
  const place = openPlace(options.folder)
  const progress = options.onProgress ?? (() => undefined)
  try {
    return await underLock(place.folder, async () => {
      const passwords = openSecrets(place.folder, place.data)
      const programs = findPrograms(place.folder, progress)
      const exists = hasCluster(place.data)
      if (!exists) {
        progress("creating the database (once)…")
        await createCluster(place, programs, passwords[adminRole])
      }
      boundDiagnostics(place.folder)
      const socketFolder = openSocketFolder(place.folder, place.account)
      const retryMs = options.retryMs ?? 30_000
      return await start({ ...place, socketFolder, passwords, programs, progress, retryMs, exists })
    })
  } catch (error) {
    throw asPostgresError(error, place.folder)
  }
}

async function start(ground: Ground): Promise<PostgresServer> {
  const others = countLeases(ground.folder)
  const { client, launched } = await reach(ground, others)
  const identity = postmasterIdentity(ground)
  try {
    await checkSafety(client)
    if (identity === undefined) {
      const message = `the server in ${ground.socketFolder} is not that of ${ground.data}`
      throw new PostgresError("foreign_folder", `${message}; end it and start again`)
    }
  } catch (error) {
    await client.end()
    if (launched && identity !== undefined) await endOurs(ground, identity)
    throw error
  }
  await client.end()
  const found = others > 0 ? "joined" : "adopted"
  const how = launched ? (ground.exists ? "started" : "created") : found
  return handle(ground, identity, how)
}

interface Reach {
  client: Client
  launched: boolean
}

/** What `reach` remembers between two tries. */
interface Watch {
  startedAtMs: number
  /** When a server last gave any answer; before the first, when we began. */
  answeredAtMs: number
  /** Uses by living processes, so that a server is not ended under them. */
  others: number
  launched?: Launch
}

/** Connects; starts the server when there is none; ends what it started when that fails. */
async function reach(ground: Ground, others: number): Promise<Reach> {
  const startedAtMs = performance.now()
  const watch: Watch = { startedAtMs, answeredAtMs: startedAtMs, others }
  try {
    const client = await untilReady(ground, watch)
    return { client, launched: runsOurs(watch) }
  } catch (error) {
    const identity = runsOurs(watch) ? identify(watch.launched?.child.pid ?? 0) : undefined
    if (identity !== undefined) await endOurs(ground, identity)
    throw error
  }
}

async function untilReady(ground: Ground, watch: Watch): Promise<Client> {
  const tell = once(() => ground.progress("starting the database…"))
  const access = { ...ground, role: adminRole, password: ground.passwords[adminRole] }
  for (;;) {
    const reached = await tryConnect({ ...access, database: "postgres" })
    if (reached.kind === "ready") return reached.client
    // A server that answers is alive: recovery after a crash may take its time.
    if (reached.kind === "busy") watch.answeredAtMs = performance.now()
    if (silentMs(watch) > ground.retryMs) throw timeout(ground)
    if (reached.kind === "absent") await startAbsent(ground, watch)
    if (performance.now() - watch.startedAtMs > 1_000) tell()
    await pause(runsOurs(watch) ? 25 : 250)
  }
}

function runsOurs({ launched }: Watch): boolean {
  return launched !== undefined && !hasEnded(launched)
}

function silentMs({ answeredAtMs }: Watch): number {
  return performance.now() - answeredAtMs
}

async function startAbsent(ground: Ground, watch: Watch): Promise<void> {
  if (runsOurs(watch)) return
  if (postmasterIdentity(ground) === undefined) watch.launched = launchAgain(ground, watch.launched)
  else if (silentMs(watch) > unreachableMsMax && watch.others === 0) await endUnreachable(ground)
}

/** A server opens its socket in well under a second, before any recovery. */
const unreachableMsMax = 5_000

function once(work: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) work()
    isDone = true
  }
}

function launchAgain(ground: Ground, launched: Launch | undefined): Launch {
  const reason = launched === undefined ? undefined : whyEnded(ground, launched)
  if (reason !== undefined) throw reason
  writeSettings(ground.data, ground.account)
  return launch(ground, ground.programs, ground.socketFolder)
}

/** A living server without a socket, or one whose socket was swept away, serves nobody new. */
async function endUnreachable(ground: Ground): Promise<void> {
  const identity = postmasterIdentity(ground)
  if (identity === undefined) return
  ground.progress("the database runs and cannot be reached; starting it again…")
  await endPostmaster(identity, ground.progress)
}

/** Ends a server that we may end. */
async function endOurs(ground: Ground, identity: string): Promise<void> {
  await endPostmaster(identity, ground.progress)
  // The next start makes another; what stays in a shared temporary folder is only litter.
  rmSync(ground.socketFolder, { recursive: true, force: true })
}

function handle(ground: Ground, identity: string, how: Origin): PostgresServer {
  const { folder, socketFolder, passwords } = ground
  const lease = takeLease(folder)
  const logTimer = setInterval(() => boundDiagnosticsIfPossible(folder), 60_000).unref()
  const leave = async (): Promise<void> => {
    if (!dropLease(folder, lease) || countLeases(folder) > 0) return
    await endOurs(ground, identity)
  }
  const stop = async (): Promise<void> => {
    clearInterval(logTimer)
    try {
      await underLock(folder, leave)
    } catch (error) {
      if (asPostgresError(error, folder).code !== "disk_full") throw error
      // No lock can be written, and the server must not stay behind for it. Whoever joins it at
      // this very moment finds it gone and starts it again.
      await leave()
    }
  }
  return {
    how,
    pid: Number.parseInt(identity, 10),
    socketFolder,
    port,
    passwords,
    url: (role, database) => urlOf({ socketFolder, role, password: passwords[role], database }),
    stop,
  }
}

function timeout(ground: Ground): PostgresError {
  const identity = postmasterIdentity(ground)
  const who =
    identity === undefined
      ? `see ${ground.folder}/server.log`
      : `process ${Number.parseInt(identity, 10)}, named in ${ground.data}/postmaster.pid, is alive; ` +
        "if it is no database server, end it or delete that file"
  return new PostgresError(
    "start_timeout",
    `the database in ${ground.folder} did not start; ${who}`,
  )
}
