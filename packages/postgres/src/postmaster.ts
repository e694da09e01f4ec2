/**
 * The server's main process: starting it, recognising it, ending it.
 *
 * A lock file that a dead server left is not deleted but retried: its process may be a zombie that
 * nobody reaps yet, or its id may by now be another's, and PostgreSQL is the better judge.
 */

import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, readFileSync, statSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"

import { type Programs } from "./binary.ts"
import { PostgresError } from "./error.ts"
import { dropTo, launchFrom, type Place } from "./place.ts"
import { identify, isAlive } from "./process-identity.ts"
import { diagnosticsPath, diagnosticsSince, openDiagnostics } from "./server-diagnostics.ts"

export interface Launch {
  child: ChildProcess
  startByte: number
}

/** Starts the server so that it outlives us: its own session, its output in its log. */
export function launch(place: Place, programs: Programs, socketFolder: string): Launch {
  const { cwd, name } = launchFrom(place.data)
  const { file, startByte } = openDiagnostics(place.folder)
  // Not to be tuned away by a file: where the server can be reached.
  const fixed = ["-c", "listen_addresses=", "-c", `unix_socket_directories=${socketFolder}`]
  const child = spawn(
    programs.postgres,
    ["-D", name, ...fixed, "-c", "unix_socket_permissions=0700"],
    {
      cwd,
      env: programs.env,
      detached: true,
      stdio: ["ignore", file, file],
      ...dropTo(place.account),
    },
  )
  // A spawn that fails also ends the child, which is what the caller looks at.
  child.on("error", () => undefined)
  child.unref()
  closeSync(file)
  return { child, startByte }
}

export function hasEnded({ child }: Launch): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null
}

/** Why a server that we started has ended: undefined means that another try may do better. */
export function whyEnded(place: Place, { startByte }: Launch): PostgresError | undefined {
  const said = diagnosticsSince(place.folder, startByte)
  if (/lock file ".*" (already exists|is empty)|shared memory block/.test(said)) return undefined
  if (said.includes("No space left on device")) {
    const message = `no space left for the database in ${place.folder}; free some and start again`
    return new PostgresError("disk_full", message)
  }
  if (said.includes("wrong ownership")) {
    const message = `${place.data} has a wrong owner; give it to user ${place.account.uid}`
    return new PostgresError("wrong_owner", message)
  }
  const fatal = said.split("\n").findLast((line) => /FATAL|PANIC|error/.test(line)) ?? "no reason"
  const reason = fatal.replace(/^.*?(FATAL|PANIC): +/, "")
  const message = `the database server ended at once: ${reason}; see ${diagnosticsPath(place.folder)}`
  return new PostgresError("start_failed", message)
}

/** The identity of the running server, from the file that it keeps while it runs. */
export function postmasterIdentity(place: Place): string | undefined {
  let pid: number
  try {
    pid = Number.parseInt(readFileSync(`${place.data}/postmaster.pid`, "utf8"), 10)
  } catch {
    return undefined
  }
  return pid > 1 && isServerOf(pid, place) ? identify(pid) : undefined
}

/**
 * The id may be another's by now, and the file lies in a folder that the server's account writes:
 * root must not signal just any process that it names. A server's working folder is its cluster.
 */
function isServerOf(pid: number, { data, account }: Place): boolean {
  if (process.platform !== "linux") return true
  try {
    const [working, cluster] = [statSync(`/proc/${pid}/cwd`), statSync(data)]
    const isThere = working.ino === cluster.ino && working.dev === cluster.dev
    return isThere && statSync(`/proc/${pid}`).uid === account.uid
  } catch {
    return false
  }
}

const stops = [
  { signal: "SIGINT", waitMs: 30_000 },
  { signal: "SIGQUIT", waitMs: 15_000 },
] as const

/** Ends the server: orderly, then at once with recovery at the next start, never by SIGKILL. */
export async function endPostmaster(
  identity: string,
  progress: (message: string) => void,
): Promise<void> {
  for (const { signal, waitMs } of stops) {
    if (!isAlive(identity)) return
    if (signal === "SIGQUIT") progress("the database server does not stop; ending it at once…")
    process.kill(Number.parseInt(identity, 10), signal)
    const deadline = performance.now() + waitMs
    while (isAlive(identity) && performance.now() < deadline) await pause(20)
  }
  if (!isAlive(identity)) return
  const pid = Number.parseInt(identity, 10)
  throw new PostgresError("stop_timeout", `database server ${pid} does not stop; look why it hangs`)
}
