/**
 * The databases under a running node: the embedded server, watched and started again, or URLs.
 *
 * Nobody tells us when a server dies: it may have been adopted from an earlier launcher and is then
 * no child of ours. So its process is looked at, twice a second.
 */

import {
  externalRoles,
  PostgresError,
  type PostgresServer,
  prepareRoles,
  type RoleUrls,
  startPostgres,
  usersOf,
} from "@tearline/postgres"
import { migrate, StoreError, type StoreErrorCode } from "@tearline/store"

import { CliError, type CliErrorCode } from "../cli-error.ts"
import type { NodeFolder } from "../state/folder.ts"
import { identify } from "./process-identity.ts"

const lookEveryMs = 500

export interface Databases {
  readonly urls: RoleUrls
  /** Of the embedded server, if there is one. */
  readonly pid: number | undefined
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly folder: NodeFolder
  readonly onProgress: (message: string) => void
  /** The server died and is back, under this process id; `hasMoved` where its URLs are others. */
  readonly onRestart: (pid: number, hasMoved: boolean) => void
  /** It died and could not be started again yet, for this reason; it is tried again. */
  readonly onFailure: (code: string) => void
}

/** Starts what the node's configuration names, and brings it to this version's tables. */
export async function openDatabases(options: DatabaseOptions): Promise<Databases> {
  const { folder, onProgress } = options
  if (folder.config().database === "external") {
    const urls = externalRoles(folder.readSecret("database") as RoleUrls)
    await migrateBoth(urls, onProgress)
    return { urls, pid: undefined, close: async () => undefined }
  }
  const server = await startPostgres({ folder: folder.postgres, onProgress })
  try {
    const urls = await prepareRoles(server)
    await migrateBoth(urls, onProgress)
    return new Watched(server, urls, options)
  } catch (error) {
    await server.stop()
    throw error
  }
}

async function migrateBoth(urls: RoleUrls, onProgress: (message: string) => void): Promise<void> {
  const roles = usersOf(urls)
  await migrate({ url: urls.gatewayOwner, database: "gateway", roles, onProgress })
  await migrate({ url: urls.deskOwner, database: "desk", roles, onProgress })
}

class Watched implements Databases {
  readonly #options: DatabaseOptions
  readonly #timer: NodeJS.Timeout
  #server: PostgresServer
  #urls: RoleUrls
  #identity: string | undefined
  #mending: Promise<void> | undefined
  #failure: string | undefined
  #isClosing = false

  constructor(server: PostgresServer, urls: RoleUrls, options: DatabaseOptions) {
    this.#server = server
    this.#identity = identify(server.pid)
    this.#urls = urls
    this.#options = options
    this.#timer = setInterval(() => this.#look(), lookEveryMs)
  }

  get pid(): number {
    return this.#server.pid
  }

  get urls(): RoleUrls {
    return this.#urls
  }

  async close(): Promise<void> {
    this.#isClosing = true
    clearInterval(this.#timer)
    await this.#mending
    await this.#server.stop()
  }

  #look(): void {
    if (this.#mending !== undefined || this.#isClosing) return
    const identity = identify(this.#server.pid)
    if (identity !== undefined && identity === this.#identity) return
    this.#mending = this.#mend().finally(() => {
      this.#mending = undefined
    })
  }

  async #mend(): Promise<void> {
    const { folder, onProgress, onRestart, onFailure } = this.#options
    try {
      const dead = this.#server
      this.#server = await startPostgres({ folder: folder.postgres, onProgress })
      this.#identity = identify(this.#server.pid)
      // Only now: the last use given back would take the socket's folder away, which is in the URLs.
      await dead.stop()
      const urls = await prepareRoles(this.#server)
      const hasMoved = urls.exchange !== this.#urls.exchange
      this.#urls = urls
      this.#failure = undefined
      onRestart(this.#server.pid, hasMoved)
    } catch (error) {
      // Tried twice a second, told once.
      const code = error instanceof PostgresError ? error.code : "unknown"
      if (code !== this.#failure) onFailure(code)
      this.#failure = code
    }
  }
}

const codes: Readonly<Record<string, CliErrorCode>> = {
  no_binary: "no_database",
  disk_full: "disk_full",
  path_problem: "cannot_write",
  wrong_owner: "cannot_write",
}

const hints: Partial<Record<StoreErrorCode, string>> = {
  migration_changed:
    "install Tearline again, unchanged, in the version that this node ran before; " +
    "nothing in the database was touched",
  migration_unknown: "install the newer Tearline that this node ran before",
  corrupt:
    "restore the databases from a backup, then type tearline restore, and start it: " +
    "docs/operating/backup-and-restore.md",
  unavailable: "see postgres/server.log in the state folder, or that the external server runs",
}

/** A failure of the database in the words of this package; anything else as it is. */
export function databaseError(error: unknown): unknown {
  if (!(error instanceof PostgresError || error instanceof StoreError)) return error
  const [message, ...rest] = error.message.split("; ")
  const known = error instanceof StoreError ? hints[error.code] : undefined
  return new CliError(codes[error.code] ?? "no_database", message ?? error.message, {
    hint: known ?? (rest.join("; ") || "see postgres/server.log in the state folder"),
    cause: error,
    shown: error.code,
  })
}
