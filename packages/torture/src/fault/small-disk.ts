/**
 * A disk that can be filled: a file system in memory of a bounded size, mounted over a folder whose
 * content it takes, and ballast.
 */

import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs"

import { ran } from "./command.ts"
import { Mount } from "./mount.ts"

export class SmallDisk implements AsyncDisposable {
  readonly path: string
  readonly #mount: Mount

  private constructor(path: string, mount: Mount) {
    this.path = path
    this.#mount = mount
  }

  /** Mounts one over the folder, with all that is in it; nobody may be using that. */
  static over(path: string, megabytes: number): SmallDisk {
    const { uid, gid, mode } = statSync(path)
    const before = `${path}.before`
    renameSync(path, before)
    mkdirSync(path)
    const owner = `uid=${uid},gid=${gid},mode=${(mode & 0o777).toString(8)}`
    const how = ["-t", "tmpfs", "-o", `size=${megabytes}m,${owner}`, "tmpfs"]
    const mount = Mount.at(path, ...how)
    ran("cp", "-a", `${before}/.`, path)
    rmSync(before, { recursive: true })
    return new SmallDisk(path, mount)
  }

  /** Takes all the room there is; may be called again, for what has become free since. */
  fill(): void {
    const file = openSync(this.#ballast, "a", 0o600)
    try {
      // The last bytes too: a page of a table fits into very little.
      for (const bytes of [1_048_576, 4_096]) fillBy(file, Buffer.alloc(bytes))
    } finally {
      closeSync(file)
    }
  }

  free(): void {
    rmSync(this.#ballast, { force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#mount[Symbol.asyncDispose]()
  }

  get #ballast(): string {
    return `${this.path}/ballast`
  }
}

function fillBy(file: number, bytes: Buffer): void {
  try {
    for (;;) if (writeSync(file, bytes) < bytes.length) return
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== "ENOSPC") throw error
  }
}
