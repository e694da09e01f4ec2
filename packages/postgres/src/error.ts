/** What can go wrong between us and a PostgreSQL server, each under a code that never changes. */
export type PostgresErrorCode =
  /** No server ships for this platform, or the package is not installed, or cannot run here. */
  | "no_binary"
  | "init_failed"
  | "start_failed"
  | "start_timeout"
  | "stop_timeout"
  /** Another process holds the folder's lock for longer than any start takes. */
  | "folder_busy"
  /** The folder holds something that this supervisor did not make, or made for another version. */
  | "foreign_folder"
  /** A file or account has the wrong owner for the user that would run the server. */
  | "wrong_owner"
  | "path_problem"
  | "disk_full"
  /** The cluster is there and its passwords are not. */
  | "secrets_lost"
  /** A connection URL of an external server is not usable. */
  | "bad_url"
  /** The server would acknowledge what it may lose. */
  | "unsafe_settings"

/** The one error of this package. Its message says what to do and never holds a password or a URL. */
export class PostgresError extends Error {
  override readonly name = "PostgresError"
  readonly code: PostgresErrorCode

  constructor(code: PostgresErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

/** The `code` that Node or PostgreSQL put on an error, or undefined. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined
  return typeof error.code === "string" ? error.code : undefined
}

/** Gives a failure of the file system its code; what is already ours passes as it is. */
export function asPostgresError(error: unknown, where: string): PostgresError {
  if (error instanceof PostgresError) return error
  const code = codeOf(error)
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new PostgresError("disk_full", `no space left for ${where}; free some and start again`, {
      cause: error,
    })
  }
  const doing = `${where} cannot be read or written (${code ?? "unknown"})`
  return new PostgresError("path_problem", `${doing}; check its owner and mode`, { cause: error })
}
