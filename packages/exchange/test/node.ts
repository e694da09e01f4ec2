/** A whole node for tests: a real server, and gateway and exchange as processes of their own. */

import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { type IncomingMessage, request } from "node:http"
import { createInterface } from "node:readline"
import type { Readable, Writable } from "node:stream"
import { text } from "node:stream/consumers"
import { setTimeout as pause } from "node:timers/promises"

import type { ExchangeConfig } from "../src/index.ts"
import {
  type Database,
  exchangeDocument,
  freePort,
  gatewayDocument,
  nodeDatabase,
  organisation,
  type Organisation,
} from "./organisation.ts"

const root = new URL("../../..", import.meta.url).pathname
const common = [
  "--disallow-code-generation-from-strings",
  "--disable-proto=delete",
  "--disable-warning=ExperimentalWarning",
]

/** That something changed in some node: an event of a desk's feed, or a line of diagnostics. */
class Hints {
  #waiting = Promise.withResolvers<void>()

  get next(): Promise<void> {
    return this.#waiting.promise
  }

  tell(): void {
    this.#waiting.resolve()
    this.#waiting = Promise.withResolvers<void>()
  }
}

const hints = new Hints()

/** Hints at whatever the desk's feed tells, from the moment it resolves until the exchange ends. */
async function follow({ desk }: ExchangeConfig): Promise<void> {
  const headers = { authorization: `Bearer ${desk.token}` }
  const sent = request({ socketPath: desk.socket, path: "/v1/events", headers })
  sent.end()
  const [feed] = (await once(sent, "response")) as [IncomingMessage]
  // The exchange may be killed at any time, and its feed with it.
  sent.on("error", () => undefined)
  feed.on("error", () => undefined)
  feed.on("data", () => hints.tell())
  // The first event says that the feed is open.
  await once(feed, "data")
}

interface Running {
  readonly child: ChildProcess
  readonly diagnostics: string[]
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>
}

async function run(
  name: "gateway" | "exchange",
  document: object,
  nodeFlags: readonly string[] = [],
): Promise<Running> {
  const main = `${root}packages/${name}/src/main.ts`
  const child = spawn(process.execPath, [...nodeFlags, ...common, main], {
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
    env: {},
  })
  const [, stdout, stderr, configuration, launcher] = child.stdio as unknown as [
    null,
    Readable,
    Readable,
    Writable,
    Writable,
  ]
  launcher.on("error", () => undefined)
  const diagnostics: string[] = []
  createInterface(stderr).on("line", (line) => {
    diagnostics.push(line)
    hints.tell()
  })
  const lines = createInterface(stdout)
  configuration.end(JSON.stringify(document))
  const ended = once(child, "exit").then(() => undefined)
  const ready = await Promise.race([once(lines, "line"), ended])
  if (ready === undefined) throw new Error(`the ${name} has ended: ${diagnostics.join("\n")}`)
  return {
    child,
    diagnostics,
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill(signal)
      await ended
    },
  }
}

export interface Answer<Body> {
  readonly status: number
  readonly body: Body
}

/** Asks a desk, as the command line does. */
export async function askDesk<Body>(
  { desk }: ExchangeConfig,
  path: string,
  { body, token }: { readonly body?: unknown; readonly token?: string } = {},
): Promise<Answer<Body>> {
  const sent = request({
    socketPath: desk.socket,
    path,
    method: body === undefined ? "GET" : "POST",
    headers: {
      authorization: `Bearer ${token ?? desk.token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
  })
  const answered = Promise.withResolvers<IncomingMessage>()
  sent.once("error", answered.reject)
  sent.once("response", answered.resolve)
  sent.end(body === undefined ? undefined : JSON.stringify(body))
  const answer = await answered.promise
  const said = await text(answer)
  const isJson = answer.headers["content-type"]?.includes("json") === true
  return { status: answer.statusCode ?? 0, body: (isJson ? JSON.parse(said) : said) as Body }
}

export interface Node {
  readonly own: Organisation
  readonly config: ExchangeConfig
  readonly database: Database
  gateway: Running
  exchange: Running
  get<Body>(path: string): Promise<Body>
  post<Body>(path: string, body: unknown): Promise<Body>
  startGateway(): Promise<void>
  startExchange(): Promise<void>
  /** Everything that its processes have written as diagnostics, over all their lives. */
  diagnostics(): string[]
  end(): Promise<void>
}

export async function startNode(name: string): Promise<Node> {
  const own = await organisation({ name })
  const database = await nodeDatabase()
  const innerPort = await freePort()
  const config = exchangeDocument(own, database.exchange, { innerPort })
  const lives: Running[] = []
  const guarded = ["--permission", "--allow-net", `--allow-fs-read=${root}`]
  const live = async (...it: Parameters<typeof run>): Promise<Running> => {
    const running = await run(...it)
    lives.push(running)
    return running
  }
  const gateway = () => live("gateway", gatewayDocument(own, database, innerPort), guarded)
  const exchange = async (): Promise<Running> => {
    const running = await live("exchange", config)
    await follow(config)
    return running
  }
  const ask = async <Body>(path: string, body?: unknown): Promise<Body> => {
    const answer = await askDesk<Body>(config, path, { body })
    if (answer.status === 200) return answer.body
    throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  }
  const node: Node = {
    own,
    config,
    database,
    gateway: await gateway(),
    exchange: await exchange(),
    get: (path) => ask(path),
    post: (path, body) => ask(path, body),
    async startGateway() {
      node.gateway = await gateway()
    },
    async startExchange() {
      node.exchange = await exchange()
    },
    diagnostics: () => lives.flatMap((it) => it.diagnostics),
    async end() {
      await node.exchange.end("SIGTERM")
      await node.gateway.end("SIGTERM")
      await database.end()
    },
  }
  return node
}

/** Makes two nodes peers of each other, as two officers who have compared fingerprints do. */
export async function introduce(one: Node, other: Node): Promise<void> {
  for (const [to, from] of [
    [one, other],
    [other, one],
  ] as const) {
    const { invite } = await from.get<{ invite: string }>("/v1/invite")
    const { fingerprint } = from.own
    await to.post("/v1/peers", { invite, fingerprint, officer: "officer", method: "voice" })
  }
}

/** Asks again whenever a node hints at a change, until the answer is as wanted. */
export async function until<Value>(
  ask: () => Promise<Value>,
  holds: (value: Value) => boolean,
): Promise<Value> {
  for (;;) {
    // Taken before the question: what changes while it is answered is a hint too.
    const hinted = hints.next
    const value = await ask()
    if (holds(value)) return value
    await hinted
  }
}

const lookMs = 50

/** As `until`, for counts in metrics, whose change no node hints at. */
export async function untilCounted(
  ask: () => Promise<string>,
  holds: (value: string) => boolean,
): Promise<void> {
  while (!holds(await ask())) await pause(lookMs)
}
