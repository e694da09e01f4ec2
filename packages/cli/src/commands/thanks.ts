import { vocabulary } from "@tearline/core"

import { actCommand } from "../act.ts"
import type { Command } from "../command.ts"

export const thanks: Command = actCommand({
  name: "thanks",
  kind: "thanks",
  summary: "thank those who obtained it, whom nobody names",
  options: {
    level: {
      type: "text",
      value: "<code>",
      help: "who thanks",
      codes: vocabulary.thanksLevels.codes,
    },
    text: { type: "text", value: "<text>", help: "the words to be relayed" },
  },
  examples: ['tearline thanks 3fa9 --level head-of-state --text "Lives were saved. Thank you."'],
  done: "thanked",
  content: (given) => ({ level: given.needed("level"), text: given.needed("text") }),
})
