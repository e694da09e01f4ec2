/**
 * A drop folder's disk on this machine's file system.
 *
 * Nothing that others put there is followed or waited for: a link is not a file, a pipe or device
 * is opened without blocking and read not at all, and the size is known before a byte is read. What
 * is written is flushed, then renamed, then the folder is flushed.
 */

import { constants, type Stats } from "node:fs"
import { lstat, open, opendir, rename, rm, statfs, type FileHandle } from "node:fs/promises"
import { join } from "node:path"

import { FolderError, type FolderDisk, type FolderErrorCode, type FolderRoom } from "@tearline/core"

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_WRONLY, O_CREAT, O_EXCL } = constants

/** What the system says about one file, and what it means for that file alone. */
const ofOneFile: Readonly<Record<string, FolderErrorCode>> = {
  ELOOP: "not_a_file",
  EISDIR: "not_a_file",
  ERR_FS_EISDIR: "not_a_file",
  ENOTEMPTY: "not_a_file",
  EEXIST: "not_a_file",
  ENXIO: "not_a_file",
  EACCES: "unreadable",
  EPERM: "unreadable",
  EIO: "unreadable",
  ENAMETOOLONG: "unreadable",
}

function systemCode(error: unknown): string {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined
  return typeof code === "string" ? code : "unknown"
}

function aboutFile(error: unknown, name: string): FolderError {
  if (error instanceof FolderError) return error
  const code = systemCode(error)
  return new FolderError(ofOneFile[code] ?? "away", `cannot use ${name} (${code})`, {
    cause: error,
  })
}

/** Writing: whatever it is but a full disk, the next file would fare no better. */
function aboutWriting(error: unknown, path: string): FolderError {
  if (error instanceof FolderError) return error
  const code = systemCode(error)
  const isFull = code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG"
  const message = isFull ? `no space left in ${path}` : `cannot write in ${path} (${code})`
  return new FolderError(isFull ? "full" : "away", message, { cause: error })
}

function mustBeFile(stats: Stats, name: string, bytesMax: number): void {
  if (!stats.isFile()) throw new FolderError("not_a_file", `${name} is no plain file`)
  if (stats.size > bytesMax) {
    throw new FolderError("too_large", `${name} is over the limit of ${bytesMax} bytes`)
  }
}

async function readWhole(file: FileHandle, bytesMax: number): Promise<Uint8Array> {
  const { size } = await file.stat()
  // One byte more than it had, so that a file that grows while it is read is seen to.
  const bytes = Buffer.alloc(Math.min(size, bytesMax) + 1)
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, O_RDONLY)
  try {
    await folder.sync()
  } catch (error) {
    // Some file systems of sticks know no flushing of a folder: theirs is done with the file's.
    if (systemCode(error) !== "EINVAL") throw error
  } finally {
    await folder.close()
  }
}

const namesAtATime = 1_024

async function* namesIn(path: string): AsyncGenerator<readonly string[]> {
  let names: string[] = []
  try {
    for await (const entry of await opendir(path)) {
      names.push(entry.name)
      if (names.length < namesAtATime) continue
      yield names
      names = []
    }
    yield names
  } catch (error) {
    throw unreadable(error, path)
  }
}

async function roomOf(path: string): Promise<FolderRoom> {
  try {
    const { bavail, blocks, bsize } = await statfs(path)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  } catch (error) {
    throw unreadable(error, path)
  }
}

function unreadable(cause: unknown, path: string): FolderError {
  return new FolderError("away", `cannot read ${path} (${systemCode(cause)})`, { cause })
}

/** The disk of the folder at `path`, which is there already. */
export function folderDisk(path: string): FolderDisk {
  const at = (name: string) => join(path, name)
  return {
    names: () => namesIn(path),
    room: () => roomOf(path),
    async read(name, bytesMax) {
      let file: FileHandle | undefined
      try {
        // Before it is opened: opening some devices does something.
        mustBeFile(await lstat(at(name)), name, bytesMax)
        file = await open(at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        mustBeFile(await file.stat(), name, bytesMax)
        return await readWhole(file, bytesMax)
      } catch (error) {
        if (systemCode(error) === "ENOENT") return undefined
        throw aboutFile(error, name)
      } finally {
        await file?.close()
      }
    },
    async create(name, bytes) {
      try {
        const file = await open(at(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
        try {
          await file.writeFile(bytes)
          await file.sync()
        } finally {
          await file.close()
        }
      } catch (error) {
        throw aboutWriting(error, path)
      }
    },
    async rename(from, to) {
      try {
        await rename(at(from), at(to))
        await flushFolder(path)
      } catch (error) {
        const isTaken = ofOneFile[systemCode(error)] === "not_a_file"
        throw isTaken ? aboutFile(error, to) : aboutWriting(error, path)
      }
    },
    async remove(name) {
      try {
        await rm(at(name), { force: true })
      } catch (error) {
        throw isOfDirectory(error) ? aboutFile(error, name) : aboutWriting(error, path)
      }
    },
  }
}

function isOfDirectory(error: unknown): boolean {
  return systemCode(error) === "ERR_FS_EISDIR"
}
