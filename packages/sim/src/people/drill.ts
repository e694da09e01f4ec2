/**
 * The drill in the quiet hours: with every fault mended, what is said has to be there within
 * seconds. Retries hide a wake-up that was lost or a place that was never freed; here they may
 * not.
 */

import type { ExchangeAnswer, OrgId, Precedence } from "@tearline/core"

import type { Organisation } from "../node/organisation.ts"
import type { Random } from "../time/random.ts"
import type { World } from "../world/world.ts"

const second = 1_000
const minute = 60 * second
/** More than a queue to one peer holds. */
const backlogCount = 265
/** More than a gateway gives its exchange at once. */
const heldCount = 75
const slowForMs = 30 * second

/**
 * How long each may take when nothing is broken; what has no room in a queue only has to be through
 * in the end.
 */
const limitMs: Readonly<Record<string, number>> = { FLASH: 5 * second, ROUTINE: 30 * second }
const heldLimitMs = 5 * minute

const unknown = { state: "unknown" }
const content = {
  title: "A drill in quiet hours",
  threatToLife: false,
  elements: Object.fromEntries(
    ["what", "who", "where", "when", "how", "how-sure", "ask"].map((it) => [it, unknown]),
  ),
  marking: { tlp: "TLP:AMBER", pap: "PAP:GREEN" },
}

export class Drill {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** Everybody warns the next one; one is away meanwhile, and one is warned without end. */
  start(): void {
    const { organisations, byFile } = this.#world
    // A stick has days.
    const all = [...organisations.values()].filter((it) => it.org !== byFile)
    all.forEach((own, at) => {
      const next = all[(at + 1) % all.length] as Organisation
      this.#warn(own, next, "FLASH")
      this.#world.schedule.after(2 * minute, () => this.#warn(own, next, "ROUTINE"))
    })
    const { schedule, random: chance } = this.#world
    const random = chance.split(`drill ${schedule.nowMs}`)
    if (this.#world.season.hasBacklog) this.#fill(all, random)
    // Through folders so many are not there within minutes.
    const lined = all.filter((it) => it.guard === undefined)
    const away = random.pick(lined)
    const sender = random.pick(lined.filter((it) => it !== away))
    schedule.after(30 * minute, () => this.#holdBack(sender, away))
  }

  /**
   * An exchange is away for a minute, and slow when it comes back: what has come meanwhile waits at
   * its gateway, and a FLASH does not wait behind it.
   */
  #holdBack(from: Organisation, to: Organisation): void {
    const { schedule } = this.#world
    const { platter } = to.exchangeDisk
    to.crashExchange()
    for (let count = 0; count < heldCount; count += 1) {
      this.#warn(from, to, "IMMEDIATE", heldLimitMs)
    }
    schedule.after(minute, () => {
      platter.condition = "slow"
      to.startExchange()
      this.#warn(from, to, "FLASH", heldLimitMs)
      this.#world.see("FLASH meets a backlog on its way to the exchange")
    })
    schedule.after(minute + slowForMs, () => {
      platter.condition = "well"
    })
  }

  /** One is warned of hundreds of things at once, and then of what cannot wait. */
  #fill(all: readonly Organisation[], random: Random): void {
    const { schedule } = this.#world
    const from = random.pick(all)
    const to = random.pick(all.filter((it) => it !== from))
    schedule.after(10 * minute, () => {
      for (let count = 0; count < backlogCount; count += 1) this.#warn(from, to, "PRIORITY")
      schedule.after(250, () => {
        this.#seeBacklog(from, to)
        this.#warn(from, to, "FLASH")
      })
    })
  }

  /** More waits for this peer than is under way at once. */
  #seeBacklog({ exchangeDisk }: Organisation, to: Organisation): void {
    const waiting = [...exchangeDisk.outbox.values()].filter(({ item }) => item.peer === to.org)
    if (waiting.length > backlogCount / 2) this.#world.see("FLASH behind a backlog")
  }

  #warn(
    own: Organisation,
    to: Organisation,
    precedence: Precedence,
    withinMs = limitMs[precedence],
  ): void {
    const { schedule, checkers, people } = this.#world
    const addressees: readonly { readonly org: OrgId }[] = [{ org: to.org }]
    const input = { kind: "released", addressees, precedence, status: "test", content } as const
    let answer: ExchangeAnswer | undefined
    people.ask(own, { ...input, officer: "chief" }, (it) => {
      answer = it
      checkers.accepted(own, it)
    })
    if (withinMs === undefined) return
    // From when somebody wanted it said: an answer that is late is late for whoever waits for it.
    schedule.after(withinMs, () => {
      this.#mustBeThere(own, to, { answer, withinMs, precedence })
    })
  }

  /** It is there, and its sender knows that it was opened. */
  #mustBeThere(
    own: Organisation,
    to: Organisation,
    said: {
      readonly answer: ExchangeAnswer | undefined
      readonly withinMs: number
      readonly precedence: Precedence
    },
  ): void {
    const { answer, withinMs, precedence } = said
    const { checkers } = this.#world
    const what = `a ${precedence} of ${own.name} to ${to.name}`
    const seconds = `${withinMs / second} s`
    if (answer === undefined) {
      checkers.fail("L1", `${what} is not answered after ${seconds}`, null)
      return
    }
    const [named] = answer.kind === "said" ? answer.threads : []
    if (answer.kind !== "said" || named === undefined) return
    const { thread } = named
    const opened = own.exchangeDisk.threads
      .get(thread)
      ?.obligations.get(`unsealed/${answer.message}`)
    const isThere = to.exchangeDisk.threads.get(thread)?.messages.length ?? 0
    if (isThere > 0 && opened?.end?.kind === "discharged") return
    checkers.fail("L1", `${what} is not through after ${seconds}`, thread)
  }
}
