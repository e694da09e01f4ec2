/** Where the server of one state folder lives, and as whom. */

import { mkdirSync, realpathSync, statSync } from "node:fs"

import { type Account, chooseAccount, mustDrop } from "./account.ts"
import { asPostgresError, PostgresError } from "./error.ts"

export interface Place {
  /** The state folder, private to the launcher's user: secrets, lock, leases, log. */
  folder: string
  /** The cluster's folder, private to the server's account. */
  data: string
  account: Account
}

export function openPlace(path: string): Place {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    const folder = realpathSync(path)
    const data = `${folder}/data`
    const account = chooseAccount([data, folder])
    refuseForeign(folder, account)
    refuseForeign(data, account)
    refuseSeparator(folder)
    return { folder, data, account }
  } catch (error) {
    throw asPostgresError(error, path)
  }
}

function refuseForeign(path: string, account: Account): void {
  const status = statSync(path, { throwIfNoEntry: false })
  if (status === undefined || status.uid === account.uid || mustDrop()) return
  const message =
    `${path} belongs to user ${status.uid} and this process is user ${account.uid}; ` +
    "start as its owner or as root, or give it to this user by chown -R"
  throw new PostgresError("wrong_owner", message)
}

/** The library folder lies in the state folder, and the loader's path has no way to quote. */
function refuseSeparator(folder: string): void {
  if (!/[:;]/.test(folder)) return
  const message = `the path ${folder} holds a colon or semicolon; choose another`
  throw new PostgresError("path_problem", message)
}

/**
 * How a program that we start finds the cluster: its working folder, and the name it uses.
 *
 * Root's parents of the cluster may be closed to the account that the server drops to. A process
 * keeps its working folder all the same, and Linux gives that folder an absolute name that needs
 * none of the parents. PostgreSQL itself would turn "." into the long name, and fail.
 */
export function launchFrom(data: string): { cwd: string; name: string } {
  return { cwd: data, name: mustDrop() && process.platform === "linux" ? "/proc/self/cwd" : data }
}

/** The user to drop to, as `spawn` takes it; nothing for an ordinary user. */
export function dropTo(account: Account): { uid?: number; gid?: number } {
  return mustDrop() ? { uid: account.uid, gid: account.gid } : {}
}
