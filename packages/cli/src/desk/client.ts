/**
 * The desk interface of a running node, over its Unix socket.
 *
 * Whoever may read the state folder may act for the organisation: the socket lies in a private
 * folder and every request carries the desk's token. What the node refuses comes out as `CliError`
 * with the node's own code, words and hint.
 */

import { Agent, type IncomingMessage, request } from "node:http"

import { CliError, systemCode } from "../cli-error.ts"
import { isHeld } from "../launcher/lock.ts"
import { type NodeFolder, openNodeFolder } from "../state/folder.ts"
import { fullDiskHint } from "../state/full-disk.ts"
import { wholeText } from "../whole-text.ts"
import type {
  Act,
  DeskEvent,
  Inbox,
  InboxPage,
  Invite,
  NodeStatus,
  InboxLine,
  Peer,
  PeerOrder,
  ThreadDocument,
  ThreadSummary,
  WarningMade,
  WarningOrder,
} from "./answers.ts"
import { readEvents } from "./events.ts"

/** A node of another version may take long over a big inbox; longer than this is no answer. */
const answerMsMax = 60_000

/** What a write on a kept connection meets when the node has closed it as idle meanwhile. */
const closedCodes: ReadonlySet<string> = new Set(["EPIPE", "ECONNRESET"])
/** More kept connections than this may not all be stale. */
const triesMax = 9

interface Asking {
  readonly method: "GET" | "POST"
  readonly path: string
  readonly body?: unknown
}

