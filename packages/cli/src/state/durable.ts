/** Files and folders that are whole on the disk, or not there at all. */

import { closeSync, fchmodSync, fsyncSync, openSync, writeFileSync } from "node:fs"

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
