/**
 * What a desk is answered about a message, held against what was signed (I4): read out of the store
 * by the core's own gate, as whoever looks at a thread is answered in production.
 */

import type { Message, Part } from "@tearline/core"

/** What a reader is answered of a message; of most only the statement is looked at. */
export type Shown = Pick<Message, "id" | "statement"> & Partial<Pick<Message, "part">>

/** What was signed, and the part that was sealed to the reader. */
interface Signed {
  readonly signed: string
  readonly part: Part
}

/** Of a part what a person is shown of it, and what places it in its thread. */
const shownOf = ({ subject, epoch, number, previous, asks, releasableTo }: Part) =>
  JSON.stringify([subject, epoch, number, previous, asks, releasableTo])

/** Undefined where every word is as it was signed. */
export function shownFault(shown: Shown, { signed, part }: Signed): string | undefined {
  // Signing and reading write the keys of a statement in one order.
  const isStated = signed.startsWith(`[${JSON.stringify(shown.statement)},`)
  if (!isStated) return "what it says is not what was signed"
  const isSealedSo = shown.part === undefined || shownOf(shown.part) === shownOf(part)
  return isSealedSo ? undefined : "its part is not what was sealed"
}
