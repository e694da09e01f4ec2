/** Colours of INTERPOL notices, so that a warning can point at one. */

import { codeList, type CodeList, type CodeOf } from "./code-list.ts"

const noticeEntries = {
  red: { label: "a person wanted for arrest" },
  blue: { label: "a person to be located, or about whom something is asked" },
  green: { label: "a person known to commit crimes, as a warning" },
  yellow: { label: "a missing person" },
  black: { label: "a body not yet identified" },
  orange: { label: "an event, person, object or process that threatens people soon" },
  purple: { label: "a way of working, a device or a hiding place" },
  "un-security-council": { label: "a person or body under sanctions of the UN Security Council" },
} as const

export const interpolNotices: CodeList<keyof typeof noticeEntries> = codeList(
  {
    name: "interpol-notice",
    source: "INTERPOL notices, public fact sheets",
    standing: "public-source",
  },
  noticeEntries,
)
export type InterpolNotice = CodeOf<typeof interpolNotices>
