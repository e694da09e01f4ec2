/**
 * The people at the desks: they read what is shown, act on time, late, twice or never, and ask
 * again when the machine gave no answer.
 */

import {
  ActError,
  type ExchangeAnswer,
  type ExchangeInput,
  type MessageId,
  type OrgId,
  type Party,
  type Statement,
  type Thread,
  type ThreadId,
} from "@tearline/core"

import type { Shown } from "../checkers/shown.ts"
import type { MessageRow } from "../disk/exchange-rows.ts"
import { DiskError } from "../disk/platter.ts"
import type { Organisation } from "../node/organisation.ts"
import { readSigned } from "../suite/suite.ts"
import type { Random } from "../time/random.ts"
import type { World } from "../world/world.ts"
import type { Content, Habit } from "./kind.ts"
import { livesOn } from "./long-lived.ts"
import { misfitsOn } from "./misfits.ts"
import { doingsOn, kindNamed, type Doing } from "./repertoire.ts"

/** How the officers of one organisation are. */
interface Manner {
  readonly never: number
  readonly late: number
  readonly twice: number
}

const manners: readonly Manner[] = [
  { never: 0.02, late: 0.05, twice: 0.02 },
  { never: 0.05, late: 0.3, twice: 0.05 },
  { never: 0.25, late: 0.1, twice: 0.02 },
  { never: 0.03, late: 0.1, twice: 0.2 },
]

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const patienceMs = 10 * minute
const asksMax = 14
/** Whoever gets no answer asks less and less often, down to this. */
const slowestAsk = 8
const misfitShare = 0.02
/** One look in so many goes through the core's gate, as each does in production: it is dear. */
const askedEvery = 16
/** Of threads that a restore has left, the latest. */
const goneOverMax = 60

/** Of one thread, what has come and nobody has looked at. */
interface Unread {
  /** Since when the first of them waits. */
  readonly sinceMs: number
  readonly ids: readonly MessageId[]
}

/** What an officer has in mind to say, about which message. */
interface Plan extends Pick<Habit, "content"> {
  readonly thread: ThreadId
  readonly of: MessageId
  readonly act: string
}

export class People {
  readonly #world: World
  readonly #random: Random
  readonly #slips: Random
  readonly #after: Random
  /** Durable, shown or not, and not read yet. */
  readonly #unread = new Map<Organisation, Map<ThreadId, Unread>>()
  #looks = 0

  constructor(world: World) {
    this.#world = world
    this.#random = world.random.split("people")
    this.#slips = world.random.split("slips")
    this.#after = world.random.split("after a restore")
  }

