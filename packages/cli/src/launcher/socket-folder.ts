/** The private folder of the desk's socket, where the state folder's own path is too long for one. */

import { existsSync, lstatSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname } from "node:path"

import { fileError } from "../cli-error.ts"
import type { NodeFolder } from "../state/folder.ts"

/** Makes sure that there is a folder for the socket, and that no dead process's socket is in it. */
export function prepareSocketFolder(folder: NodeFolder): void {
  try {
    if (!folder.hasShortPath && !isRecorded(folder)) {
      writeFileSync(folder.socketRecord, mkdtempSync(`${tmpdir()}/tearline-desk-`), { mode: 0o600 })
    }
    rmSync(folder.deskSocket(), { force: true })
  } catch (error) {
    throw fileError(error, folder.run, "write")
  }
}

/** Takes away what lies outside the state folder. */
export function dropSocketFolder(folder: NodeFolder): void {
  if (folder.hasShortPath || !isRecorded(folder)) return
  rmSync(dirname(folder.deskSocket()), { recursive: true, force: true })
  rmSync(folder.socketRecord, { force: true })
}

/** Never a folder that somebody else made under the recorded name. */
function isRecorded(folder: NodeFolder): boolean {
  if (!existsSync(folder.socketRecord)) return false
  const status = lstatSync(dirname(folder.deskSocket()), { throwIfNoEntry: false })
  if (status === undefined || !status.isDirectory()) return false
  return status.uid === process.getuid?.() && (status.mode & 0o777) === 0o700
}
