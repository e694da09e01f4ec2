import { actCommand } from "../act.ts"
import type { Command } from "../command.ts"
import { given as present } from "../content.ts"

export const mend: Command = actCommand({
  name: "mend",
  kind: "mend",
  summary: "say what became of a warning that was rejected or refused",
  options: {
    how: {
      type: "text",
      value: "<code>",
      help: "what was done about it",
      codes: ["re-addressed", "re-sent", "dropped"],
    },
    ground: { type: "text", value: "<text>", help: "why" },
    "goes-on-in": { type: "text", value: "<thread>", help: "the thread in which it goes on" },
  },
  examples: ['tearline mend 3fa9 --how re-addressed --ground "sent to Cedar" --goes-on-in 07c1…'],
  done: "mended",
  content: (given) => ({
    how: given.needed("how"),
    ground: given.needed("ground"),
    ...present({ thread: given.text("goes-on-in") }),
  }),
})
