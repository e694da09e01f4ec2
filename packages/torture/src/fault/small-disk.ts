/**
 * A disk that can be filled: a file system in memory of a bounded size, mounted over a folder whose
 * content it takes, and ballast.
 */

import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"

import { ran } from "./command.ts"

const unmountMsMax = 20_000

export class SmallDisk implements AsyncDisposable {
  readonly path: string
  #isMounted = true
  readonly #onExit = (): void => this.#letGo()

  private constructor(path: string) {
    this.path = path
  }

  /** Mounts one over the folder, with all that is in it; nobody may be using that. */
  static over(path: string, megabytes: number): SmallDisk {
    const { uid, gid, mode } = statSync(path)
    const before = `${path}.before`
    renameSync(path, before)
    mkdirSync(path)
    const owner = `uid=${uid},gid=${gid},mode=${(mode & 0o777).toString(8)}`
    ran("mount", "-t", "tmpfs", "-o", `size=${megabytes}m,${owner}`, "tmpfs", path)
    const disk = new SmallDisk(path)
    process.once("exit", disk.#onExit)
    ran("cp", "-a", `${before}/.`, path)
    rmSync(before, { recursive: true })
    return disk
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
    const endMs = performance.now() + unmountMsMax
    while (this.#isMounted && performance.now() < endMs) {
      try {
        ran("umount", this.path)
        this.#isMounted = false
      } catch {
        await pause(50)
      }
    }
    this.#letGo()
    process.off("exit", this.#onExit)
  }

  get #ballast(): string {
    return `${this.path}/ballast`
  }

  #letGo(): void {
    if (!this.#isMounted) return
    this.#isMounted = false
    try {
      ran("umount", "--lazy", this.path)
    } catch {
      // There is nothing more that could be done.
    }
  }
}

function fillBy(file: number, bytes: Buffer): void {
  try {
    for (;;) if (writeSync(file, bytes) < bytes.length) return
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== "ENOSPC") throw error
  }
}
