import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"

import { type PostgresServer, prepareRoles, startPostgres } from "@tearline/postgres"
import { migrate } from "@tearline/store"

export interface Database {
  readonly folder: string
  /** As the gateway's role. */
  readonly url: string
  /** Ends the server at once, as a crash does. */
  crash(): void
  start(): Promise<void>
  /** Stops the server and removes it. */
  end(): Promise<void>
}

/** A real server with the gateway's tables, in a folder of its own. */
export async function gatewayDatabase(): Promise<Database> {
  const folder = mkdtempSync(`${tmpdir()}/tearline-gateway-`)
  let server: PostgresServer = await startPostgres({ folder })
  const urls = await prepareRoles(server)
  await migrate({ url: urls.gatewayOwner, database: "gateway" })
  return {
    folder,
    url: urls.gateway,
    // Through the signal for an immediate end: the server recovers from its log when it comes back.
    crash: () => process.kill(server.pid, "SIGQUIT"),
    async start() {
      server = await startPostgres({ folder })
    },
    async end() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
