/** Keeps the high-water mark of a running node, and holds its databases against it at the start. */

import type { RoleUrls } from "@tearline/postgres"
import { gatewayProgress } from "@tearline/store"

import type { NodeFolder } from "../state/folder.ts"
import { mustNotBeAhead, mustNotBeBehind, writeHighWater } from "../state/high-water.ts"
import { restoreEpoch } from "../state/restore.ts"

const everyMs = 10_000

export interface Mark {
  /** Once the exchange has opened the epoch of a restore that it was told of. */
  start(urls: () => RoleUrls): void
  /** Writes once more, for the next start. A database that is away leaves the mark where it was. */
  close(urls: RoleUrls): Promise<void>
}

/**
 * Throws `database_behind` where the databases are older ones than those that this node ran on, and
 * `epoch_behind` where they are in an epoch that no restore statement here authorises.
 */
export async function openMark(folder: NodeFolder, urls: RoleUrls): Promise<Mark> {
  const epoch = restoreEpoch(folder)
  await mustNotBeBehind(folder, urls, epoch)
  await mustNotBeAhead(folder, urls, epoch)
  let gatewayMs = await gatewayProgress(urls.gateway)
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined
  let isStarted = false

  function write(now: RoleUrls): Promise<void> {
    // What cannot be read or written is tried again: the mark may lag.
    writing ??= writeHighWater(folder, now, { restoreEpoch: epoch, gatewayMs })
      .catch(() => undefined)
      .finally(() => {
        writing = undefined
      })
    return writing
  }

  return {
    start(now) {
      isStarted = true
      timer = setInterval(() => void write(now()), everyMs)
      void write(now())
    },
    async close(now) {
      clearInterval(timer)
      await writing
      if (!isStarted) return
      gatewayMs = await gatewayProgress(now.gateway).catch(() => gatewayMs)
      await write(now)
    },
  }
}
