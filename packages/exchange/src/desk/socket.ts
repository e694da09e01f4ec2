/** Serves an application on a Unix socket that only this user may open. */

import { chmodSync, rmSync } from "node:fs"
import { createServer } from "node:http"

import { getRequestListener } from "@hono/node-server"

export interface Served {
  /** Stops accepting, lets requests in hand finish, then closes every connection. */
  close(): Promise<void>
}

const closingMsMax = 3_000

/** Takes the place of a socket that a dead process left. Throws the system's error. */
export async function serveOn(
  path: string,
  fetch: (request: Request) => Response | Promise<Response>,
): Promise<Served> {
  rmSync(path, { force: true })
  const listener = getRequestListener(fetch, { overrideGlobalObjects: false })
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 })
  server.on("request", (incoming, outgoing) => void listener(incoming, outgoing))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once("error", reject)
  // Private from its first moment; the mode is set again in case the umask was not ours to set.
  const umask = process.umask(0o177)
  server.listen(path, () => resolve())
  process.umask(umask)
  await promise
  chmodSync(path, 0o600)
  return {
    async close() {
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), closingMsMax)
      await closed.promise
      clearTimeout(timer)
      rmSync(path, { force: true })
    },
  }
}
