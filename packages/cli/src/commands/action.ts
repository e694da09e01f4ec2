import { vocabulary } from "@tearline/core"

import { actCommand } from "../act.ts"
import type { Command } from "../command.ts"
import { given as present } from "../content.ts"
import { parseTime } from "../terminal/time.ts"

export const action: Command = actCommand({
  name: "action",
  kind: "action",
  summary: "say what is being done, coarsely if need be",
  details: "Nothing being done is an answer too: --action none, with its --reason.",
  options: {
    action: {
      type: "text",
      value: "<code>",
      help: "what is done; may be repeated",
      isMultiple: true,
      codes: vocabulary.actionCodes.codes,
    },
    reason: {
      type: "text",
      value: "<code>",
      help: "why nothing is done",
      codes: vocabulary.noActionReasons.codes,
    },
    text: { type: "text", value: "<text>", help: "what else to say about it" },
    "done-at": { type: "text", value: "<time>", help: "when it was done" },
  },
  examples: [
    "tearline action 3fa9 --action arrest --action search --done-at 2026-12-13T06:00Z",
    "tearline action 3fa9 --action none --reason already-handled",
  ],
  done: "action reported",
  content: (given, nowMs) => {
    const doneAt = given.text("done-at")
    given.needed("action")
    return {
      actions: given.list("action"),
      ...present({
        reason: given.text("reason"),
        text: given.text("text"),
        doneAtMs: doneAt === undefined ? undefined : parseTime("done-at", doneAt, nowMs),
      }),
    }
  },
})
