import { actCommand } from "../act.ts"
import type { Command } from "../command.ts"

export const windowDissent: Command = actCommand({
  name: "window-dissent",
  kind: "window-dissent",
  summary: "dissent from a decision on the window: it is decided again",
  options: { reason: { type: "text", value: "<text>", help: "why" } },
  examples: ['tearline window-dissent 3fa9 --reason "two of them are still at large"'],
  done: "dissented",
  content: (given) => ({ reason: given.needed("reason") }),
})
