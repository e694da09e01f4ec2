import { actCommand } from "../act.ts"
import type { Command } from "../command.ts"
import { lineContent, lineOptions } from "../line-flags.ts"

export const publicLine: Command = actCommand({
  name: "public-line",
  kind: "public-line",
  summary: "propose what both tell the press",
  options: lineOptions,
  examples: [
    "tearline public-line 3fa9 --originator-stance no-comment --addressee-stance attribute " +
      '--line en="A partner warned us." --method declined --answers-for each-for-itself',
  ],
  done: "line proposed",
  content: (given, nowMs) => lineContent(given, "public-line", nowMs),
})
