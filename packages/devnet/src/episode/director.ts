/**
 * Plays an episode on a network: a step, quiet, the time of the next step.
 *
 * Time goes on in steps of the heartbeat, so that every link is heard as in life, and stops at
 * every due time that would pass, so that nothing becomes overdue unseen.
 */

import type { ThreadObligation } from "@tearline/cli"

import type { Network } from "../node/network.ts"
import { patiently, perform, type Said } from "./acting.ts"
import { type ActStep, type Episode, momentOf, partyNames, type PartyName } from "./episode.ts"
import type { Due, Moment } from "./moment.ts"

export interface Play {
  readonly episode: Episode
  /** Id of a step that is left out. */
  readonly without?: string
  readonly heartbeatMs: number
  readonly onMoment: (moment: Moment) => void
  /** Told just before each act is asked for. */
  readonly onAsking?: (step: ActStep) => void
  /** Given up between two steps when this is aborted. */
  readonly signal?: AbortSignal
}

/** Quiet before the first step. */
export const preludeMs = 60 * 60 * 1000

/** Plays it to the end, and on until nothing that is still owed can be discharged in time. */
export async function playEpisode(network: Network, play: Play): Promise<void> {
  const director = new Director(network, play)
  for (const step of play.episode.steps) {
    play.signal?.throwIfAborted()
    await director.advance(momentOf(step))
    if (step.kind === "event") play.onMoment({ kind: "event", atMs: momentOf(step), step })
    else await director.act(step)
  }
  await director.runOut()
}

class Director {
  readonly #network: Network
  readonly #play: Play
  readonly #said: Said = { thread: undefined, messages: new Map() }
  readonly #shownOverdue = new Set<string>()
  #obligations: readonly ThreadObligation[] = []

  constructor(network: Network, play: Play) {
    this.#network = network
    this.#play = play
  }

  get #nowMs(): number {
    return this.#network.time.nowMs
  }

  async act(step: ActStep): Promise<void> {
    const { onMoment, without } = this.#play
    const atMs = this.#nowMs
    if (step.id === without) return onMoment({ kind: "skipped", atMs, step, why: "left-out" })
    if (step.act !== "warning" && !this.#said.messages.has(step.answers ?? "")) {
      return onMoment({ kind: "skipped", atMs, step, why: "nothing-to-answer" })
    }
    this.#play.onAsking?.(step)
    await perform(this.#network, this.#said, step)
    await this.#network.time.quiet()
    const before = new Set(this.#obligations.filter((it) => it.end !== null).map((it) => it.id))
    await this.#look()
    const discharged = this.#obligations
      .filter((it) => it.end?.kind === "discharged" && !before.has(it.id))
      .map((it) => this.#due(it, it.end?.atMs ?? atMs))
    onMoment({ kind: "act", atMs, step, discharged, owed: this.#owed() })
  }

  async advance(toMs: number): Promise<void> {
    while (this.#nowMs < toMs) {
      await this.#pass(Math.min(toMs, this.#nextOverdueMs()))
      this.#tellOverdue()
    }
  }

  /** A stretch in which nothing becomes overdue; a long one is told before it is waited for. */
  async #pass(toMs: number): Promise<void> {
    const { heartbeatMs, onMoment, signal } = this.#play
    const fromMs = this.#nowMs
    if (toMs - fromMs > 2 * heartbeatMs) onMoment({ kind: "passing", fromMs, atMs: toMs })
    while (this.#nowMs < toMs) {
      signal?.throwIfAborted()
      await this.#network.time.advance(Math.min(toMs, this.#nowMs + heartbeatMs))
    }
  }

  /** To a moment after the last due time of what is still open. */
  async runOut(): Promise<void> {
    const dueMs = this.#obligations.filter((it) => it.end === null).map((it) => it.dueMs)
    if (dueMs.length > 0) await this.advance(Math.max(this.#nowMs, ...dueMs) + 1)
  }

  #nextOverdueMs(): number {
    const nowMs = this.#nowMs
    const open = this.#obligations.filter((it) => it.end === null && it.dueMs >= nowMs)
    return Math.min(...open.map((it) => it.dueMs + 1))
  }

  #tellOverdue(): void {
    const atMs = this.#nowMs
    for (const it of this.#obligations) {
      if (it.end !== null || it.dueMs >= atMs || this.#shownOverdue.has(it.id)) continue
      this.#shownOverdue.add(it.id)
      this.#play.onMoment({ kind: "overdue", atMs, due: this.#due(it, atMs) })
    }
  }

  async #look(): Promise<void> {
    const { thread } = this.#said
    if (thread === undefined) return
    // The originator's view; the addressee's is the same set, and is compared at the end.
    const { desk } = this.#network.parties[this.#originator].node
    this.#obligations = (await patiently(() => desk.thread(thread))).obligations
  }

  get #originator(): PartyName {
    const warning = this.#play.episode.steps.find((it) => it.kind === "act" && it.act === "warning")
    return warning?.kind === "act" ? warning.by : "alder"
  }

  #owed(): readonly Due[] {
    const nowMs = this.#nowMs
    return this.#obligations
      .filter((it) => it.end === null && it.startMs <= nowMs)
      .map((it) => this.#due(it, nowMs))
      .toSorted((a, b) => a.dueMs - b.dueMs)
  }

  #due({ rule, owedBy, bearer, dueMs }: ThreadObligation, atMs: number): Due {
    const { parties } = this.#network
    const by = partyNames.find((it) => parties[it].node.org === owedBy) ?? "cedar"
    return { rule, by, bearer, dueMs, leftMs: dueMs - atMs }
  }
}
