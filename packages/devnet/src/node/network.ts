/**
 * Three organisations on one machine: each its own folder, keys, databases and processes.
 *
 * Clusters and keys are kept from one start to the next, since making them is slow; databases are
 * made anew, so that an episode always begins with nothing said.
 */

import { existsSync, mkdirSync } from "node:fs"
import { fileURLToPath } from "node:url"

import {
  CliError,
  forgetHighWater,
  initNode,
  launch,
  type NodeEvent,
  type RunningNode,
  takeLock,
} from "@tearline/cli"
import { prepareRoles, startPostgres } from "@tearline/postgres"
import { discard } from "@tearline/store"

import { clockVariable } from "../clock/steered.ts"
import { Steering } from "../clock/steering.ts"
import { partyNames, type PartyName } from "../episode/episode.ts"

/** How often each link is heard here: a day, since an episode may last half a year. */
const usualHeartbeatSeconds = 86_400

const mains = {
  gateway: fileURLToPath(new URL("../gateway/main.ts", import.meta.url)),
  exchange: fileURLToPath(new URL("../exchange/main.ts", import.meta.url)),
}

export interface Party {
  readonly name: PartyName
  /** As it calls itself: with a capital. */
  readonly title: string
  readonly dir: string
  readonly node: RunningNode
  /** Of its two databases as they are now, each as its process's role: to count what they hold. */
  databaseUrls(): Promise<DatabaseUrls>
}

interface DatabaseUrls {
  readonly gateway: string
  readonly exchange: string
}

export interface Network {
  readonly parties: Readonly<Record<PartyName, Party>>
  readonly time: Steering
  /** How often each link is heard, as the three have agreed. */
  readonly heartbeatMs: number
  /** Ends everything that was started. May be called again. */
  stop(): Promise<void>
}

export interface NetworkOptions {
  /** State of all three; made if absent. */
  readonly folder: string
  /** Where the clock stands at first. */
  readonly startMs: number
  /** Heartbeat of nodes that are made now; a day unless told. */
  readonly heartbeatSeconds?: number
  readonly onProgress: (message: string) => void
  readonly onEvent?: (party: PartyName, event: NodeEvent) => void
  readonly signal?: AbortSignal
}

/** Starts the three at once. When one fails, nothing is left running. */
export async function openNetwork(options: NetworkOptions): Promise<Network> {
  await using started = new AsyncDisposableStack()
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  started.defer(lockOf(options.folder))
  const time = new Steering(options.startMs)
  const tried = await Promise.allSettled(
    partyNames.map(async (name) => {
      const party = await openParty(name, time, options)
      started.defer(() => party.node.stop())
      return party
    }),
  )
  const failed = tried.find((it) => it.status === "rejected")
  if (failed !== undefined) throw failed.reason
  const all = tried.flatMap((it) => (it.status === "fulfilled" ? [it.value] : []))
  for (const { node } of all) {
    time.add(node.gateway)
    time.add(node.exchange)
  }
  options.onProgress("introducing the three to each other…")
  await introduce(all)
  await time.quiet()
  const heartbeatMs = await heartbeatOf(all)
  const kept = started.move()
  let stopped: Promise<void> | undefined
  return {
    // One of each name, in whatever order they came up.
    parties: Object.fromEntries(all.map((it) => [it.name, it])) as Network["parties"],
    time,
    heartbeatMs,
    stop() {
      stopped ??= stopAll(all, kept)
      return stopped
    },
  }
}

/** All at once: one after the other would take three times as long. */
async function stopAll(all: readonly Party[], kept: AsyncDisposableStack): Promise<void> {
  await Promise.all(all.map(({ node }) => node.stop()))
  await kept.disposeAsync()
}

/** The shortest that any of them has stated; kept nodes may have stated another than today's. */
async function heartbeatOf(parties: readonly Party[]): Promise<number> {
  const peers = await Promise.all(parties.map(({ node }) => node.desk.peers()))
  return Math.min(...peers.flat().map((it) => Number(it["heartbeatMs"])))
}

function lockOf(folder: string): () => void {
  try {
    return takeLock(`${folder}/devnet.pid`)
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== "already_running") throw error
    const pid = /\d+/.exec(error.message)?.[0] ?? "unknown"
    const message = `a devnet already runs on ${folder}, as process ${pid}`
    const hint = `stop it with Ctrl-C where it runs or kill ${pid}, or give another folder: --dir`
    throw new CliError("already_running", message, { hint, cause: error })
  }
}

async function openParty(name: PartyName, time: Steering, options: NetworkOptions): Promise<Party> {
  const { folder, onEvent, signal } = options
  const dir = `${folder}/${name}`
  const title = name.replace(/^./, (it) => it.toUpperCase())
  const onProgress = (message: string) => options.onProgress(`${title}: ${message}`)
  if (!existsSync(dir)) {
    onProgress("making keys (once)…")
    await initNode({
      dir,
      name: title,
      listen: { host: "127.0.0.1", port: 0 },
      heartbeatSeconds: options.heartbeatSeconds ?? usualHeartbeatSeconds,
      // The same keys serve an episode of long ago and the present day.
      validFromMs: 0,
    })
  }
  const server = await startPostgres({ folder: `${dir}/postgres`, onProgress })
  try {
    const urls = await prepareRoles(server)
    forgetHighWater(dir)
    await Promise.all([discard(urls.gatewayOwner), discard(urls.deskOwner)])
    const node = await launch({
      dir,
      mains,
      hasChannel: true,
      extraEnv: () => clockEnv(time),
      ...(signal === undefined ? {} : { signal }),
      onEvent(event) {
        if (event.kind === "exited") time.ended()
        onEvent?.(name, event)
      },
    })
    return { name, title, dir, node, databaseUrls: () => databaseUrlsOf(dir) }
  } finally {
    // The node uses the server from here on; ours was for making its databases anew.
    await server.stop()
  }
}

/** Asked anew each time: a server that was started again may listen elsewhere. */
async function databaseUrlsOf(dir: string): Promise<DatabaseUrls> {
  const server = await startPostgres({ folder: `${dir}/postgres` })
  const exchange = server.url("tl_exchange", "tl_desk")
  const gateway = server.url("tl_gateway", "tl_gateway")
  await server.stop()
  return { gateway, exchange }
}

/** Read at every start of a process: one that is started again finds the time as it is then. */
function clockEnv(time: Steering): Readonly<Record<string, string>> {
  const { nowMs, runs } = time.setting
  return { [clockVariable]: runs ? `${nowMs} runs` : String(nowMs) }
}

/** Each compares the other's fingerprint, as two people would: here they sit at one keyboard. */
async function introduce(parties: readonly Party[]): Promise<void> {
  const invites = await Promise.all(
    parties.map(async ({ name, node }) => ({ name, ...(await node.desk.invite()) })),
  )
  await Promise.all(
    parties.map(async ({ name, node }) => {
      for (const { name: other, invite, fingerprint } of invites) {
        if (other === name) continue
        await node.desk.addPeer({ invite, fingerprint, officer: "devnet", method: "in-person" })
      }
    }),
  )
}
