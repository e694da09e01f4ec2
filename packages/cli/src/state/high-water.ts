/**
 * How far this node's databases were known to have got, kept beside them in the state folder.
 *
 * It is written from what is durable, so that it may lag and never lead. A database behind it has
 * been replaced by an older one: its node would give numbers a second time.
 */

import { existsSync, readFileSync, rmSync } from "node:fs"

import type { RoleUrls } from "@tearline/postgres"
import { gatewayProgress, linkProgress, type LinkProgress } from "@tearline/store"

import { CliError } from "../cli-error.ts"
import { replaceFile } from "./durable.ts"
import type { NodeFolder } from "./folder.ts"

export interface HighWater {
  readonly version: 1
  /** Of the newest restore that the databases had taken in, 0 for none. */
  readonly restoreEpoch: number
  readonly links: LinkProgress
  /** The latest time in the gateway's tables, as of the last start or stop. */
  readonly gatewayMs: number
}

const fileOf = (folder: NodeFolder): string => `${folder.dir}/high-water.json`

/** What was written last; undefined where nothing was, or nothing that can be read. */
export function readHighWater(folder: NodeFolder): HighWater | undefined {
  if (!existsSync(fileOf(folder))) return undefined
  try {
    const text = readFileSync(fileOf(folder), "utf8")
    const read = JSON.parse(text) as Partial<HighWater>
    const found = { restoreEpoch: 0, gatewayMs: 0, ...read } as HighWater
    const { version, links, restoreEpoch, gatewayMs } = found
    // A link that is none throws, as what is no JSON does.
    const counts = Object.values(links).flatMap((it) => [it.epoch, it.version])
    const isWhole = [...counts, restoreEpoch, gatewayMs].every(isCount)
    return version === 1 && isWhole ? found : undefined
  } catch {
    // A mark that is damaged says nothing: peers find out what it would have said.
    return undefined
  }
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0

/** Keeps what the databases hold now. Not more often than every few seconds. */
export async function writeHighWater(
  folder: NodeFolder,
  urls: RoleUrls,
  known: Pick<HighWater, "restoreEpoch" | "gatewayMs">,
): Promise<void> {
  const links = await linkProgress(urls.exchange)
  const mark: HighWater = { version: 1, ...known, links }
  const text = `${JSON.stringify(mark, undefined, 2)}\n`
  const isSame = existsSync(fileOf(folder)) && readFileSync(fileOf(folder), "utf8") === text
  if (!isSame) replaceFile(fileOf(folder), text)
}

/**
 * For whoever makes this node's databases anew on purpose, before doing so. All its peers have to
 * do the same: what it says next would repeat numbers that they hold.
 */
export function forgetHighWater(dir: string): void {
  rmSync(`${dir}/high-water.json`, { force: true })
}

/**
 * Refuses databases that are older than they were, unless the root has authorised that since.
 *
 * @throws CliError `database_behind`; StoreError.
 */
export async function mustNotBeBehind(
  folder: NodeFolder,
  urls: RoleUrls,
  restoreEpoch: number,
): Promise<void> {
  const mark = readHighWater(folder)
  if (mark === undefined || restoreEpoch > mark.restoreEpoch) return
  const links = await linkProgress(urls.exchange)
  const behind = Object.entries(mark.links).filter(([peer, was]) => {
    const is = links[peer as keyof LinkProgress]
    if (is === undefined || is.epoch !== was.epoch) return (is?.epoch ?? 0) < was.epoch
    return is.version < was.version
  })
  if (behind.length === 1) throw databaseBehind("the link to one peer")
  if (behind.length > 1) throw databaseBehind(`the links to ${behind.length} peers`)
  const gatewayMs = await gatewayProgress(urls.gateway)
  if (gatewayMs < mark.gatewayMs) throw databaseBehind("the gateway")
}

/**
 * Refuses a newest restore that is older than an epoch which links are in: its statement was lost,
 * or made while the clock was wrong and there was no mark. The exchange could not open it, and
 * would go on under numbers that may have been given. What the links are in is kept first, so that
 * the next restore is authorised above it, whatever the clock shows.
 *
 * @throws CliError `epoch_behind`; StoreError.
 */
export async function mustNotBeAhead(
  folder: NodeFolder,
  urls: RoleUrls,
  restoreEpoch: number,
): Promise<void> {
  const links = Object.entries(await linkProgress(urls.exchange))
  const ahead = links.filter(([, { epoch }]) => epoch > Math.max(1, restoreEpoch))
  if (ahead.length === 0) return
  const known = { restoreEpoch, gatewayMs: 0, links: {}, ...readHighWater(folder) }
  const kept: HighWater = {
    version: 1,
    restoreEpoch: known.restoreEpoch,
    gatewayMs: known.gatewayMs,
    links: { ...known.links, ...Object.fromEntries(ahead) },
  }
  replaceFile(fileOf(folder), `${JSON.stringify(kept, undefined, 2)}\n`)
  throw epochBehind(restoreEpoch, Math.max(...ahead.map(([, it]) => it.epoch)))
}

function epochBehind(restoreEpoch: number, newest: number): CliError {
  const what = restoreEpoch === 0 ? "there is no restore statement" : `it is for ${restoreEpoch}`
  return new CliError("epoch_behind", `the database is in epoch ${newest}, and ${what}`, {
    hint:
      "check this machine's clock, then authorise the restore once more, with the offline root key: " +
      "tearline restore",
  })
}

function databaseBehind(what: string): CliError {
  return new CliError("database_behind", `the database has less about ${what} than it had before`, {
    hint:
      "if it was restored from a backup, say so with the offline root key: tearline restore; " +
      "if not, put back the database that this node ran on",
  })
}
