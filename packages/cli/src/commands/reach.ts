import { vocabulary } from "@tearline/core"

import { actCommand } from "../act.ts"
import type { Command } from "../command.ts"
import { given as present } from "../content.ts"

export const reach: Command = actCommand({
  name: "reach",
  kind: "reach",
  summary: "say whether it has reached those who can protect",
  details: "A `no` stays open.",
  options: {
    reached: {
      type: "text",
      value: "<code>",
      help: "whether it has",
      codes: ["yes", "no", "withheld"],
    },
    hop: {
      type: "text",
      value: "<code>",
      help: "where it has arrived, if that may be said; may be repeated",
      isMultiple: true,
      codes: vocabulary.reachHops.codes,
    },
    text: { type: "text", value: "<text>", help: "what else to say about it" },
  },
  examples: ["tearline reach 3fa9 --reached yes --hop regional --hop venue-or-victim"],
  done: "reach reported",
  content: (given) => ({
    reached: given.needed("reached"),
    ...present({ hops: given.list("hop"), text: given.text("text") }),
  }),
})
