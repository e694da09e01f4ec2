/** Docs/operating/command-line.md, written out of the same texts as `--help`. */

import type { Command } from "../src/command.ts"
import { exitCodesText, helpText, overviewText } from "../src/help-text.ts"

const opening = `# The command line

\`npm run tearline -- COMMAND\` in a checkout, \`tearline COMMAND\` where it is installed. This page is written out of the program's own help; a test keeps the two equal.

Results go to standard output, everything else to standard error. \`--json\` prints one document and works with every command. Text that peers wrote is shown with control and reordering characters made visible.`

const block = (text: string): string => `\`\`\`text\n${text}\n\`\`\``

/** The whole page. */
export function helpPage(commands: readonly Command[]): string {
  const sections = commands.map((it) => `## tearline ${it.name}\n\n${block(helpText(it))}`)
  const parts = [
    opening,
    block(overviewText(commands)),
    `## Exit codes\n\n${block(exitCodesText())}`,
    ...sections,
  ]
  return `${parts.join("\n\n")}\n`
}
