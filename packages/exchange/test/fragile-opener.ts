/** The real opener, but for three units: one kills it, one hangs it, one tries to break out. */

import { execFileSync } from "node:child_process"
import { once } from "node:events"
import { appendFileSync, readFileSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { Worker } from "node:worker_threads"

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

/** Everything that an opener must not be able to do once it has a unit, with what it met. */
async function breakOut(): Promise<string> {
  const attempts = {
    read: attempt(() => readFileSync("/etc/passwd")),
    write: attempt(() => writeFileSync(`${tmpdir()}/tearline-broken-out`, "x")),
    ownCode: attempt(() => appendFileSync(import.meta.filename, "")),
    stateBesideTheCode: attempt(() => readFileSync(`${import.meta.dirname}/../../../.gitignore`)),
    child: attempt(() => execFileSync("/bin/true")),
    worker: attempt(() => new Worker("0", { eval: true })),
    network: await attemptConnection(),
    // The one thing that this file is here to try.
    // oxlint-disable-next-line typescript/no-implied-eval, no-new-func
    code: attempt(() => new Function("return 1")()),
    environment: Object.keys(process.env).join(),
  }
  return JSON.stringify(attempts)
}

await import("../src/opener/main.ts")

/** What the real opener does with a message. */
const [serve] = process.listeners("message")

async function hear(message: ToOpener): Promise<void> {
  const text = message.kind === "open" ? Buffer.from(message.unit).toString() : ""
  if (text === "kill") process.kill(process.pid, "SIGKILL")
  if (text === "hang") for (;;);
  if (message.kind === "open" && text === "break out") {
    process.send?.({ kind: "refused", ticket: message.ticket, code: await breakOut() })
  } else serve?.(message, undefined)
}

process.on("message", (message: ToOpener) => void hear(message))
if (serve !== undefined) process.removeListener("message", serve)
