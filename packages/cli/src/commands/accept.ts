import { actCommand } from "../act.ts"
import type { Command } from "../command.ts"

export const accept: Command = actCommand({
  name: "accept",
  kind: "acceptance",
  summary: "take a warning: a role here owns it from now on",
  options: {
    owner: {
      type: "text",
      value: "<role>",
      help: "the role that owns it, as in counter-terrorism",
    },
  },
  examples: ["tearline accept 3fa9 --owner counter-terrorism"],
  done: "accepted",
  content: (given) => ({ verdict: "accepted", owner: given.needed("owner") }),
})
