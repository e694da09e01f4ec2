/** Who may say what in a thread (I5), written down a second time on purpose. */

const originatorOnly = new Set([
  "warning",
  "update",
  "correction",
  "recall",
  "mend",
  "read-back-reply",
  "thanks-reply",
  "onward-reply",
  "window-dissent",
])
const addresseeOnly = new Set([
  "acceptance",
  "read-back",
  "assessment",
  "action",
  "reach",
  "onward-request",
  "window-decision",
  "outcome",
  "thanks",
  "shredded",
])

export function isEntitled(kind: string, party: "originator" | "addressee"): boolean {
  return party === "originator" ? !addresseeOnly.has(kind) : !originatorOnly.has(kind)
}
