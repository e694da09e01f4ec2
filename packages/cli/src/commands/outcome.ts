import { outcomePoints, vocabulary } from "@tearline/core"

import { actCommand } from "../act.ts"
import type { Command } from "../command.ts"
import { given as present, pairs, wholeNumber } from "../content.ts"

export const outcome: Command = actCommand({
  name: "outcome",
  kind: "outcome",
  summary: "report what came of it, element by element",
  options: {
    point: {
      type: "text",
      value: "<point>",
      help: "which of the three reports this is",
      codes: outcomePoints,
    },
    result: {
      type: "text",
      value: "<code>",
      help: "what came of it",
      codes: vocabulary.outcomeCodes.codes,
    },
    element: {
      type: "text",
      value: "<name=code>",
      help: "how one element proved, as in who=right; may be repeated",
      isMultiple: true,
    },
    arrests: { type: "text", value: "<count>", help: "how many were arrested" },
    seizure: {
      type: "text",
      value: "<text>",
      help: "what was seized; may be repeated",
      isMultiple: true,
    },
    text: { type: "text", value: "<text>", help: "what else to say about it" },
    final: { type: "flag", help: "nothing more is to come" },
  },
  examples: [
    "tearline outcome 3fa9 --point 24h --result prevented-arrest --arrests 7 --element where=right",
  ],
  done: "outcome reported",
  content: (given) => ({
    point: given.needed("point"),
    result: given.needed("result"),
    ...present({
      elements: pairs("element", given.list("element")),
      arrests: wholeNumber("arrests", given.text("arrests")),
      seizures: given.list("seizure"),
      text: given.text("text"),
      final: given.isOn("final") || undefined,
    }),
  }),
})
