/**
 * The manners at the terminal. The result goes to standard output and nothing else does. What is
 * said on the way goes to standard error, `tearline: ` before it, lower case, no full stop, and is
 * silent under `--json`. Questions are asked only where a person can answer them.
 */

import { promises as readline } from "node:readline"

import { CliError } from "../cli-error.ts"
import { plain, plainJson } from "./plain.ts"
import { type Style, styleFor } from "./style.ts"

export class Terminal {
  readonly isJson: boolean
  readonly style: Style

  constructor(options: { readonly isJson: boolean; readonly mayColour: boolean }) {
    this.isJson = options.isJson
    this.style = styleFor(options.mayColour && process.stdout.isTTY && !options.isJson)
  }

  get isInteractive(): boolean {
    return process.stdin.isTTY && process.stderr.isTTY && !this.isJson
  }

  /** Prints a result: the document under `--json`, else the lines. */
  print(document: unknown, lines: readonly string[]): void {
    process.stdout.write(this.isJson ? `${plainJson(document)}\n` : `${lines.join("\n")}\n`)
  }

  /** One JSON document on one line, for output that comes piece by piece. */
  printLine(document: unknown, line: string): void {
    process.stdout.write(this.isJson ? `${JSON.stringify(document)}\n` : `${line}\n`)
  }

  /** Something said on the way. */
  note(message: string): void {
    if (!this.isJson) process.stderr.write(`tearline: ${plain(message)}\n`)
  }

  /** Lines shown to a person before a question. */
  show(lines: readonly string[]): void {
    if (!this.isJson) process.stderr.write(`${lines.join("\n")}\n`)
  }

  /** Asks, where a person can answer. Throws `not_confirmed` when the person leaves. */
  async ask(question: string): Promise<string> {
    const asking = readline.createInterface({ input: process.stdin, output: process.stderr })
    const left = Promise.withResolvers<never>()
    const leave = (): void =>
      left.reject(
        new CliError("not_confirmed", "no answer was given", { hint: "nothing was changed" }),
      )
    asking.once("close", leave)
    try {
      return (await Promise.race([asking.question(question), left.promise])).trim()
    } finally {
      asking.off("close", leave)
      asking.close()
    }
  }

  /** Waits for work, and says what is going on once it has taken longer than a second. */
  async during<T>(message: string, work: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.note(message), 1_000)
    try {
      return await work
    } finally {
      clearTimeout(timer)
    }
  }
}
