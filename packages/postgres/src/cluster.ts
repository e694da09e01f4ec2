/**
 * Makes the cluster: whole and flushed under another name, then renamed, so that a crash in the
 * middle leaves nothing that looks like one.
 */

import { spawn } from "node:child_process"
import {
  chownSync,
  closeSync,
  existsSync,
  fchownSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeSync,
} from "node:fs"

import { mustDrop } from "./account.ts"
import { majorVersion, type Programs } from "./binary.ts"
import { flushFolder } from "./durable-file.ts"
import { asPostgresError, PostgresError } from "./error.ts"
import { dropTo, launchFrom, type Place } from "./place.ts"
import { ownIdentity } from "./process-identity.ts"
import { adminRole } from "./secrets.ts"
import { writeOperatorSettings, writeSettings } from "./settings.ts"

/** Whether a cluster of our version stands in `data`; throws when something else does. */
export function hasCluster(data: string): boolean {
  if (!existsSync(data)) return false
  let version = ""
  try {
    version = readFileSync(`${data}/PG_VERSION`, "utf8").trim()
  } catch {
    // No version file is no cluster: the message below says so.
  }
  if (version === majorVersion) return true
  const found = version === "" ? "no database" : `a database of PostgreSQL ${version}`
  const message = `${data} holds ${found}, not one of PostgreSQL ${majorVersion}; move it away`
  throw new PostgresError("foreign_folder", message)
}

/** The caller holds the folder's lock. */
export async function createCluster(
  place: Place,
  programs: Programs,
  password: string,
): Promise<void> {
  const { folder, data, account } = place
  // The name ends in this process: an initdb that outlived its killed parent may still be writing
  // under the old name, and must find nothing there rather than ours.
  const half = `${data}.init-${ownIdentity()}`
  try {
    for (const name of readdirSync(folder)) {
      if (name.startsWith("data.init")) rmSync(`${folder}/${name}`, { recursive: true })
    }
    mkdirSync(half, { mode: 0o700 })
    if (mustDrop()) chownSync(half, account.uid, account.gid)
    await runInitdb({ ...place, data: half }, programs, password)
    writeOperatorSettings(half, account)
    writeSettings(half, account)
    renameSync(half, data)
    flushFolder(folder)
  } catch (error) {
    rmSync(half, { recursive: true, force: true })
    throw asPostgresError(error, folder)
  }
}

async function runInitdb(place: Place, programs: Programs, password: string): Promise<void> {
  const { cwd, name } = launchFrom(place.data)
  const passwordFile = openNameless(place, password)
  try {
    const child = spawn(programs.initdb, [...initdbArguments, "-D", name], {
      cwd,
      env: programs.env,
      stdio: ["ignore", "ignore", "pipe", passwordFile],
      ...dropTo(place.account),
    })
    let complaint = ""
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (complaint += text))
    const { promise, resolve, reject } = Promise.withResolvers<number | null>()
    child.on("error", reject).on("close", resolve)
    if ((await promise) !== 0) throw initFailure(place.folder, complaint)
  } finally {
    closeSync(passwordFile)
  }
}

const initdbArguments = [
  "--data-checksums",
  "--auth=scram-sha-256",
  `--username=${adminRole}`,
  // The descriptor that runInitdb hands down.
  "--pwfile=/dev/fd/3",
  "--encoding=UTF8",
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--no-instructions",
]

/** A file that only its open descriptor leads to: no crash leaves the password in it behind. */
function openNameless(place: Place, text: string): number {
  const path = `${place.folder}/password.${ownIdentity()}`
  const file = openSync(path, "wx+", 0o600)
  unlinkSync(path)
  // At a position, so that the descriptor itself stays at the start.
  writeSync(file, text, 0)
  if (mustDrop()) fchownSync(file, place.account.uid, place.account.gid)
  return file
}

function initFailure(folder: string, complaint: string): PostgresError {
  if (/No space left|free disk space/.test(complaint)) {
    const message = `no space left to create a database in ${folder}; it needs about 100 MB`
    return new PostgresError("disk_full", message)
  }
  const lines = complaint.trim().split("\n")
  const reasons = lines.filter((line) => /error|FATAL|PANIC/.test(line))
  const last = (reasons.length > 0 ? reasons : lines).slice(-3).join("; ")
  return new PostgresError("init_failed", `creating a database in ${folder} failed: ${last}`)
}
