/**
 * Officers at work on two nodes, whatever happens to these: they warn, answer, and ask again where
 * no answer came. Every answer goes into the ledger.
 */

import { setTimeout as pause } from "node:timers/promises"

import { CliError } from "@tearline/cli"
import type { Random } from "@tearline/sim"

import type { Party } from "../node/party.ts"
import type { Ledger } from "../reckoning/ledger.ts"
import { conversation, type Line } from "./content.ts"
import { release } from "./warning.ts"

export interface TrafficParts {
  readonly nodes: readonly [Party, Party]
  readonly ledger: Ledger
  readonly random: Random
  /** Conversations at a time. */
  readonly width: number
}

interface Conversation {
  readonly originator: Party
  readonly addressee: Party
  readonly thread: string
}

/** Most are of the lower lanes, as in life; each lane is used. */
const precedences = ["FLASH", "IMMEDIATE", "IMMEDIATE", "PRIORITY", "ROUTINE", "ROUTINE"]
const retryMs = { min: 30, max: 500 }

export class Traffic {
  readonly #parts: TrafficParts
  readonly #stop = new AbortController()
  readonly #asking = new Map<string, number>()
  #lines: Promise<unknown> | undefined
  #held: PromiseWithResolvers<void> | undefined

  constructor(parts: TrafficParts) {
    this.#parts = parts
  }

  start(): void {
    const { width } = this.#parts
    this.#lines = Promise.all(Array.from({ length: width }, (_, at) => this.#line(at)))
  }

  /** How many acts that node has been asked for and has not answered yet. */
  asking(node: Party): number {
    return this.#asking.get(node.name) ?? 0
  }

  /** No further act until `goOn`; those that have been asked for go on. */
  hold(): void {
    this.#held ??= Promise.withResolvers()
  }

  goOn(): void {
    this.#held?.resolve()
    this.#held = undefined
  }

  /** No further act; resolves once every answer that will come has come. Throws what went wrong. */
  async stop(): Promise<void> {
    this.#stop.abort()
    this.goOn()
    await this.#lines
  }

  async #line(at: number): Promise<void> {
    const { nodes, random } = this.#parts
    const own = random.split(`line ${at}`)
    while (!this.#stop.signal.aborted) {
      const [one, other] = nodes
      const [originator, addressee] = own.isLucky(0.5) ? [one, other] : [other, one]
      const precedence = own.pick(precedences)
      const thread = await this.#warn(originator, addressee, precedence)
      if (thread === undefined) continue
      const talk = { originator, addressee, thread }
      await this.#look(talk)
      for (const line of conversation) await this.#say(talk, line)
    }
  }

  async #warn(from: Party, to: Party, precedence: string): Promise<string | undefined> {
    const { ledger } = this.#parts
    const order = { from, to, precedence, ledger, mark: from.name }
    return (await this.#asked(from, () => release(order)))?.thread
  }

  /** The addressee's officers look until the warning is there: what they are shown stays. */
  async #look({ addressee, thread }: Conversation): Promise<void> {
    for (let tries = 0; !this.#stop.signal.aborted; tries += 1) {
      try {
        const { messages } = await addressee.desk.thread(thread)
        for (const { id } of messages) this.#parts.ledger.noteShown(addressee.org, id)
        return
      } catch (error) {
        mustBePassing(error)
      }
      await this.#wait(waitedMs(tries))
    }
  }

  /** Asks until it is answered, or until nobody wants to know any more. */
  async #say({ originator, addressee, thread }: Conversation, line: Line): Promise<void> {
    const [by, to] = line.by === "originator" ? [originator, addressee] : [addressee, originator]
    const { kind, content } = line
    for (let tries = 0; !this.#stop.signal.aborted; tries += 1) {
      const act = { kind, content, officer: "trial" }
      const said = await this.#asked(by, () => by.desk.act(thread, act))
      if (said !== undefined) {
        const { message } = said
        this.#parts.ledger.noteSaid({ from: by.org, to: to.org, thread, message })
        return
      }
      await this.#wait(waitedMs(tries))
    }
  }

  /** Undefined where it is not said, or nobody knows whether it is. */
  async #asked<Answer>(node: Party, ask: () => Promise<Answer>): Promise<Answer | undefined> {
    await this.#held?.promise
    if (this.#stop.signal.aborted) return undefined
    this.#count(node, 1)
    try {
      return await ask()
    } catch (error) {
      if (mustBePassing(error).code !== "refused") {
        this.#parts.ledger.noteUnanswered()
        await this.#wait(retryMs.min)
      }
      return undefined
    } finally {
      this.#count(node, -1)
    }
  }

  #count({ name }: Party, change: number): void {
    this.#asking.set(name, (this.#asking.get(name) ?? 0) + change)
  }

  async #wait(delayMs: number): Promise<void> {
    const { signal } = this.#stop
    await pause(delayMs, undefined, { signal }).catch(() => undefined)
  }
}

/** What is not here yet, or has nothing to answer yet, comes by itself, as a node does. */
function mustBePassing(error: unknown): CliError {
  if (!(error instanceof CliError)) throw error
  if (error.code === "refused" && !notYet.has(error.shown)) throw error
  return error
}

function waitedMs(tries: number): number {
  return Math.min(retryMs.max, retryMs.min * 2 ** tries)
}

const notYet: ReadonlySet<string> = new Set(["unknown_thread", "nothing_to_answer"])
