/**
 * Who uses the server of a folder: one file for each, named after the process and one use of it.
 *
 * The last one out stops the server. A lease whose process is dead counts for nothing.
 */

import { randomBytes } from "node:crypto"
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"

import { codeOf } from "./error.ts"
import { isAlive, ownIdentity } from "./process-identity.ts"

/** Registers a use by this process and returns the lease's name. */
export function takeLease(folder: string): string {
  const name = `${ownIdentity()}_${randomBytes(4).toString("hex")}`
  mkdirSync(`${folder}/leases`, { recursive: true, mode: 0o700 })
  writeFileSync(`${folder}/leases/${name}`, "", { mode: 0o600 })
  return name
}

/** Ends a use; false when it had ended before. */
export function dropLease(folder: string, name: string): boolean {
  try {
    rmSync(`${folder}/leases/${name}`)
    return true
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false
    throw error
  }
}

/** How many uses there are by processes that live; clears away those of dead ones. */
export function countLeases(folder: string): number {
  mkdirSync(`${folder}/leases`, { recursive: true, mode: 0o700 })
  // Only what looks like a lease: nothing else is ours to clear away.
  const names = readdirSync(`${folder}/leases`).filter((name) => /^\d+\..+_[0-9a-f]{8}$/.test(name))
  const dead = names.filter((name) => !isAlive(name.split("_")[0] ?? ""))
  for (const name of dead) dropLease(folder, name)
  return names.length - dead.length
}
