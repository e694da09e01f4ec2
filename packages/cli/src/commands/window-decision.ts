import { actCommand } from "../act.ts"
import type { Command } from "../command.ts"
import { usageError } from "../given.ts"
import { parseTime } from "../terminal/time.ts"

export const windowDecision: Command = actCommand({
  name: "window-decision",
  kind: "window-decision",
  summary: "decide at the end of the threat window: extend, step down or close",
  options: {
    decision: {
      type: "text",
      value: "<code>",
      help: "what happens to the protection",
      codes: ["extended", "stepped-down", "closed"],
    },
    until: { type: "text", value: "<time>", help: "until when it is extended" },
    reason: { type: "text", value: "<text>", help: "why" },
  },
  examples: [
    'tearline window-decision 3fa9 --decision extended --until +48h --reason "two are at large"',
    'tearline window-decision 3fa9 --decision closed --reason "all are in custody"',
  ],
  done: "window decided",
  content: (given, nowMs) => {
    const decision = given.needed("decision")
    const reason = given.needed("reason")
    if (decision === "extended") {
      const untilMs = parseTime("until", given.needed("until"), nowMs)
      return { decision, untilMs, reason }
    }
    if (!given.isOn("until")) return { decision, reason }
    throw usageError("--until belongs to --decision extended", "window-decision")
  },
})
