import { actCommand } from "../act.ts"
import type { Command } from "../command.ts"
import { type Given, usageError } from "../given.ts"
import { lineContent, lineOptions } from "../line-flags.ts"

const name = "public-line-reply"

export const publicLineReply: Command = actCommand({
  name,
  kind: "public-line-reply",
  summary: "agree the public line, object to it, or amend it",
  options: {
    verdict: {
      type: "text",
      value: "<code>",
      help: "the answer; an amendment carries the whole line as it should be",
      codes: ["agree", "object", "amend"],
    },
    reason: { type: "text", value: "<text>", help: "why, with an objection" },
    ...lineOptions,
  },
  examples: [
    "tearline public-line-reply 3fa9 --verdict agree",
    'tearline public-line-reply 3fa9 --verdict object --reason "it names the method"',
  ],
  done: "line answered",
  content: (given, nowMs) => {
    const verdict = given.needed("verdict")
    if (verdict === "amend") return { verdict, ...lineContent(given, name, nowMs) }
    refuseLine(given, verdict)
    return verdict === "agree" ? { verdict } : { verdict, reason: given.needed("reason") }
  },
})

function refuseLine(given: Given, verdict: string): void {
  const stray = Object.keys(lineOptions).find((it) => given.isOn(it))
  if (stray === undefined) return
  throw usageError(`--${stray} belongs to --verdict amend and not to ${verdict}`, name)
}
