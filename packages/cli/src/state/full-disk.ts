import { statfsSync } from "node:fs"

/** The database server takes room in pieces of 16 MB; with less than two it may not come up. */
const bytesMin = 32 * 1024 * 1024

/** What to do where the disk of a state folder is full; undefined where it is not. */
export function fullDiskHint(dir: string): string | undefined {
  try {
    const { bavail, bsize } = statfsSync(dir)
    if (bavail * bsize >= bytesMin) return undefined
    const left = Math.floor((bavail * bsize) / 1024 / 1024)
    return `the disk of ${dir} is full (${left} MB left): free some space, the node goes on by itself`
  } catch {
    return undefined
  }
}
