/**
 * One process at a time starts or stops the server of a folder.
 *
 * Without it, one launcher could stop a server that another is just joining. The lock is a file
 * that names its holder, so that a lock whose holder was killed is nobody's.
 */

import { randomBytes } from "node:crypto"
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"

import { codeOf, PostgresError } from "./error.ts"
import { isAlive, ownIdentity } from "./process-identity.ts"

/** Longer than a first start on a slow disk, or the longest orderly stop. */
const waitMsMax = 150_000

/** Runs `work` while no other process holds the lock of this folder. */
export async function underLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lock = `${folder}/lock`
  const ticket = `${ownIdentity()} ${randomBytes(8).toString("hex")}`
  const deadline = performance.now() + waitMsMax
  while (!take(lock, ticket)) {
    if (performance.now() > deadline) {
      const holder = Number.parseInt(holderOf(lock) ?? "", 10)
      const message = `process ${holder} holds ${lock}; wait for it, or end it, and start again`
      throw new PostgresError("folder_busy", message)
    }
    await pause(50)
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

function take(lock: string, ticket: string): boolean {
  const own = `${lock}.${ticket.replace(" ", ".")}`
  try {
    writeFileSync(own, ticket, { mode: 0o600 })
    // A link appears with its content or not at all; creating the lock and then writing would not.
    linkSync(own, lock)
    return true
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error
    clearDead(lock, own)
    return false
  } finally {
    rmSync(own, { force: true })
  }
}

function clearDead(lock: string, own: string): void {
  const holder = holderOf(lock)
  if (holder === undefined || isAlive(holder.split(" ")[0] ?? "")) return
  const grave = `${own}.grave`
  try {
    renameSync(lock, grave)
    // Someone else may have cleared it and taken it in between: then it is put back.
    if (readFileSync(grave, "utf8") !== holder) linkSync(grave, lock)
  } catch (error) {
    if (codeOf(error) !== "ENOENT" && codeOf(error) !== "EEXIST") throw error
  } finally {
    rmSync(grave, { force: true })
  }
}

function holderOf(lock: string): string | undefined {
  try {
    return readFileSync(lock, "utf8")
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined
    throw error
  }
}
