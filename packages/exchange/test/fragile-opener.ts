/** The real opener, but for some units: one kills it, one hangs it, one breaks out, some lie. */

import { execFileSync } from "node:child_process"
import { once } from "node:events"
import { appendFileSync, readFileSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { Worker } from "node:worker_threads"

import type { ToOpener } from "../src/opener/exchanged.ts"
import { answer, serveOpenings, tell } from "../src/opener/openings.ts"

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

/** What an opener must not be able to do once it has a unit: a code of those that it could. */
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
  const denied = "ERR_ACCESS_DENIED"
  const met = {
    read: denied,
    write: denied,
    ownCode: denied,
    stateBesideTheCode: denied,
    child: denied,
    worker: denied,
    network: denied,
    code: "refused",
    environment: "",
  }
  const names = Object.keys(met) as (keyof typeof met)[]
  const reached = names.filter((it) => attempts[it] !== met[it])
  return reached.length === 0 ? "nothing_reached" : reached.join("_").toLowerCase()
}

/** What a taken-over opener could write, by the unit that takes it over. */
const lies: Readonly<Record<string, Uint8Array>> = {
  "lie: noise": Uint8Array.of(0, 0, 0, 3, 1, 2, 3),
  "lie: too long": Uint8Array.of(255, 255, 255, 255),
  "lie: nothing": Buffer.from("00000001f6", "hex"),
}

async function hear(message: ToOpener): Promise<void> {
  const text = message.kind === "open" ? Buffer.from(message.unit).toString() : ""
  if (text === "kill") process.kill(process.pid, "SIGKILL")
  if (text === "hang") for (;;);
  const lie = lies[text]
  if (lie !== undefined) process.stdout.write(lie)
  else if (message.kind === "open" && text === "break out") {
    tell({ kind: "refused", ticket: message.ticket, code: await breakOut() })
  } else await answer(message)
}

await serveOpenings(hear)
