/** How urgent a message is. The envelope's header carries the lane's number, not the word. */

import { codeList, type CodeList, type CodeOf } from "./code-list.ts"

/** The number of a precedence in the envelope's header; the lowest goes first. */
export type Lane = 0 | 1 | 2 | 3

const precedenceEntries = {
  FLASH: { label: "lives are at stake now: before everything else", lane: 0 },
  IMMEDIATE: { label: "before all but FLASH", lane: 1 },
  PRIORITY: { label: "ahead of ordinary work", lane: 2 },
  ROUTINE: { label: "in its turn", lane: 3 },
} as const

/** How long each may wait for a reader is not said here: that is policy. */
export const precedences: CodeList<keyof typeof precedenceEntries, { readonly lane: Lane }> =
  codeList(
    {
      name: "precedence",
      source: "military message precedence, in public use",
      standing: "own",
      form: "standard",
    },
    precedenceEntries,
  )
export type Precedence = CodeOf<typeof precedences>
