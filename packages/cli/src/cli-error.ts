/** What a person is told when a command does not do what it was asked, and the exit code for it. */

import { exitCodes, type ExitCode } from "./exit-codes.ts"

/** Stable codes of this package. What the node answered is carried as its own code, under `refused`. */
export type CliErrorCode =
  | "wrong_usage"
  | "wrong_content"
  | "refused"
  | "left_behind"
  | "not_all_warned"
  | "not_confirmed"
  | "fingerprint_mismatch"
  | "ambiguous_name"
  | "unknown_name"
  | "already_there"
  | "already_running"
  | "not_running"
  | "no_answer"
  | "not_a_node"
  | "cannot_read"
  | "cannot_write"
  | "disk_full"
  | "port_in_use"
  | "no_database"
  | "database_behind"
  | "epoch_behind"
  | "clock_behind"
  | "wrong_root_key"
  | "start_failed"
  | "internal"

const exits: Readonly<Record<CliErrorCode, ExitCode>> = {
  wrong_usage: exitCodes.usage,
  wrong_content: exitCodes.usage,
  refused: exitCodes.refused,
  left_behind: exitCodes.refused,
  not_all_warned: exitCodes.refused,
  not_confirmed: exitCodes.refused,
  fingerprint_mismatch: exitCodes.refused,
  ambiguous_name: exitCodes.refused,
  unknown_name: exitCodes.refused,
  already_there: exitCodes.refused,
  already_running: exitCodes.refused,
  not_running: exitCodes.unreachable,
  no_answer: exitCodes.unreachable,
  not_a_node: exitCodes.environment,
  cannot_read: exitCodes.environment,
  cannot_write: exitCodes.environment,
  disk_full: exitCodes.environment,
  port_in_use: exitCodes.environment,
  no_database: exitCodes.environment,
  database_behind: exitCodes.environment,
  epoch_behind: exitCodes.environment,
  clock_behind: exitCodes.environment,
  wrong_root_key: exitCodes.refused,
  start_failed: exitCodes.environment,
  internal: exitCodes.internal,
}

/** The one error of this package. `message` says what happened, `hint` what to do about it. */
export class CliError extends Error {
  override readonly name = "CliError"
  readonly code: CliErrorCode
  readonly hint: string
  /** What is shown as the code: the node's own where the node refused, else `code`. */
  readonly shown: string

  constructor(
    code: CliErrorCode,
    message: string,
    options: { readonly hint: string; readonly cause?: unknown; readonly shown?: string },
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    this.hint = options.hint
    this.shown = options.shown ?? code
  }

  get exit(): ExitCode {
    return exits[this.code]
  }
}

/** The `code` that Node puts on an error of the system, if it is one. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined
  return typeof error.code === "string" ? error.code : undefined
}

/** A failure of the file system as words for people. `doing`: "write" or "read". */
export function fileError(error: unknown, path: string, doing: "read" | "write"): CliError {
  if (error instanceof CliError) return error
  const code = systemCode(error)
  if (code === "ENOSPC" || code === "EDQUOT") {
    const hint = "free some space on that disk and run the command again; nothing is half written"
    return new CliError("disk_full", `no space left on the disk of ${path}`, { hint, cause: error })
  }
  const kind = doing === "read" ? "cannot_read" : "cannot_write"
  return new CliError(
    kind,
    `cannot ${doing} ${path}: ${reasons[code ?? ""] ?? code ?? "unknown"}`,
    {
      hint: hints[code ?? ""] ?? "check that the path is right and that this user may use it",
      cause: error,
    },
  )
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "it is not there",
  EACCES: "this user may not",
  EPERM: "this user may not",
  EROFS: "the disk is read-only",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is no folder",
  ENAMETOOLONG: "the path is too long",
}

const hints: Readonly<Record<string, string>> = {
  ENOENT: "check the path for a typing error",
  EACCES: "run the command as the user who owns it, or give it to this user",
  EPERM: "run the command as the user who owns it, or give it to this user",
  EROFS: "choose a folder on a disk that can be written",
  EISDIR: "name a file in that folder",
}
