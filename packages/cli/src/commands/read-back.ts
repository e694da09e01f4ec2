import { actCommand } from "../act.ts"
import type { Command } from "../command.ts"
import { restated, restatedOptions } from "../restated.ts"

export const readBack: Command = actCommand({
  name: "read-back",
  kind: "read-back",
  summary: "say who, where, when and how as they are understood here",
  options: restatedOptions,
  examples: [
    'tearline read-back 3fa9 --who "four men" --where "Kazan cathedral" --when "16 December"',
  ],
  done: "read back",
  content: (given) => ({ understood: restated(given, "read-back") }),
})
