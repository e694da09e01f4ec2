/** The timeline in words: who, what, when, which obligation it discharged, what is owed until when. */

import { type Style, wrapped } from "@tearline/cli"

import type { Episode, PartyName, Step } from "./episode.ts"
import type { Due, Moment } from "./moment.ts"

const columnsMin = 60
const columnsMax = 100
/** Time and organisation come first; what goes on in further lines stands under the text. */
const indent = " ".repeat(14)
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** The names of obligations that do not speak for themselves; four lines of 80. */
const legend =
  "Owed by people: own (an owner takes it), read-back (what was understood, said back), reach (those who " +
  "can protect know), decide-window (guard goes on, or is stepped down), outcome (what came of it). " +
  "By machine: custody (the gateway holds it), unsealed (the exchange opened it). " +
  "Left: time to spare."

/** Turns moments into lines; it remembers the day, which is said once. */
export class Timeline {
  readonly #episode: Episode
  readonly #style: Style
  /** What its lines keep to. */
  readonly columns: number
  #day = ""

  constructor(episode: Episode, style: Style, columns: number) {
    this.#episode = episode
    this.#style = style
    this.columns = Math.min(columnsMax, Math.max(columnsMin, columns))
  }

  /** What stands above the timeline. */
  head(): readonly string[] {
    const { title, roles, name } = this.#episode
    const parts = Object.entries(roles).flatMap(([party, role]) =>
      hanging(`  ${titleOf(party as PartyName).padEnd(7)}`, role, this.columns),
    )
    const note =
      `All facts are public, with their sources in episodes/${name}/README.md. ` +
      "Hours that no source gives are marked staged. Each link is heard once a day."
    const about = [legend, note].flatMap((it) => wrapped(it, this.columns))
    return [this.#style.bold(title), ...parts, ...about]
  }

  lines(moment: Moment): readonly string[] {
    const day = moment.kind === "passing" ? [] : this.#dayLines(moment.atMs)
    return [...day, ...this.#linesOf(moment)]
  }

  #linesOf(moment: Moment): readonly string[] {
    switch (moment.kind) {
      case "act":
        return this.#act(moment)
      case "event":
        return this.#entry(moment.atMs, "", [moment.step.says, this.#timing(moment.step)])
      case "skipped": {
        const why = moment.why === "left-out" ? "left out" : "skipped: nothing to answer"
        return this.#entry(moment.atMs, titleOf(moment.step.by), [
          this.#style.alarm(`(${why}) ${moment.step.says}`),
        ])
      }
      case "overdue":
        return this.#entry(moment.atMs, titleOf(moment.due.by), [
          this.#style.alarm(`overdue: ${moment.due.rule}`),
        ])
      case "passing": {
        const days = Math.round((moment.atMs - moment.fromMs) / dayMs)
        return [this.#style.faint(`${indent}(${days} days pass, heartbeats only)`)]
      }
    }
  }

  #act({ atMs, step, discharged, owed }: Extract<Moment, { kind: "act" }>): readonly string[] {
    const details = [step.says, this.#timing(step)]
    const byPeople = discharged.filter((it) => it.bearer === "officer").map((it) => left(it))
    const byMachines = discharged.filter((it) => it.bearer !== "officer")
    if (byPeople.length > 0) details.push(this.#style.good(`discharges ${byPeople.join(", ")}`))
    if (byMachines.length > 0) details.push(`by machine: ${grouped(byMachines)}`)
    return [...this.#entry(atMs, titleOf(step.by), details), ...this.#owed(owed)]
  }

  /** One line for each who owes; an obligation and its time stay together. */
  #owed(owed: readonly Due[]): readonly string[] {
    if (owed.length === 0) return [`${indent}nothing is owed`]
    return [...Map.groupBy(owed, (it) => it.by)].flatMap(([by, theirs]) => {
      const items = theirs.map(owedUntil)
      const lines = packed(`${titleOf(by)} owes `, items, this.columns - indent.length)
      return lines.map((it) => `${indent}${it}`)
    })
  }

  #timing({ timing, sources }: Step): string {
    const from = sources.length === 0 ? "" : ` (${sources.join(", ")})`
    const hour = {
      public: "time public",
      "public-day": "day public, hour staged",
      staged: "staged",
    }
    return this.#style.faint(`${hour[timing]}${from}`)
  }

  #entry(atMs: number, who: string, details: readonly string[]): readonly string[] {
    const [first = "", ...rest] = details.flatMap((it) => wrapped(it, this.columns - indent.length))
    const head = `${this.#clock(atMs)}  ${this.#style.bold(who.padEnd(5))}  `
    return [`${head}${first}`, ...rest.map((it) => `${indent}${it}`)]
  }

  #dayLines(atMs: number): readonly string[] {
    const day = this.#format(atMs, {
      weekday: "long",
      day: "numeric",
      month: "long",
      year: "numeric",
    })
    if (day === this.#day) return []
    this.#day = day
    const zone = this.#format(atMs, { timeZoneName: "longOffset" }).split(", ").at(-1) ?? ""
    return ["", this.#style.bold(`${day}, ${this.#episode.timeZone} (${zone})`)]
  }

  #clock(atMs: number): string {
    return this.#format(atMs, { hour: "2-digit", minute: "2-digit" })
  }

  #format(atMs: number, form: Intl.DateTimeFormatOptions): string {
    const { timeZone } = this.#episode
    return new Intl.DateTimeFormat("en-GB", { ...form, timeZone }).format(atMs)
  }
}

