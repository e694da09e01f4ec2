/** Ctrl-C and its like: the first asks to stop, each later one is told what is waited for. */

export interface Stopping {
  readonly signal: AbortSignal
  readonly asked: Promise<void>
}

/** Listens from now on. */
export function stopSignal(onAgain: () => void): Stopping {
  const controller = new AbortController()
  const asked = Promise.withResolvers<void>()
  const onSignal = (): void => {
    if (controller.signal.aborted) onAgain()
    controller.abort()
    asked.resolve()
  }
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, onSignal)
  return { signal: controller.signal, asked: asked.promise }
}
