import { actCommand } from "../act.ts"
import type { Command } from "../command.ts"
import { usageError } from "../given.ts"
import { restated, restatedOptions } from "../restated.ts"

export const readBackReply: Command = actCommand({
  name: "read-back-reply",
  kind: "read-back-reply",
  summary: "agree a read-back, or correct it",
  options: {
    agree: { type: "flag", help: "it is understood as it was meant" },
    ...restatedOptions,
  },
  examples: [
    "tearline read-back-reply 3fa9 --agree",
    'tearline read-back-reply 3fa9 --when "17 December, in the morning"',
  ],
  done: "answered the read-back",
  content: (given) => {
    if (!given.isOn("agree")) {
      return { verdict: "corrected", corrections: restated(given, "read-back-reply") }
    }
    const corrected = Object.keys(restatedOptions).find((name) => given.isOn(name))
    if (corrected === undefined) return { verdict: "agreed" }
    throw usageError(`--agree and --${corrected} exclude each other`, "read-back-reply")
  },
})
