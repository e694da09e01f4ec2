/** The real opener, but for three units: one kills it, one hangs it, one tries to break out. */

import { execFileSync } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { connect } from "node:net"

import type { ToOpener } from "../src/opener/exchanged.ts"

function attempt(work: () => unknown): string {
  try {
    work()
    return "allowed"
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "refused"
  }
}

/** Connections are refused later than other things. */
async function attemptConnection(): Promise<string> {
  const socket = connect(1, "127.0.0.1")
  const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException]
  return error.code ?? "refused"
}

/** Everything that an opener must not be able to do, with what it met. */
async function breakOut(): Promise<string> {
  const attempts = {
    file: attempt(() => readFileSync("/etc/passwd")),
    child: attempt(() => execFileSync("/bin/true")),
    network: await attemptConnection(),
    // The one thing that this file is here to try.
    // oxlint-disable-next-line typescript/no-implied-eval, no-new-func
    code: attempt(() => new Function("return 1")()),
    environment: Object.keys(process.env)
      .filter((it) => !it.startsWith("NODE_CHANNEL"))
      .join(),
  }
  return JSON.stringify(attempts)
}

const attempts = await breakOut()

process.prependListener("message", (message: ToOpener) => {
  if (message.kind !== "open") return
  const text = Buffer.from(message.unit).toString()
  if (text === "kill") process.kill(process.pid, "SIGKILL")
  if (text === "hang") for (;;);
  const { ticket } = message
  if (text === "break out") process.send?.({ kind: "refused", ticket, code: attempts })
})
await import("../src/opener/main.ts")
