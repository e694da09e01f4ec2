/**
 * A sample of threads is kept for months, so that what is owed after 30 and 180 days is lived
 * through; all others are retired after a month or two, so that memory stays flat.
 */

import type { ThreadId } from "@tearline/core"

/** Of 256; a thread's id is as good as chance, and the same on both sides. */
const sampled = 6

export function livesOn(thread: ThreadId): boolean {
  return Number.parseInt(thread.slice(-2), 16) < sampled
}
