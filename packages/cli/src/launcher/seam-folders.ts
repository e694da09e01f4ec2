/**
 * Folders of a seam that cannot be found at a start. A share that is mounted later is no reason not
 * to start, and the alarm of `tearline status` needs minutes: so it is said, by path, at once.
 */

import { statSync } from "node:fs"

import type { NodeConfig } from "../state/folder.ts"

/** What to say, a line for each folder that is away. */
export function awayFolders(seam: NodeConfig["seam"]): readonly string[] {
  if (seam === undefined) return []
  const { exchange, gateway } = seam
  const paths = new Set([exchange.out, exchange.in, gateway.out, gateway.in])
  return [...paths]
    .filter((it) => !isFolder(it))
    .map((it) => `${it} is away: until that folder is back, nothing passes between the halves`)
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
