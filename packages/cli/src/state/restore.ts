/** Authorises a restore: the offline root signs a new epoch for all links of this node. */

import { existsSync, readFileSync } from "node:fs"

import { checkIdentity, checkRestore, signRestore, signingKeyFromSeed } from "@tearline/crypto"

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
}

/**
 * Signs and keeps a restore statement; the exchange shows it to every peer at its next start.
 *
 * @throws CliError `already_running`, `cannot_read`, `wrong_root_key`, `cannot_write`.
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
  const identity = checkIdentity(folder.readStatement("identity"))
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
  replaceFile(folder.statement("restore"), statement)
  return { org: folder.config().org, epoch, atMs: issuedSeconds * 1000 }
}

/** The newest epoch that this folder knows of; the peers know whether there was a newer one. */
function newestEpoch(folder: NodeFolder): number {
  const mark = readHighWater(folder)
  const used = Object.values(mark?.links ?? {}).map((it) => it.epoch)
  return Math.max(1, restoreEpoch(folder), mark?.restoreEpoch ?? 0, ...used)
}

/** The epoch of the newest restore statement of this node, 0 for none. */
export function restoreEpoch(folder: NodeFolder): number {
  if (!existsSync(folder.statement("restore"))) return 0
  const identity = checkIdentity(folder.readStatement("identity"))
  return checkRestore(folder.readStatement("restore"), identity).epoch
}

function rootKey(path: string): ReturnType<typeof signingKeyFromSeed> {
  const { seed } = parseJson(rootText(path), path) as { readonly seed?: unknown }
  try {
    return signingKeyFromSeed(Buffer.from(String(seed), "base64"))
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
