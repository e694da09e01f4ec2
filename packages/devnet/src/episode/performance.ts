/** An episode from the first line to the last: played, counted, and told. */

import { type Style } from "@tearline/cli"

import { ledgersOf, traceOf, type Ledger } from "../node/ledger.ts"
import type { Network } from "../node/network.ts"
import { patiently } from "./acting.ts"
import { playEpisode, type Play } from "./director.ts"
import type { ActStep, Episode } from "./episode.ts"
import type { Moment } from "./moment.ts"
import { tallyLines } from "./tally.ts"
import { span, Timeline } from "./timeline.ts"
import { type Books, lastLine, type Verdict, verdictOf } from "./verdict.ts"

export interface Stage {
  readonly episode: Episode
  readonly without?: string
  readonly style: Style
  readonly columns: number
  /** Told line by line; nothing is told when a document is wanted. */
  readonly print: (line: string) => void
  /** Told just before each act is asked for. */
  readonly onAsking?: (step: ActStep) => void
  readonly signal?: AbortSignal
}

export interface Performance {
  readonly verdict: Verdict
  readonly lastLine: string
  /** The same as one document. */
  readonly document: object
}

/** Plays it on a network that has just been opened, and counts what came of it. */
export async function perform(network: Network, stage: Stage): Promise<Performance> {
  const { episode, without, print } = stage
  const timeline = new Timeline(episode, stage.style, stage.columns)
  for (const line of timeline.head()) print(line)
  const moments: Moment[] = []
  const startedAt = performance.now()
  await playEpisode(
    network,
    playOf(stage, network.heartbeatMs, (moment) => {
      moments.push(moment)
      for (const line of timeline.lines(moment)) print(line)
    }),
  )
  const books = await booksOf(network, without)
  const verdict = verdictOf(episode, books)
  const last = lastLine(episode, verdict)
  const playedMs = Math.round(performance.now() - startedAt)
  print("")
  for (const line of tallyLines(books, timeline.columns)) print(line)
  print(`played in ${span(playedMs)} of real time`)
  print(verdict.state === "closed" ? stage.style.good(last) : stage.style.alarm(last))
  return { verdict, lastLine: last, document: documentOf({ stage, verdict, books, moments }) }
}

function playOf(stage: Stage, heartbeatMs: number, onMoment: Play["onMoment"]): Play {
  const { episode, without, onAsking, signal } = stage
  return {
    episode,
    heartbeatMs,
    onMoment,
    ...(onAsking === undefined ? {} : { onAsking }),
    ...(without === undefined ? {} : { without }),
    ...(signal === undefined ? {} : { signal }),
  }
}

async function booksOf(network: Network, without: string | undefined): Promise<Books> {
  const { alder, birch, cedar } = network.parties
  const originator = await patiently(() => ledgersOf(alder))
  const addressee = await patiently(() => ledgersOf(birch))
  const digests = originator.flatMap((it) => it.digests)
  const trace = await patiently(() => traceOf(cedar, digests))
  const nowMs = network.time.nowMs
  return { originator, addressee, trace, nowMs, ...(without === undefined ? {} : { without }) }
}

interface Played {
  readonly stage: Stage
  readonly verdict: Verdict
  readonly books: Books
  readonly moments: readonly Moment[]
}

function documentOf({ stage, verdict, books, moments }: Played): object {
  return {
    episode: stage.episode.name,
    without: stage.without ?? null,
    ...verdict,
    alder: sideOf(books.originator),
    birch: sideOf(books.addressee),
    cedar: books.trace,
    timeline: moments.map(momentDocument),
    summary: lastLine(stage.episode, verdict),
  }
}

function sideOf([ledger]: readonly Ledger[]): object | null {
  if (ledger === undefined) return null
  const { thread, viewHash, obligations } = ledger
  const discharged = obligations.filter((it) => it.end?.kind === "discharged").length
  return { thread, viewHash, obligations: obligations.length, discharged }
}

function momentDocument(moment: Moment): object {
  const at = new Date(moment.atMs).toISOString()
  // The document is read afterwards: by then the days have passed.
  if (moment.kind === "passing") return { kind: "passed", at }
  if (moment.kind === "overdue") return { kind: moment.kind, at, due: moment.due }
  const { id, timing, sources, says } = moment.step
  const step = { kind: moment.kind, at, step: id, timing, sources, says }
  if (moment.kind === "event") return step
  if (moment.kind === "skipped") return { ...step, by: moment.step.by, why: moment.why }
  const { discharged, owed } = moment
  return { ...step, by: moment.step.by, act: moment.step.act, discharged, owed }
}
