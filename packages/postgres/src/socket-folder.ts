/**
 * The folder of the server's Unix socket: short, private, and never one that somebody else made.
 *
 * A socket's path has at most 107 bytes, on some systems 103, so it cannot lie in a state folder of
 * any length. It lies in the system's temporary folder under a random name that the state folder
 * records. What is found there is used only if it is a real folder of the server's account that
 * nobody else may enter; otherwise a new one is made, so that pre-creating a name gains nothing.
 */

import { chmodSync, chownSync, lstatSync, mkdtempSync, readFileSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"

import { type Account, canEnter, mustDrop } from "./account.ts"
import { writeDurably } from "./durable-file.ts"
import { codeOf } from "./error.ts"

/** The folder is private, so every server may have the usual port in its socket's name. */
export const port = 5432

const pathBytesMax = 103

/** Finds the recorded socket folder or makes and records another. */
export function openSocketFolder(folder: string, account: Account): string {
  const record = `${folder}/socket-folder`
  const recorded = readIfPresent(record)
  if (recorded !== undefined && isOurs(recorded, account)) return recorded
  const fresh = mkdtempSync(`${base(account)}/tearline-`)
  chmodSync(fresh, 0o700)
  if (mustDrop()) chownSync(fresh, account.uid, account.gid)
  writeDurably(record, fresh)
  return fresh
}

function base(account: Account): string {
  const usual = realpathSync(tmpdir())
  const longest = `${usual}/tearline-XXXXXX/.s.PGSQL.${port}.lock`
  // PostgreSQL takes a list of folders, so that a comma or a quote would be read as something else.
  const fits = Buffer.byteLength(longest) <= pathBytesMax && /^[\w/.+-]+$/.test(usual)
  return fits && canEnter(account, usual) ? usual : realpathSync("/tmp")
}

function isOurs(path: string, account: Account): boolean {
  const status = lstatSync(path, { throwIfNoEntry: false })
  if (status === undefined || !status.isDirectory()) return false
  return status.uid === account.uid && (status.mode & 0o777) === 0o700
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8")
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined
    throw error
  }
}
