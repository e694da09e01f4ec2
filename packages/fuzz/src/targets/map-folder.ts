/** A folder's disk in memory, in which anybody may lay any bytes. */

import { FolderError, type FolderDisk } from "@tearline/core"

export interface MapFolder extends FolderDisk {
  readonly files: Map<string, Uint8Array>
}

export function mapFolder(): MapFolder {
  const files = new Map<string, Uint8Array>()
  return {
    files,
    async *names() {
      // A copy, since whoever reads may remove.
      yield Array.from(files.keys())
    },
    async read(name, bytesMax) {
      const bytes = files.get(name)
      if ((bytes?.length ?? 0) > bytesMax)
        throw new FolderError("too_large", "the file is too large")
      return bytes
    },
    async create(name, bytes) {
      files.set(name, bytes)
    },
    async rename(from, to) {
      const bytes = files.get(from)
      if (bytes === undefined) throw new FolderError("away", "there is no such file")
      files.set(to, bytes)
      files.delete(from)
    },
    async remove(name) {
      files.delete(name)
    },
  }
}