  /** A message has come in, as an observer of the disk sees it. */
  arrived(own: Organisation, thread: ThreadId, id: MessageId): void {
    const threads = this.#unread.get(own) ?? new Map<ThreadId, Unread>()
    this.#unread.set(own, threads)
    const { sinceMs = this.#world.schedule.nowMs, ids = [] } = threads.get(thread) ?? {}
    threads.set(thread, { sinceMs, ids: [...ids.filter((it) => it !== id), id] })
  }

  /** The exchange says that there is something to look at. */
  shown(own: Organisation, thread: ThreadId): void {
    if (this.#unread.get(own)?.has(thread) === true) this.#look(own, thread)
  }

  /** What waits for an officer whom nobody tells of it, although all has been well since. */
  unshown(own: Organisation, wellSinceMs: number): string | undefined {
    const { nowMs } = this.#world.schedule
    for (const { sinceMs, ids } of this.#unread.get(own)?.values() ?? []) {
      const forMs = nowMs - Math.max(sinceMs, wellSinceMs)
      if (forMs > hour) return `shows nobody that ${ids.join(" and ")} has come`
    }
    return undefined
  }

  /** The exchange runs again: what was never shown is looked for. */
  isBack(own: Organisation): void {
    // A copy: what cannot be read yet is put back.
    const threads = Array.from(this.#unread.get(own)?.keys() ?? [])
    for (const thread of threads) this.#look(own, thread)
  }

  /** After a restore officers go over what they had decided, and now and then think otherwise. */
  goOver(own: Organisation): void {
    const rows = [...own.exchangeDisk.threads.values()].slice(-goneOverMax)
    for (const { head, messages } of rows) {
      const decided = decidedIn(messages)
      if (decided === undefined) continue
      this.#world.see("officer decides anew after a restore")
      const { of, act, anew } = decided
      const content = this.#after.pick(anew)
      const plan = { thread: head.thread.id, of, act, content: () => content }
      this.#later(own, plan, this.#after.spread(hour, 10 * hour))
    }
  }

  /** Releases or acts, again and again until there is an answer. */
  ask(own: Organisation, input: ExchangeInput, done: (answer: ExchangeAnswer) => void): void {
    this.#ask({ own, input, done }, 1)
  }

  #look(own: Organisation, thread: ThreadId): void {
    const unread = this.#unread.get(own)
    const ids = unread?.get(thread)?.ids
    const { exchange } = own
    // Who comes when it is down is told when it runs again.
    if (unread === undefined || ids === undefined || exchange === undefined) return
    unread.delete(thread)
    this.#looks += 1
    const isAsked = this.#looks % askedEvery === 0
    const asked = isAsked ? exchange.show(thread) : glanceAt(own, thread, ids)
    void this.#readAll(own, ids, asked).catch((error: unknown) => {
      if (!(error instanceof DiskError)) throw error
      // Somebody mends it meanwhile.
      this.#world.schedule.after(hour, () => {
        for (const id of ids) this.arrived(own, thread, id)
        this.#look(own, thread)
      })
    })
  }

  async #readAll(
    own: Organisation,
    ids: readonly MessageId[],
    asked: Promise<ShownThread | undefined>,
  ): Promise<void> {
    const shown = await asked
    for (const id of ids) this.#read(own, id, shown)
  }

  #read(own: Organisation, id: MessageId, thread: ShownThread | undefined): void {
    const [message, second] = thread?.messages.filter((it) => it.id === id) ?? []
    // Lost again before anybody looked: a restored node is shown it anew.
    if (thread === undefined || message === undefined) return
    const { checkers, story } = this.#world
    if (second !== undefined) checkers.fail("I3", `${own.name} shows ${id} twice`, thread.id)
    checkers.read(own, message)
    const { statement } = message
    story.tell(thread.id, own.name, `reads ${statement.kind} ${id.slice(0, 8)}`)
    const party = thread.originator === own.org ? "originator" : "addressee"
    for (const doing of doingsOn(statement.kind, party)) {
      if (isTakenUp(doing, thread.id)) this.#plan(own, doing, { thread: thread.id, of: id })
    }
    if (this.#slips.isLucky(misfitShare)) {
      this.#slip(own, { thread: thread.id, of: id }, [statement, party])
    }
  }

  /** What is not this officer's to say, or makes no sense here: it must come to nothing. */
  #slip(
    own: Organisation,
    { thread, of }: { readonly thread: ThreadId; readonly of: MessageId },
    [{ kind }, party]: readonly [Statement, Party],
  ): void {
    const { nowMs } = this.#world.schedule
    const { act, content } = this.#slips.pick(misfitsOn({ read: kind, party, nowMs }))
    const said = { kind: "acted" as const, thread, act, content, answers: [of], officer: "duty" }
    this.#world.see("officer tries what is not theirs to do")
    this.ask(own, said, () => {
      this.#world.checkers.fail("I5", `${own.name} lets an officer do ${act} on ${kind}`, thread)
    })
  }

  #plan(own: Organisation, { kind, habit }: Doing, about: Pick<Plan, "thread" | "of">): void {
    const random = this.#random
    const manner = manners[indexOf(own.org) % manners.length] as Manner
    const plan = { ...about, act: kind.kind, content: habit.content }
    if (!random.isLucky(habit.share * this.#zealFor(plan))) return
    if (random.isLucky(manner.never)) {
      this.#world.see("officer never acts")
      return
    }
    const [min, max] = habit.afterMs
    let delayMs = random.spread(min, max)
    if (random.isLucky(manner.late)) {
      this.#world.see("officer acts late")
      delayMs *= random.between(2, 10)
    }
    this.#later(own, plan, delayMs)
    if (random.isLucky(manner.twice)) {
      this.#world.see("officer acts twice")
      this.#later(own, plan, delayMs + random.spread(100, day))
    }
  }

  /** Reading is done in every season, and all of it where somebody follows a thread for months. */
  #zealFor({ act, thread }: Plan): number {
    return act === "receipt" || livesOn(thread) ? 1 : this.#world.season.zeal
  }

  #later(own: Organisation, plan: Plan, delayMs: number): void {
    const { schedule } = this.#world
    schedule.after(delayMs, () => {
      if (this.#rests()) {
        this.#later(own, plan, this.#world.restUntilMs - schedule.nowMs + delayMs)
        return
      }
      const { thread, of, act } = plan
      this.#world.story.tell(thread, own.name, `does ${act}`)
      const said = { thread, act, content: plan.content(schedule.nowMs) }
      this.ask(own, { kind: "acted", ...said, answers: [of], officer: "duty" }, (answer) =>
        this.#world.checkers.accepted(own, answer),
      )
    })
  }

  #rests(): boolean {
    return this.#world.schedule.nowMs < this.#world.restUntilMs
  }

  #ask(
    asked: {
      readonly own: Organisation
      readonly input: ExchangeInput
      readonly done: (answer: ExchangeAnswer) => void
    },
    times: number,
  ): void {
    const { schedule, see } = this.#world
    const { own, input, done } = asked
    let isOver = false
    const again = () => {
      if (isOver) return
      isOver = true
      cancel()
      if (times >= asksMax) see("officer gives up asking")
      else {
        const delayMs = this.#random.spread(minute, 20 * minute) * Math.min(times, slowestAsk)
        schedule.after(delayMs, () => this.#ask(asked, times + 1))
      }
    }
    const cancel = schedule.after(patienceMs, () => {
      see("no answer to an officer")
      again()
    })
    const { exchange } = own
    if (exchange === undefined) {
      see("officer finds the exchange down")
      again()
      return
    }
    const settle = (outcome: Outcome) => {
      if (isOver) return
      if (outcome.kind === "failed") return again()
      isOver = true
      cancel()
      if (outcome.kind === "refused") see("act refused at home")
      else {
        if (times > 1) see("officer's act done at a later attempt")
        done(outcome.answer)
      }
    }
    void outcomeOf(exchange.submit(input)).then(settle)
  }
}

