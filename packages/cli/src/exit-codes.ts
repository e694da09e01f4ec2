/** The exit codes, so that a script can tell "refused" from "not running" without reading words. */

export const exitCodes = {
  done: 0,
  refused: 1,
  usage: 2,
  unreachable: 3,
  environment: 4,
  internal: 5,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** What each means, for `tearline help exit-codes`. */
export const exitMeanings: Readonly<Record<ExitCode, string>> = {
  0: "done",
  1: "not done: the node or a person refused, or there was nothing to do it to",
  2: "wrong usage: a command, flag, value or file content that is not understood",
  3: "the node is not running, or does not answer",
  4: "this machine: a file or folder, a full disk, a port in use, no PostgreSQL",
  5: "a mistake in Tearline itself",
}
