/**
 * The user that the server runs as.
 *
 * PostgreSQL refuses root. An ordinary user runs it as himself. Root drops to the owner of the
 * cluster, else of the state folder; where that is root too, to an account of the system.
 */

import { readFileSync, statSync } from "node:fs"
import { dirname } from "node:path"

import { PostgresError } from "./error.ts"

export interface Account {
  uid: number
  gid: number
}

/** In this order: our own, the one that runs PostgreSQL on most systems, the one that all have. */
const accountNames = ["tearline", "postgres", "nobody"]

/** True when this process is root, so that the server needs another account and other paths. */
export function mustDrop(): boolean {
  return process.getuid?.() === 0
}

/** `paths`: the cluster, then the state folder; the first that exists and is not root's decides. */
export function chooseAccount(paths: readonly string[]): Account {
  const own = { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 }
  if (!mustDrop()) return own
  for (const path of paths) {
    const status = statSync(path, { throwIfNoEntry: false })
    if (status !== undefined && status.uid !== 0) return { uid: status.uid, gid: status.gid }
  }
  return systemAccount()
}

function systemAccount(): Account {
  const lines = readFileSync("/etc/passwd", "utf8").split("\n")
  const known = new Map(lines.map((line) => line.split(":")).map((it) => [it[0], it] as const))
  for (const name of accountNames) {
    const entry = known.get(name)
    const account = { uid: Number(entry?.[2]), gid: Number(entry?.[3]) }
    if (entry !== undefined && account.uid > 0) return account
  }
  throw new PostgresError(
    "wrong_owner",
    "PostgreSQL does not run as root and there is no account to run it as; " +
      "create a user named tearline, or give the state folder to an ordinary user",
  )
}

/** Whether the account may enter every folder on the way to the path, and the path itself. */
export function canEnter(account: Account, path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    const { uid, gid, mode } = statSync(folder)
    const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0
    if (((mode >> shift) & 1) === 0) return false
    if (folder === dirname(folder)) return true
  }
}
