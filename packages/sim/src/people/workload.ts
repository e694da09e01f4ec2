/** Warnings as they come: mostly alone, sometimes many within a minute. */

import type { ExchangeAnswer, ExchangeInput, OrgId, Precedence, Status } from "@tearline/core"

import type { Organisation } from "../node/organisation.ts"
import type { Random } from "../time/random.ts"
import type { World } from "../world/world.ts"
import { spoilt } from "./misfits.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const precedenceShares: readonly { weight: number; precedence: Precedence }[] = [
  { weight: 1, precedence: "FLASH" },
  { weight: 3, precedence: "IMMEDIATE" },
  { weight: 3, precedence: "PRIORITY" },
  { weight: 4, precedence: "ROUTINE" },
]

const statusShares: readonly { weight: number; status: Status }[] = [
  { weight: 18, status: "actual" },
  { weight: 1, status: "exercise" },
  { weight: 1, status: "test" },
]

const severalShare = 0.05
/** How often a warning goes to the hostile peer too: it is a peer like any other. */
const hostileShare = 0.03
const spoiltShare = 0.03

type Released = Extract<ExchangeInput, { readonly kind: "released" }>

const filled = (text: string) => ({ state: "filled", text, language: "en", basis: "fact" })

export class Workload {
  readonly #world: World
  readonly #random: Random
  readonly #honest: readonly Organisation[]
  readonly #everyMs: number
  /** Warnings that an officer was told are released. */
  released = 0
  isOn = false

  /** `everyMs`: how often a warning comes, on average. */
  constructor(world: World, everyMs: number) {
    this.#world = world
    this.#random = world.random.split("workload")
    this.#honest = [...world.organisations.values()]
    this.#everyMs = everyMs
  }

  start(): void {
    this.isOn = true
    this.#next()
  }

  #next(): void {
    const random = this.#random
    // One in three hundred begins a storm of about thirty.
    const isStorm = random.isLucky(1 / 300)
    const count = isStorm ? 10 + random.below(40) : 1
    this.#world.schedule.after(random.exponential(this.#everyMs * 1.1), () => {
      if (!this.isOn) return
      if (isStorm) this.#world.see("storm of warnings")
      for (let at = 0; at < count; at += 1) {
        this.#world.schedule.after(random.unit() * count * 500, () => this.#release())
      }
      this.#next()
    })
  }

  #release(): void {
    const random = this.#random
    const from = random.pick(this.#honest)
    const others = this.#honest.filter((it) => it !== from).map((it) => it.org)
    const count = random.isLucky(severalShare) ? 2 + random.below(2) : 1
    const addressees = chosen(random, others, count)
    if (addressees.length > 1) this.#world.see("warning to several addressees")
    const { precedence } = random.weighted(precedenceShares)
    const { status } = random.weighted(statusShares)
    if (status !== "actual") this.#world.see("exercise or test beside actual warnings")
    const content = this.#content(precedence)
    const isHostile = random.isLucky(hostileShare)
    const to = isHostile ? [...addressees, this.#world.hostile] : addressees
    const asked = to.map((org) => this.#addressee(org))
    const input = { kind: "released", addressees: asked, precedence, status, content } as const
    this.#ask(from, { ...input, officer: "chief" })
  }

  /** What is asked of this addressee and whom it may tell: no other's business. */
  #addressee(org: OrgId): Released["addressees"][number] {
    const random = this.#random
    if (!random.isLucky(0.3)) return { org }
    const asks = [random.pick(["confirm", "protect", "look-out"])]
    return { org, asks, releasableTo: [random.pick(this.#honest).org] }
  }

  #ask(from: Organisation, input: Released): void {
    const { people, checkers } = this.#world
    if (this.#random.isLucky(spoiltShare)) {
      const bad = { ...input, ...this.#random.pick(spoilt)(input, from.org) }
      this.#world.see("officer releases what may not be released")
      people.ask(from, bad, () => {
        checkers.fail("I5", `${from.name} releases what may not be released`)
      })
    }
    people.ask(from, input, (answer) => this.#accepted(from, input, answer))
  }

  #accepted(from: Organisation, input: Released, answer: ExchangeAnswer): void {
    this.released += 1
    this.#world.checkers.accepted(from, answer)
    this.#world.checkers.released(from, input, answer)
    const leftOut = answer.kind === "said" ? answer.leftOut.map((it) => it.org) : []
    // Whoever was told that somebody was left out warns them alone, once somebody has mended it.
    const addressees = input.addressees.filter((it) => leftOut.includes(it.org))
    if (addressees.length > 0) this.#ask(from, { ...input, addressees })
  }

  #content(precedence: Precedence): Readonly<Record<string, unknown>> {
    const random = this.#random
    const nowMs = Math.floor(this.#world.schedule.nowMs)
    const earliestMs = nowMs + Math.floor(random.spread(10 * minute, 6 * day))
    const threatToLife = precedence === "FLASH" || precedence === "IMMEDIATE"
    const unknown = { state: "unknown" }
    const window = {
      earliestMs,
      latestMs: earliestMs + hour + Math.floor(random.unit() * day),
      basis: "a date that was named",
      timeZone: "UTC",
      atEnd: "ask us",
    }
    return {
      title: "A fictional threat",
      threatToLife,
      elements: {
        what: filled("an attack is being prepared"),
        who: { state: "known-withheld" },
        where: filled("the market of Example Town"),
        when: unknown,
        how: unknown,
        "how-sure": filled("likely"),
        ask: filled("please protect it"),
      },
      marking: { tlp: "TLP:AMBER", pap: "PAP:GREEN" },
      ...(random.isLucky(0.7) ? { window } : {}),
    }
  }
}

function chosen(random: Random, from: readonly OrgId[], count: number): OrgId[] {
  const left = [...from]
  const taken: OrgId[] = []
  while (taken.length < count && left.length > 0) {
    taken.push(...left.splice(random.below(left.length), 1))
  }
  return taken
}
