/** Files and folders that are whole on the disk, or not there at all. */

import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { dirname } from "node:path"

import { fileError } from "../cli-error.ts"

/** Writes a new private file and flushes it. Refuses one that is there. */
export function writeNew(path: string, content: string | Uint8Array): void {
  const file = openSync(path, "wx", 0o600)
  try {
    writeFileSync(file, content)
    fchmodSync(file, 0o600)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Makes the names in a folder durable. */
export function flushFolder(path: string): void {
  const handle = openSync(path, "r")
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Puts a private file in the place of another, or where none was: the old one or the new, whole. */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const draft = `${path}.new`
  try {
    // Of a run that was killed between the two.
    rmSync(draft, { force: true })
    writeNew(draft, content)
    renameSync(draft, path)
    flushFolder(dirname(path))
  } catch (error) {
    throw fileError(error, path, "write")
  }
}
