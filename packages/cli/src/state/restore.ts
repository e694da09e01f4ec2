/** Authorises a restore: the offline root signs a new epoch for all links of this node. */

import { existsSync, readFileSync } from "node:fs"

import {
  checkIdentity,
  checkOperations,
  checkRestore,
  CryptoError,
  signRestore,
  signingKeyFromSeed,
} from "@tearline/crypto"

import { CliError, fileError } from "../cli-error.ts"
import { parseJson } from "../json-file.ts"
import { takeLock } from "../launcher/lock.ts"
import { replaceFile } from "./durable.ts"
import type { NodeFolder } from "./folder.ts"
import { readHighWater } from "./high-water.ts"

export interface Authorised {
  readonly org: string
  readonly epoch: number
  readonly atMs: number
  /** No record of earlier epochs is here: that this one is greater rests on the machine's clock. */
  readonly isByClock: boolean
}

/**
 * Signs and keeps a restore statement; the exchange shows it to every peer at its next start.
 *
 * @throws CliError `already_running`, `cannot_read`, `wrong_root_key`, `cannot_write`;
 *   `clock_behind` where only the clock could tell a new epoch from an old one, and it is certainly
 *   wrong.
 */
export function authoriseRestore(
  folder: NodeFolder,
  options: { readonly rootFile?: string; readonly nowMs: number },
): Authorised {
  const release = takeLock(folder.lockFile)
  try {
    return authorise(folder, options)
  } finally {
    release()
  }
}

function authorise(
  folder: NodeFolder,
  { rootFile, nowMs }: { readonly rootFile?: string; readonly nowMs: number },
): Authorised {
  const identity = identityOf(folder)
  const issuedSeconds = Math.floor(nowMs / 1000)
  const epoch = Math.max(issuedSeconds, newestEpoch(folder) + 1)
  const root = rootKey(rootFile ?? folder.secret("root"))
  const statement = signRestore(root, { org: identity.org, epoch, issuedSeconds })
  try {
    checkRestore(statement, identity)
  } catch (cause) {
    throw new CliError("wrong_root_key", "this is not the root key of this node", {
      hint: "name the file that init wrote as secrets/root.json: --root <file>",
      cause,
    })
  }
  const isByClock = readHighWater(folder) === undefined
  if (isByClock) mustBeAfter(lastStatedSeconds(folder, identity), issuedSeconds)
  replaceFile(folder.statement("restore"), statement)
  return { org: folder.config().org, epoch, atMs: issuedSeconds * 1000, isByClock }
}

/** Of a clock that was adjusted since, and no more. */
const clockSlackSeconds = 86_400

function mustBeAfter(statedSeconds: number, nowSeconds: number): void {
  if (nowSeconds >= statedSeconds - clockSlackSeconds) return
  const [now, stated] = [nowSeconds, statedSeconds].map((it) =>
    new Date(it * 1000).toISOString().slice(0, 10),
  )
  const message = `this machine's clock shows ${now}, but this node signed a statement on ${stated}`
  throw new CliError("clock_behind", message, {
    hint:
      "set the clock right and type it again: high-water.json is lost or damaged, so that only the " +
      "clock can tell a new epoch from one that was used",
  })
}

/** The latest time at which this node is known to have signed a statement. */
function lastStatedSeconds(folder: NodeFolder, identity: Identity): number {
  const operations = () => checkOperations(folder.readStatement("operations"), identity)
  const restored = () => checkRestore(folder.readStatement("restore"), identity)
  const hasRestored = existsSync(folder.statement("restore"))
  return Math.max(...[operations, ...(hasRestored ? [restored] : [])].map(issuedIn))
}

/** 0 for what does not hold: a damaged statement proves nothing. */
function issuedIn(read: () => { readonly issuedSeconds: number }): number {
  try {
    return read().issuedSeconds
  } catch (error) {
    if (error instanceof CryptoError) return 0
    throw error
  }
}

/** The newest epoch that this folder knows of; the peers know whether there was a newer one. */
function newestEpoch(folder: NodeFolder): number {
  const mark = readHighWater(folder)
  const used = Object.values(mark?.links ?? {}).map((it) => it.epoch)
  return Math.max(1, statedEpoch(folder) ?? 0, mark?.restoreEpoch ?? 0, ...used)
}

/**
 * The epoch of the newest restore statement of this node, 0 for none.
 *
 * @throws CliError `not_a_node` for one that is damaged.
 */
export function restoreEpoch(folder: NodeFolder): number {
  const epoch = statedEpoch(folder)
  if (epoch !== undefined) return epoch
  const path = folder.statement("restore")
  throw new CliError("not_a_node", `${path} is damaged, or of another node`, {
    hint: "authorise the restore once more, with the offline root key: tearline restore",
  })
}

/** 0 for no statement, undefined for one that does not hold. */
function statedEpoch(folder: NodeFolder): number | undefined {
  if (!existsSync(folder.statement("restore"))) return 0
  const identity = identityOf(folder)
  try {
    return checkRestore(folder.readStatement("restore"), identity).epoch
  } catch (error) {
    if (error instanceof CryptoError) return undefined
    throw error
  }
}

type Identity = ReturnType<typeof checkIdentity>

function identityOf(folder: NodeFolder): Identity {
  try {
    return checkIdentity(folder.readStatement("identity"))
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause
    const hint = "restore the file from a backup of this node"
    throw new CliError("not_a_node", `${folder.statement("identity")} is damaged`, { hint, cause })
  }
}

function rootKey(path: string): ReturnType<typeof signingKeyFromSeed> {
  const found = parseJson(rootText(path), path) as { readonly seed?: unknown } | null
  try {
    return signingKeyFromSeed(Buffer.from(String(found?.seed), "base64"))
  } catch (cause) {
    const hint = "name the file that init wrote as secrets/root.json: --root <file>"
    throw new CliError("wrong_root_key", `${path} holds no root key`, { hint, cause })
  }
}

function rootText(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch (error) {
    const said = fileError(error, path, "read")
    const hint =
      "bring the root key from where it is kept offline, and name its file: --root <file>"
    throw new CliError(said.code, said.message, { hint, cause: error })
  }
}
