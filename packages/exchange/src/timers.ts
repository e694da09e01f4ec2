import type { Timers } from "@tearline/core"

/** The machine's own timers. */
export const machineTimers: Timers = {
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}
