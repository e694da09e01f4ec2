/** Small files that must be whole or absent after a power cut. */

import { randomBytes } from "node:crypto"
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { dirname } from "node:path"

import { type Account } from "./account.ts"

/**
 * Writes through a new file and a rename. The new file is opened so that it never follows a link:
 * root writes here into a folder that belongs to the server's account.
 */
export function writeDurably(path: string, text: string, owner?: Account): void {
  const fresh = `${path}.${randomBytes(6).toString("hex")}`
  const file = openSync(fresh, "wx", 0o600)
  try {
    writeFileSync(file, text)
    fchmodSync(file, 0o600)
    if (owner !== undefined) fchownSync(file, owner.uid, owner.gid)
    fsyncSync(file)
    renameSync(fresh, path)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
  flushFolder(dirname(path))
}

/** Makes the names in a folder durable. */
export function flushFolder(folder: string): void {
  const handle = openSync(folder, "r")
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
