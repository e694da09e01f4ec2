import { statfsSync } from "node:fs"

/** The database server takes room in pieces of 16 MB; with less than two it may not come up. */
const bytesMin = 32 * 1024 * 1024

/** Any of them may lie on a disk of its own. */
const parts = ["", "/postgres/data", "/postgres/data/pg_wal"]

/** What to do where a disk of a state folder is full; undefined where none is. */
export function fullDiskHint(dir: string): string | undefined {
  for (const path of parts.map((it) => dir + it)) {
    const left = bytesLeftAt(path)
    if (left === undefined || left >= bytesMin) continue
    const megabytes = Math.floor(left / 1024 / 1024)
    const what = `the disk of ${path} is full (${megabytes} MB left)`
    return `${what}: free some space, the node goes on by itself`
  }
  return undefined
}

function bytesLeftAt(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  } catch {
    // Not there, or not for this user to see.
    return undefined
  }
}
