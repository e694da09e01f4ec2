/** One launcher for each state folder: the lock names its holder, and a dead holder's is nobody's. */

import { randomBytes } from "node:crypto"
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"

import { CliError, fileError, systemCode } from "../cli-error.ts"
import { identify, isRunning } from "./process-identity.ts"

/** Takes the lock; gives the function that lets go of it. Throws `already_running`. */
export function takeLock(path: string): () => void {
  const mine = identify(process.pid) ?? String(process.pid)
  const draft = `${path}.${randomBytes(6).toString("hex")}`
  try {
    writeFileSync(draft, mine, { mode: 0o600, flag: "wx" })
    // A link appears with its content or not at all.
    while (!linked(draft, path)) clearDead(path, draft)
  } catch (error) {
    throw fileError(error, path, "write")
  } finally {
    rmSync(draft, { force: true })
  }
  return () => {
    if (holderOf(path) === mine) rmSync(path, { force: true })
  }
}

function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false
    throw error
  }
}

function clearDead(path: string, draft: string): void {
  const holder = holderOf(path)
  if (holder === undefined) return
  if (isRunning(holder)) {
    const pid = Number.parseInt(holder, 10)
    throw new CliError("already_running", `this node is already running, as process ${pid}`, {
      hint: `see it with: tearline status; stop it with: kill ${pid}`,
    })
  }
  const grave = `${draft}.grave`
  try {
    renameSync(path, grave)
    // Someone else may have cleared it and taken it in between: then it is put back.
    if (holderOf(grave) !== holder) linkSync(grave, path)
  } catch (error) {
    if (systemCode(error) !== "ENOENT" && systemCode(error) !== "EEXIST") throw error
  } finally {
    rmSync(grave, { force: true })
  }
}

/** Whether a launcher runs that holds the lock. */
export function isHeld(path: string): boolean {
  const holder = holderOf(path)
  return holder !== undefined && isRunning(holder)
}

/** The identity in a lock; `undefined` when there is none. */
function holderOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8")
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined
    throw error
  }
}
