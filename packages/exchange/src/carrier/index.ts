/**
 * What carries files, for processes that are no exchange: a folder on this machine's disk, and the
 * pinned line to a gateway's inner listener. Loads nothing of the exchange itself.
 */

import { randomBytes } from "node:crypto"

import { DropFolder } from "@tearline/core"

import { hashing } from "../hashing.ts"
import { folderDisk } from "./folder-disk.ts"

export { ExchangeError } from "../exchange-error.ts"
export { GatewayLine } from "../gateway-line.ts"

/** The drop folder at a path that is there already. */
export function dropFolderAt(path: string): DropFolder {
  const chance = { bytes: (count: number) => new Uint8Array(randomBytes(count)) }
  return new DropFolder({ disk: folderDisk(path), hashing, chance })
}
