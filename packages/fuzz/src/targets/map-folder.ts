/** A folder's disk in memory, in which anybody may lay any bytes. */

import { FolderError, type FolderDisk } from "@tearline/core"

export interface MapFolder extends FolderDisk {
  readonly files: Map<string, Uint8Array>
}

export function mapFolder(): MapFolder {
  const files = new Map<string, Uint8Array>()
  function fileAt(name: string): Uint8Array {
    const bytes = files.get(name)
    if (bytes === undefined) throw new FolderError("gone", "there is no such file")
    return bytes
  }
  return {
    files,
    async *names() {
      // A copy, since whoever reads may remove.
      yield Array.from(files.keys())
    },
    async read(name, bytesMax) {
      const bytes = fileAt(name)
      if (bytes.length > bytesMax) throw new FolderError("too_large", "the file is too large")
      return bytes
    },
    async create(name, bytes) {
      files.set(name, bytes)
    },
    async rename(from, to) {
      files.set(to, fileAt(from))
      files.delete(from)
    },
    async remove(name) {
      files.delete(name)
    },
  }
}
