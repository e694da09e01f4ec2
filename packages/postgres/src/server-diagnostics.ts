/** The server's diagnostics: one file beside the cluster, and the one before it. */

import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
} from "node:fs"

import { codeOf } from "./error.ts"

const bytesMax = 4 * 1024 * 1024

/** Keeps at most one full file behind. The server appends, so cutting the file at 0 is safe. */
export function boundDiagnostics(folder: string): void {
  const { file, startByte } = openDiagnostics(folder)
  try {
    if (startByte <= bytesMax) return
    const before = `${diagnosticsPath(folder)}.1`
    rmSync(before, { force: true })
    copyFileSync(diagnosticsPath(folder), before, constants.COPYFILE_EXCL)
    ftruncateSync(file)
  } finally {
    closeSync(file)
  }
}

/** The same on a timer: a full disk must not end the launcher. It is tried again a minute later. */
export function boundDiagnosticsIfPossible(folder: string): void {
  try {
    boundDiagnostics(folder)
  } catch (error) {
    if (codeOf(error) === undefined) throw error
  }
}

/**
 * Opens the file for the server to append to, and says where its lines will begin. Follows no link:
 * root may be writing into a folder of an ordinary user.
 */
export function openDiagnostics(folder: string): { file: number; startByte: number } {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants
  const file = openSync(diagnosticsPath(folder), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600)
  return { file, startByte: fstatSync(file).size }
}

export function diagnosticsSince(folder: string, startByte: number): string {
  return readFileSync(diagnosticsPath(folder)).subarray(startByte).toString("utf8")
}

export function diagnosticsPath(folder: string): string {
  return `${folder}/server.log`
}