type ShownThread = Pick<Thread, "id" | "originator"> & { readonly messages: readonly Shown[] }

/**
 * These messages as their rows say, without the core's gate. Rejects with DiskError where one is
 * damaged.
 */
async function glanceAt(
  { exchangeDisk: { threads, damage } }: Organisation,
  id: ThreadId,
  ids: readonly MessageId[],
): Promise<ShownThread | undefined> {
  const { head, messages = [] } = threads.get(id) ?? {}
  if (head === undefined) return undefined
  const read = messages.filter((it) => ids.includes(it.id))
  for (const row of read) damage.mustHold(row)
  const shown = read.flatMap((row) => {
    const statement = readSigned(row.id, row.signed)
    return statement === undefined ? [] : [{ id: row.id, statement }]
  })
  return { id, originator: head.thread.originator, messages: shown }
}

interface Decided {
  readonly of: MessageId
  readonly act: string
  readonly anew: readonly Content[]
}

/** The first that we have said here and might say otherwise. */
function decidedIn(messages: readonly MessageRow[]): Decided | undefined {
  for (const { direction, id, signed } of messages) {
    const { kind: act = "", answers: [of] = [] } = readSigned(id, signed) ?? {}
    const { anew } = kindNamed(act) ?? {}
    if (direction === "out" && of !== undefined && anew !== undefined) return { of, act, anew }
  }
  return undefined
}

function isTakenUp({ habit }: Doing, thread: ThreadId): boolean {
  return habit.isOfMonths !== true || livesOn(thread)
}

type Outcome =
  | { readonly kind: "done"; readonly answer: ExchangeAnswer }
  | { readonly kind: "refused" }
  | { readonly kind: "failed" }

async function outcomeOf(asked: Promise<ExchangeAnswer>): Promise<Outcome> {
  try {
    return { kind: "done", answer: await asked }
  } catch (error) {
    return { kind: error instanceof ActError ? "refused" : "failed" }
  }
}

function indexOf(org: OrgId): number {
  return Number.parseInt(org.slice(0, 4), 16)
}
