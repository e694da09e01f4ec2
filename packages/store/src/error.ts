/**
 * What can go wrong between us and the database, each under a code that never changes.
 *
 * A message of PostgreSQL may quote the values it was given, and its details do. So neither is
 * kept: the SQLSTATE, the name of the statement and of the constraint say as much as an operator
 * needs.
 */

export type StoreErrorCode =
  /** Not reachable, overloaded, in fail-over, or too slow: the same call may succeed later. */
  | "unavailable"
  /** Something has changed since it was read; nothing was written. Read it again. */
  | "conflict"
  | "disk_full"
  /** The server would acknowledge what it may lose. */
  | "unsafe_settings"
  /** The role may not do this, or its password is wrong. */
  | "forbidden"
  /** The database is older than this program. */
  | "not_migrated"
  /** A migration that was applied is not the one that this program has. */
  | "migration_changed"
  /** The database is newer than this program. */
  | "migration_unknown"
  /** What is stored cannot be what was written. */
  | "corrupt"
  /** The statement itself is wrong: a defect of ours. */
  | "failed"

interface Circumstances {
  readonly sqlState?: string | undefined
  readonly statement?: string | undefined
  readonly about?: string | undefined
}

/**
 * The one error of this package. Its message holds no value of any row but the id of what is
 * damaged, no password and no URL.
 */
export class StoreError extends Error {
  override readonly name = "StoreError"
  readonly code: StoreErrorCode
  /** SQLSTATE of PostgreSQL or code of the socket, where one of them failed. */
  readonly sqlState: string | undefined
  readonly statement: string | undefined
  /** Of what is damaged, where it is known: a message's id, or a link's peer. */
  readonly about: string | undefined

  constructor(code: StoreErrorCode, message: string, circumstances: Circumstances = {}) {
    super(message)
    this.code = code
    this.sqlState = circumstances.sqlState
    this.statement = circumstances.statement
    this.about = circumstances.about
  }
}

const advice: Readonly<Record<StoreErrorCode, string>> = {
  unavailable: "the database cannot be used now; it is tried again",
  conflict: "this has changed since it was read; read it again",
  disk_full: "the database's disk is full; free some space",
  unsafe_settings: "the database could lose warnings; set it safely",
  forbidden: "the database refuses this role; check the roles and their passwords",
  not_migrated: "the database lacks a table of this version; run the migrations",
  migration_changed: "an applied migration has changed; restore its file",
  migration_unknown: "the database is newer than this program; update the program",
  corrupt: "the database reports damage; stop the node and restore the database from a backup",
  failed: "the database refused a statement; report this",
}

const exact: Readonly<Record<string, StoreErrorCode>> = {
  "23505": "conflict",
  "53100": "disk_full",
  "42501": "forbidden",
  "3D000": "forbidden",
  "42P01": "not_migrated",
  "3F000": "not_migrated",
  "42703": "not_migrated",
  "40001": "unavailable",
  "40P01": "unavailable",
  "25006": "unavailable",
  "55P03": "unavailable",
  "57014": "unavailable",
  ENOSPC: "disk_full",
}

const byClass: Readonly<Record<string, StoreErrorCode>> = {
  "08": "unavailable",
  "28": "forbidden",
  "53": "unavailable",
  "57": "unavailable",
  "58": "unavailable",
  XX: "corrupt",
}

/** The SQLSTATE or socket code on an error. */
export function sqlStateOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined
  return typeof error.code === "string" ? error.code : undefined
}

function isStaleVersion(error: unknown): boolean {
  if (sqlStateOf(error) !== "23502") return false
  return (error as { column?: unknown }).column === "version"
}

function codeOf(error: unknown): StoreErrorCode {
  const state = sqlStateOf(error)
  // Drivers end a lost connection by an error without a code.
  if (state === undefined) return "unavailable"
  // A version that has moved on is made null by the statement that compares it (exchange/commit.ts).
  if (isStaleVersion(error)) return "conflict"
  if (state === "XX000") return "failed"
  const socket = isAnswer(error) ? undefined : "unavailable"
  return exact[state] ?? socket ?? byClass[state.slice(0, 2)] ?? "failed"
}

/** Whether the server said it, so that the connection is still good. */
export function isAnswer(error: unknown): boolean {
  const state = sqlStateOf(error) ?? ""
  return /^[0-9A-Z]{5}$/.test(state) && !/^E[A-Z]+$/.test(state)
}

/** Gives a failure its code and takes the values out of it; what is already ours passes. */
export function asStoreError(error: unknown, statement?: string): StoreError {
  if (error instanceof StoreError) return error
  // A defect of ours, not of the world: its own words say more.
  if (error instanceof TypeError || error instanceof RangeError) throw error
  const sqlState = sqlStateOf(error)
  const code = codeOf(error)
  const where = [statement, sqlState].filter((it) => it !== undefined).join(", ")
  return new StoreError(code, `${advice[code]}${where === "" ? "" : ` (${where})`}`, {
    sqlState,
    statement,
  })
}
