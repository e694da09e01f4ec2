/**
 * Who could not be warned, told after the others were: whoever reads only the exit code learns it
 * too.
 */

import { CliError } from "./cli-error.ts"
import type { WarningMade } from "./desk/answers.ts"
import { plain } from "./terminal/plain.ts"

export function notAllWarned(
  leftOut: WarningMade["leftOut"],
  nameOf: (org: string) => string,
): CliError {
  const named = leftOut.map(({ org, code }) => `${plain(nameOf(org))} (${plain(code)})`)
  const to = leftOut.map(({ org }) => `--to ${plain(org)}`).join(" ")
  return new CliError("not_all_warned", `not warned: ${named.join(", ")}; all others were`, {
    hint:
      "tell them by another way now; see what to mend with: tearline status; " +
      `then warn them alone, with the same flags and ${to}`,
  })
}
