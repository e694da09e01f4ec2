/** A mounted file system that is there for as long as we are, however we end. */

import { setTimeout as pause } from "node:timers/promises"

import { ran } from "./command.ts"

const unmountMsMax = 20_000

export class Mount implements AsyncDisposable {
  readonly #path: string
  #isMounted = true
  readonly #onExit = (): void => this.#letGo()

  private constructor(path: string) {
    this.#path = path
  }

  /** `how`: what `mount` is told before the path. */
  static at(path: string, ...how: readonly string[]): Mount {
    ran("mount", ...how, path)
    const mount = new Mount(path)
    process.once("exit", mount.#onExit)
    return mount
  }

  /** Waits for the last process that holds it; throws where that does not end. */
  async unmount(): Promise<void> {
    const endMs = performance.now() + unmountMsMax
    while (this.#isMounted) {
      try {
        ran("umount", this.#path)
        this.#isMounted = false
      } catch (error) {
        if (performance.now() > endMs) throw error
        await pause(50)
      }
    }
    process.off("exit", this.#onExit)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.unmount().catch(() => this.#letGo())
    process.off("exit", this.#onExit)
  }

  /** For an end that does not wait: it vanishes with its last user. */
  #letGo(): void {
    if (!this.#isMounted) return
    this.#isMounted = false
    try {
      ran("umount", "--lazy", this.#path)
    } catch {
      // There is nothing more that could be done.
    }
  }
}
