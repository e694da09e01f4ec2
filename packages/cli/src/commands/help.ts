import { CliError } from "../cli-error.ts"
import type { Command, Context, Report } from "../command.ts"
import { exitCodesText, helpText, overviewText } from "../help-text.ts"
import { nearestHint } from "../nearest.ts"

/** `commands` is asked late: the list of commands holds this one too. */
export function helpCommand(commands: () => readonly Command[]): Command {
  return {
    name: "help",
    summary: "show all commands, one of them, or the exit codes",
    options: {},
    examples: ["tearline help", "tearline help warn", "tearline help exit-codes"],
    positionals: [],
    run: async ({ given }: Context) => reportOf(given.positionals.join(" "), commands()),
  }
}

function reportOf(topic: string, commands: readonly Command[]): Report {
  if (topic === "") return text(overviewText(commands))
  if (topic === "exit-codes") return text(exitCodesText())
  const command = commands.find(({ name }) => name === topic)
  if (command !== undefined) return text(helpText(command))
  const under = commands.filter(({ name }) => name.startsWith(`${topic} `))
  if (under.length > 0) return text(under.map(helpText).join("\n\n"))
  const names = [...commands.map(({ name }) => name), "exit-codes"]
  throw new CliError("wrong_usage", `there is no help on "${topic}"`, {
    hint: nearestHint(topic, names, "see tearline help"),
  })
}

function text(whole: string): Report {
  return { document: { help: whole }, lines: [whole] }
}
