import { actCommand } from "../act.ts"
import type { Command } from "../command.ts"
import { given as present } from "../content.ts"

export const thanksReply: Command = actCommand({
  name: "thanks-reply",
  kind: "thanks-reply",
  summary: "say whether the thanks were relayed",
  options: {
    result: {
      type: "text",
      value: "<code>",
      help: "what became of them",
      codes: ["relayed", "not-relayable", "declined"],
    },
    text: { type: "text", value: "<text>", help: "what else to say about it" },
  },
  examples: ["tearline thanks-reply 3fa9 --result relayed"],
  done: "thanks answered",
  content: (given) => ({
    result: given.needed("result"),
    ...present({ text: given.text("text") }),
  }),
})
