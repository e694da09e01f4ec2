import { vocabulary } from "@tearline/core"

import { actCommand } from "../act.ts"
import type { Command } from "../command.ts"
import { given as present } from "../content.ts"

export const reject: Command = actCommand({
  name: "reject",
  kind: "acceptance",
  summary: "hand a warning back, with a code and the right desk if it is known",
  options: {
    code: {
      type: "text",
      value: "<code>",
      help: "why it comes back",
      codes: vocabulary.rejectCodes.codes,
    },
    "right-desk": { type: "text", value: "<name>", help: "who should have it instead" },
    text: { type: "text", value: "<text>", help: "what else to say about it" },
  },
  examples: ['tearline reject 3fa9 --code not-competent --right-desk "Cedar, coast guard"'],
  done: "rejected",
  content: (given) => ({
    verdict: "rejected",
    code: given.needed("code"),
    ...present({ rightDesk: given.text("right-desk"), text: given.text("text") }),
  }),
})