/** The text after its head, what goes on in further lines under its beginning. */
export function hanging(head: string, text: string, columns: number): readonly string[] {
  const lines = wrapped(text, columns - head.length)
  return lines.map((it, index) => `${index === 0 ? head : " ".repeat(head.length)}${it}`)
}

export function titleOf(party: PartyName): string {
  return party.replace(/^./, (it) => it.toUpperCase())
}

/** `own in 30 min`, `own overdue since 2 h`. */
function owedUntil({ rule, leftMs }: Due): string {
  return leftMs < 0 ? `${rule} overdue since ${span(-leftMs)}` : `${rule} in ${span(leftMs)}`
}

function left({ rule, leftMs }: Due, times = ""): string {
  const name = `${rule}${times}`
  return leftMs < 0 ? `${name}, ${span(-leftMs)} late` : `${name}, ${span(leftMs)} left`
}

/** `custody x3, 2 min left; unsealed, 5 min left`. */
function grouped(all: readonly Due[]): string {
  const kinds = Map.groupBy(all, (it) => `${it.rule}/${it.leftMs}`)
  return [...kinds.values()]
    .map((alike) => {
      const [first] = alike
      const times = alike.length === 1 ? "" : ` x${alike.length}`
      return first === undefined ? "" : left(first, times)
    })
    .join("; ")
}

/** The items after the head, with commas, none of them broken over two lines. */
function packed(head: string, items: readonly string[], columns: number): readonly string[] {
  const lines: string[] = []
  let line = head
  for (const [index, item] of items.entries()) {
    const piece = index === items.length - 1 ? item : `${item}, `
    if (line !== head && line.length + piece.trimEnd().length > columns) {
      lines.push(line.trimEnd())
      line = "  "
    }
    line += piece
  }
  return [...lines, line]
}

/** `9 min`, `21 h 30 min`, `3 d 13 h`: the two greatest units, rounded down; not of less than 0. */
export function span(ms: number): string {
  if (ms < minuteMs) return `${Math.floor(ms / 1000)} s`
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} min`
  const [big, bigName, small, smallName] =
    ms < dayMs ? ([hourMs, "h", minuteMs, "min"] as const) : ([dayMs, "d", hourMs, "h"] as const)
  const rest = Math.floor((ms % big) / small)
  return `${Math.floor(ms / big)} ${bigName}${rest === 0 ? "" : ` ${rest} ${smallName}`}`
}
