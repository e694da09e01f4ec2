/**
 * A launcher in miniature, run as a process of its own and as any user: starts the server of the
 * folder in its first argument, prints what it got, and stops it when its input ends.
 */

import { PostgresError, prepareRoles, startPostgres } from "../src/index.ts"

process.stdin.resume()
try {
  const server = await startPostgres({
    folder: process.argv[2] ?? "",
    onProgress: (message) => process.stderr.write(`${message}\n`),
  })
  const urls = await prepareRoles(server)
  const { how, pid, socketFolder } = server
  process.stdout.write(
    `${JSON.stringify({ how, pid, socketFolder, urls, uid: process.getuid?.() })}\n`,
  )
  process.stdin.on("close", () => void server.stop())
} catch (error) {
  const code = error instanceof PostgresError ? error.code : "bug"
  process.stdout.write(`${JSON.stringify({ code, message: String(error) })}\n`)
  process.exitCode = 1
  process.stdin.destroy()
}
