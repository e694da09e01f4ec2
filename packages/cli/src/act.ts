/**
 * One command for each act of the loop, all of one shape: a thread, and the content of one message.
 *
 * Flags mirror the kind's schema; `--file` takes the content as JSON instead. Which message is
 * answered the node finds by itself, unless `--answers` names it.
 */

import type { Kind } from "@tearline/core"

import type { Command, Context, Option, Positional, Report } from "./command.ts"
import { checkedContent } from "./content.ts"
import { type DeskClient, deskClient } from "./desk/client.ts"
import { type Given, usageError } from "./given.ts"
import { readJsonFile } from "./json-file.ts"
import { stateDir } from "./state/choice.ts"
import { plain } from "./terminal/plain.ts"

export interface ActShape {
  readonly name: string
  readonly kind: Kind
  readonly summary: string
  readonly details?: string
  readonly options: Readonly<Record<string, Option>>
  readonly examples: readonly string[]
  /** What is said when it is done: `accepted`. */
  readonly done: string
  /** The content out of the flags. Throws `wrong_usage`. */
  content(given: Given, nowMs: number): object
}

export const threadPositional: Positional = {
  name: "THREAD",
  help: "the thread's id, or any beginning of it that no other thread has",
  whenMissing: "see the threads with: tearline threads",
}

export const officerOption: Option = {
  type: "text",
  value: "<name>",
  help: "who acts; stays at home, peers never see it",
}

export const fileOption: Option = {
  type: "text",
  value: "<file>",
  help: "the content as JSON instead of flags; - for standard input",
}

const actOptions: Readonly<Record<string, Option>> = {
  officer: officerOption,
  answers: {
    type: "text",
    value: "<message>",
    help: "the message that is answered, where it is not the latest that can be",
  },
  file: fileOption,
}

/** The command of an act. */
export function actCommand(shape: ActShape): Command {
  return {
    name: shape.name,
    summary: shape.summary,
    ...(shape.details === undefined ? {} : { details: shape.details }),
    positionals: [threadPositional],
    options: { ...shape.options, ...actOptions },
    examples: shape.examples,
    run: (context) => runAct(shape, context),
  }
}

async function runAct(shape: ActShape, context: Context): Promise<Report> {
  const { given } = context
  const thread = threadOf(given, shape.name)
  const content = await checkedContent(shape.kind, await contentOf(shape, given))
  return withDesk(context, async (desk) => {
    const answers = given.text("answers")
    const order = {
      kind: shape.kind,
      content,
      officer: given.text("officer") ?? context.environment.officer,
      ...(answers === undefined ? {} : { answers: [answers] }),
    }
    const { message } = await context.terminal.during(
      "waiting for the node to sign and store it…",
      desk.act(thread, order),
    )
    return {
      document: { thread, kind: shape.kind, message },
      lines: [`${shape.done}: thread ${plain(thread)}, message ${message.slice(0, 12)}`],
    }
  })
}

async function contentOf(shape: ActShape, given: Given): Promise<unknown> {
  const file = given.text("file")
  if (file === undefined) return shape.content(given, Date.now())
  const flags = given.names().filter((name) => Object.hasOwn(shape.options, name))
  if (flags.length === 0) return readJsonFile(file)
  throw usageError(`--file and --${flags[0]} are both given; one of them suffices`, shape.name)
}

/** The thread that was typed: hexadecimal, at most a whole id. Throws `wrong_usage`. */
export function threadOf(given: Given, command: string): string {
  const typed = (given.positionals[0] ?? "").toLowerCase()
  if (/^[0-9a-f]{1,32}$/.test(typed)) return typed
  throw usageError(`"${typed}" is no thread id: use its hexadecimal digits`, command)
}

/** Runs work with the desk of the chosen node and lets go of the connection afterwards. */
export async function withDesk<T>(
  context: Context,
  work: (desk: DeskClient) => Promise<T>,
): Promise<T> {
  const desk = deskClient(stateDir(context))
  try {
    return await work(desk)
  } finally {
    desk.close()
  }
}
