/**
 * A node of a trial, as an operator has it: a state folder, and a launcher that keeps its processes
 * running. The launcher runs in this process; gateway, exchange and PostgreSQL are its children.
 */

import { existsSync, readFileSync } from "node:fs"

import {
  type ChildHandle,
  type DeskClient,
  initNode,
  launch,
  type NodeConfig,
  type LaunchOptions,
  type NodeEvent,
  type RunningNode,
} from "@tearline/cli"
import { startPostgres } from "@tearline/postgres"

import type { Party } from "./party.ts"

/** Connection strings, each as the process's own role, and as the owner of the tables. */
export interface Databases {
  readonly gateway: string
  readonly exchange: string
  readonly gatewayOwner: string
  readonly deskOwner: string
  /** As whoever administers the server. */
  readonly admin: string
}

export interface NodeOptions extends Pick<
  LaunchOptions,
  "extraEnv" | "signal" | "mains" | "hasChannel"
> {
  /** The node lies in a folder of that name in here; it is made if absent. */
  readonly folder: string
  readonly name: string
  /** What peers are told, where that is not its own port; for a line that can be cut. */
  readonly endpoint?: string
  readonly onEvent?: (event: NodeEvent) => void
}

export class TrialNode {
  readonly name: string
  readonly dir: string
  readonly #options: NodeOptions
  #running: RunningNode

  constructor(options: NodeOptions, running: RunningNode) {
    this.name = options.name
    this.dir = dirOf(options)
    this.#options = options
    this.#running = running
  }

  /** Organisation id in hexadecimal. */
  get org(): string {
    return this.#running.org
  }

  get desk(): DeskClient {
    return this.#running.desk
  }

  /** The two that know of time. */
  get processes(): readonly ChildHandle[] {
    return [this.#running.gateway, this.#running.exchange]
  }

  /** Of the present lives; absent where one is between two. */
  get pids(): RunningNode["pids"] {
    return this.#running.pids
  }

  /** Where its gateway listens, whatever peers are told. */
  get port(): number {
    const text = readFileSync(`${this.dir}/tearline.json`, "utf8")
    return (JSON.parse(text) as NodeConfig).listen.port
  }

  /** Asked anew each time: a server that was started again may listen elsewhere. */
  databases(): Promise<Databases> {
    return databasesOf(this.dir)
  }

  /** Ends it. May be called again. */
  stop(): Promise<void> {
    return this.#running.stop()
  }

  /** Starts it again after `stop`. */
  async startAgain(): Promise<void> {
    this.#running = await launch(launchOptionsOf(this.#options))
  }
}

/** Of the node in this state folder, whose server runs. */
export async function databasesOf(dir: string): Promise<Databases> {
  const server = await startPostgres({ folder: `${dir}/postgres` })
  try {
    return {
      gateway: server.url("tl_gateway", "tl_gateway"),
      exchange: server.url("tl_exchange", "tl_desk"),
      gatewayOwner: server.url("tl_owner", "tl_gateway"),
      deskOwner: server.url("tl_owner", "tl_desk"),
      admin: server.url("tl_admin", "postgres"),
    }
  } finally {
    await server.stop()
  }
}

function dirOf({ folder, name }: NodeOptions): string {
  return `${folder}/${name.toLowerCase()}`
}

function launchOptionsOf(options: NodeOptions): LaunchOptions {
  const { extraEnv, signal, onEvent, mains, hasChannel } = options
  return {
    dir: dirOf(options),
    ...(mains === undefined ? {} : { mains }),
    ...(hasChannel === undefined ? {} : { hasChannel }),
    ...(extraEnv === undefined ? {} : { extraEnv }),
    ...(signal === undefined ? {} : { signal }),
    ...(onEvent === undefined ? {} : { onEvent }),
  }
}

/** Makes the node if need be, and starts it. */
export async function startNode(options: NodeOptions): Promise<TrialNode> {
  const { name } = options
  const dir = dirOf(options)
  if (!existsSync(dir)) {
    const { endpoint } = options
    const listen = { host: "127.0.0.1", port: 0 }
    await initNode({ dir, name, listen, ...(endpoint === undefined ? {} : { endpoint }) })
  }
  return new TrialNode(options, await launch(launchOptionsOf(options)))
}

/** Makes each know the others, as people who compared fingerprints would. */
export async function introduce(nodes: readonly Party[]): Promise<void> {
  const comparison = { officer: "administrator", method: "in-person" }
  const invites = await Promise.all(
    nodes.map(async (node) => ({ node, ...(await node.desk.invite()) })),
  )
  for (const node of nodes) {
    for (const { node: other, invite, fingerprint } of invites) {
      if (other !== node) await node.desk.addPeer({ invite, fingerprint, ...comparison })
    }
  }
}
