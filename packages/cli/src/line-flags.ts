/** The agreed answer to the press: the flags that a line and its amendment share. */

import { vocabulary } from "@tearline/core"

import type { Option } from "./command.ts"
import { given as present, pairs } from "./content.ts"
import { type Given, usageError } from "./given.ts"
import { parseTime } from "./terminal/time.ts"

const stance = (whose: string): Option => ({
  type: "text",
  value: "<code>",
  help: `what the ${whose} says about its part`,
  codes: vocabulary.publicStances.codes,
})

export const lineOptions: Readonly<Record<string, Option>> = {
  "originator-stance": stance("originator"),
  "addressee-stance": stance("addressee"),
  line: {
    type: "text",
    value: "<tag=text>",
    help: "the text by language tag, as in en=…; may be repeated",
    isMultiple: true,
  },
  method: {
    type: "text",
    value: "<code>",
    help: 'the answer to "how did they learn of it"',
    codes: ["declined", "own-text"],
  },
  "answers-for": {
    type: "text",
    value: "<code>",
    help: "who answers for whom",
    codes: ["each-for-itself", "originator-for-both", "addressee-for-both"],
  },
  embargo: { type: "text", value: "<time>", help: "not before this time" },
}

/** The line out of the flags. Throws `wrong_usage`. */
export function lineContent(given: Given, command: string, nowMs: number): object {
  const embargo = given.text("embargo")
  const texts = pairs("line", given.list("line"))
  if (texts === undefined) throw usageError("--line is missing: give a text, as en=…", command)
  return {
    stances: {
      originator: given.needed("originator-stance"),
      addressee: given.needed("addressee-stance"),
    },
    texts,
    method: given.needed("method"),
    answersFor: given.needed("answers-for"),
    ...present({
      embargoUntilMs: embargo === undefined ? undefined : parseTime("embargo", embargo, nowMs),
    }),
  }
}
