/** Whether a thread is real. Bound into the thread's id, so the three never mix (I8). */

import { codeList, type CodeList, type CodeOf } from "./code-list.ts"

const statusEntries = {
  actual: { label: "real, to be acted upon", cap: "Actual" },
  exercise: { label: "an exercise among people, nothing in it is real", cap: "Exercise" },
  test: { label: "a trial of the machinery, for nobody to read", cap: "Test" },
} as const

export const statuses: CodeList<keyof typeof statusEntries, { readonly cap: string }> = codeList(
  { name: "status", source: "own, mapped to CAP 1.2 status", standing: "own" },
  statusEntries,
)
export type Status = CodeOf<typeof statuses>