/** The desk of one node. Keeps its connections; `close` lets go of them. */
export class DeskClient {
  readonly #folder: NodeFolder
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 })

  constructor(folder: NodeFolder) {
    this.#folder = folder
  }

  status(): Promise<NodeStatus> {
    return this.#ask({ method: "GET", path: "/v1/status" })
  }

  invite(): Promise<Invite> {
    return this.#ask({ method: "GET", path: "/v1/invite" })
  }

  peers(): Promise<readonly Peer[]> {
    return this.#ask({ method: "GET", path: "/v1/peers" })
  }

  /** Refused with `fingerprint_mismatch` unless the fingerprint is that of the invite. */
  addPeer(order: PeerOrder): Promise<Peer> {
    return this.#ask({ method: "POST", path: "/v1/peers", body: order })
  }

  /**
   * Open obligations by due time, own ones first; as they stand now, or stood at `atMs`. The most
   * urgent of them where there are too many.
   */
  inbox(atMs?: number): Promise<Inbox> {
    const query = atMs === undefined ? "" : `?at=${atMs}`
    return this.#ask({ method: "GET", path: `/v1/inbox${query}` })
  }

  /** Every open obligation of one side by due time, a page at a time; none that is of a link. */
  async *owedBy(side: "ours" | "theirs", atMs: number): AsyncGenerator<readonly InboxLine[]> {
    let after = ""
    for (;;) {
      const path = `/v1/inbox/${side}?at=${atMs}${after}`
      const page = await this.#ask<InboxPage>({ method: "GET", path })
      yield page.lines
      if (page.next === null) return
      after = `&after=${encodeURIComponent(page.next)}`
    }
  }

  threads(): Promise<readonly ThreadSummary[]> {
    return this.#ask({ method: "GET", path: "/v1/threads" })
  }

  /** `id` may be any beginning of the thread's id that no other thread has. */
  thread(id: string): Promise<ThreadDocument> {
    return this.#ask({ method: "GET", path: `/v1/threads/${encodeURIComponent(id)}` })
  }

  warn(order: WarningOrder): Promise<WarningMade> {
    return this.#ask({ method: "POST", path: "/v1/warnings", body: order })
  }

  act(thread: string, act: Act): Promise<{ readonly message: string }> {
    const path = `/v1/threads/${encodeURIComponent(thread)}/acts`
    return this.#ask({ method: "POST", path, body: act })
  }

  /** Hints that something changed, until the signal is given or the node goes away. */
  async *events(signal: AbortSignal): AsyncGenerator<DeskEvent> {
    const answer = await this.#send({ method: "GET", path: "/v1/events" }, signal)
    if (answer.statusCode !== 200) throw refusalOf(answer.statusCode ?? 0, await wholeText(answer))
    yield* readEvents(answer, signal)
  }

  close(): void {
    this.#agent.destroy()
  }

  async #ask<Answer>(asking: Asking): Promise<Answer> {
    const answer = await this.#send(asking, AbortSignal.timeout(answerMsMax))
    const text = await this.#reading(answer)
    if (answer.statusCode !== 200) throw this.#refusal(answer.statusCode ?? 0, text)
    return JSON.parse(text) as Answer
  }

  async #reading(answer: IncomingMessage): Promise<string> {
    try {
      return await wholeText(answer)
    } catch (error) {
      throw this.#unreachable(error)
    }
  }

  async #send(asking: Asking, signal: AbortSignal, tries = 1): Promise<IncomingMessage> {
    const { method, path, body } = asking
    const text = body === undefined ? undefined : JSON.stringify(body)
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const outgoing = request({
      socketPath: this.#folder.deskSocket(),
      // An act goes over a connection of its own: on a kept one that the node has just closed, nobody
      // could say whether it was taken. A question may simply be asked again.
      agent: method === "GET" ? this.#agent : false,
      method,
      path,
      signal,
      headers: {
        authorization: `Bearer ${this.#folder.deskToken()}`,
        ...(text === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
      },
    })
    outgoing.once("response", resolve)
    outgoing.once("error", reject)
    outgoing.end(text)
    try {
      return await promise
    } catch (error) {
      if (tries < triesMax && outgoing.reusedSocket && closedCodes.has(systemCode(error) ?? "")) {
        return this.#send(asking, signal, tries + 1)
      }
      throw this.#unreachable(error)
    }
  }

  /** Where the database is away, nobody inside the node may know of the reason that we can see. */
  #refusal(status: number, text: string): CliError {
    const refusal = refusalOf(status, text)
    const hint = refusal.shown === "unavailable" ? fullDiskHint(this.#folder.dir) : undefined
    if (hint === undefined) return refusal
    const { code, message, shown } = refusal
    return new CliError(code, message, { hint, shown })
  }

  #unreachable(cause: unknown): CliError {
    const { dir } = this.#folder
    const code = systemCode(cause)
    if (code === "ENOENT" || code === "ECONNREFUSED") {
      if (isHeld(this.#folder.lockFile)) return between(dir, cause)
      const hint = `start it with: tearline up --dir ${dir}`
      return new CliError("not_running", `the node of ${dir} is not running`, { hint, cause })
    }
    if (code === "EACCES") {
      const hint = "run the command as the user who started the node"
      const message = `this user may not speak to the node of ${dir}`
      return new CliError("cannot_read", message, { hint, cause })
    }
    const hint = `see what it does with: tearline status --dir ${dir}; whether an act was taken, with: tearline show`
    const message = `the node of ${dir} does not answer (${code ?? "no reason given"})`
    return new CliError("no_answer", message, { hint, cause })
  }
}

/** The desk of the node whose state lies in `dir`. Throws `not_a_node`. */
export function deskClient(dir: string): DeskClient {
  return new DeskClient(openNodeFolder(dir))
}

/** The launcher runs and the exchange does not yet, or not at this moment. */
function between(dir: string, cause: unknown): CliError {
  const hint = fullDiskHint(dir) ?? `try again in a moment; if it stays, see ${dir}/logs`
  return new CliError("no_answer", `the node of ${dir} is still starting`, { hint, cause })
}

function refusalOf(status: number, text: string): CliError {
  const said = spoken(text)
  const code = said.code ?? `http_${status}`
  const message = said.message ?? `the node refused (${code})`
  const hint = said.hint ?? "see tearline status"
  if (status === 503) return new CliError("no_answer", message, { hint, shown: code })
  if (status >= 500) return new CliError("internal", message, { hint, shown: code })
  return new CliError("refused", message, { hint, shown: code })
}

interface Spoken {
  readonly code?: string
  readonly message?: string
  readonly hint?: string
}

function spoken(text: string): Spoken {
  try {
    const said = JSON.parse(text) as unknown
    if (typeof said !== "object" || said === null) return {}
    const texts = Object.entries(said).filter(([, value]) => typeof value === "string")
    return Object.fromEntries(texts)
  } catch {
    return {}
  }
}
