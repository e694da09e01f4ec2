/** Ctrl-C and its like: what runs is ended and cleaned up, and a second one is not needed. */

const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const

/** Whether a child ended because somebody wanted all of us to end, and not of its input. */
export function isStopping(signal: string): boolean {
  return names.some((it) => it === signal)
}

export class Interruption {
  readonly #controller = new AbortController()
  readonly #onSignal = (): void => this.#controller.abort()

  constructor() {
    for (const name of names) process.on(name, this.#onSignal)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  close(): void {
    for (const name of names) process.off(name, this.#onSignal)
  }
}
