/**
 * What each side owes the other by when, and what ended it: the table of spec/threads.md 6 a second
 * time, computed from signed statements and the receipts on the disk, and not by the core's rules.
 *
 * What every message owes is told by its line in `people/repertoire.ts`. What more a kind means
 * stands here; where somebody has said a kind that does not, only the former is held against the
 * disk.
 */

import type { MessageId, Obligation, OrgId } from "@tearline/core"

import type { ThreadRow } from "../disk/exchange-rows.ts"
import { kindNamed } from "../people/repertoire.ts"
import { windowOf, type SaidIn, type Utterance } from "./said-in.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const readingMs: Readonly<Record<string, number>> = {
  FLASH: 15 * minute,
  IMMEDIATE: hour,
  PRIORITY: 8 * hour,
  ROUTINE: 3 * day,
}
const outcomeMs: Readonly<Record<string, number>> = {
  "24h": day,
  "30d": 30 * day,
  "180d": 180 * day,
}

/** Kinds of which stands below what they start and end. */
const explained: ReadonlySet<string> = new Set([
  "warning",
  "receipt",
  "acceptance",
  "mend",
  "read-back",
  "read-back-reply",
  "action",
  "reach",
  "window-decision",
  "window-dissent",
  "outcome",
  "thanks",
  "thanks-reply",
  "public-line",
  "public-line-reply",
])

type End = Obligation["end"]

export interface Owed {
  readonly owedBy: OrgId
  readonly startMs: number
  readonly dueMs: number
  readonly end: End
}

/** The sum of one thread: everything owed in it, by the id that both sides know it under. */
class Ledger {
  readonly #said: SaidIn
  readonly #row: ThreadRow
  readonly owed = new Map<string, Owed>()

  constructor(said: SaidIn, row: ThreadRow) {
    this.#said = said
    this.#row = row
  }

  add(id: string, owed: Owed): void {
    this.owed.set(id, owed)
  }

  by(it: Utterance | undefined): End {
    return it ? { kind: "discharged", by: it.id, atMs: this.#said.madeMs(it) } : null
  }

  refused(it: Utterance) {
    return this.#row.refusals.find(({ digest }) => digest === it.digest)
  }

  /** Of the last acceptance, if that is a rejection. */
  lapse(): End {
    const last = this.#said.of("acceptance").at(-1)
    if (last?.statement.content["verdict"] !== "rejected") return null
    return { kind: "lapsed", by: last.id, atMs: this.#said.madeMs(last) }
  }

  capMs(startMs: number, parts: number): number {
    const { warning } = this.#said
    const { earliestMs, latestMs } = warning ? windowOf(warning) : {}
    const threatMs = earliestMs ?? latestMs
    if (threatMs === undefined) return Number.MAX_SAFE_INTEGER
    return startMs + Math.max(5 * minute, Math.floor((threatMs - startMs) / parts))
  }

  /** Reading time by precedence, with a quarter of what is left as its limit. */
  readingMs(precedence: string, startMs: number, times = 1): number {
    return Math.min(startMs + times * (readingMs[precedence] ?? 0), this.capMs(startMs, 4))
  }
}

const verdict = (it: Utterance) => it.statement.content["verdict"]

function carriage(ledger: Ledger, said: SaidIn): void {
  for (const it of said.all) {
    const { kind, author, precedence, atMs } = it.statement
    const custodyDueMs = atMs + (it.part.carriedWithinMs ?? 2 * minute)
    const owedBy = said.other(author)
    const heldMs = said.custodyMs(it)
    const refusal = ledger.refused(it)
    const refused: End = refusal ? { kind: "lapsed", by: refusal.digest, atMs: refusal.atMs } : null
    const held: End =
      heldMs === undefined ? refused : { kind: "discharged", by: it.digest, atMs: heldMs }
    ledger.add(`custody/${it.id}`, { owedBy, startMs: atMs, dueMs: custodyDueMs, end: held })
    const { reading, isOfThreat } = kindNamed(kind) ?? {}
    if (heldMs === undefined || reading === undefined) continue
    const receipt = (step: string) =>
      said
        .answering(it.id, "receipt")
        .find(
          ({ statement: { author: by, content } }) =>
            by === owedBy && content["step"] === step && content["of"] === it.id,
        )
    ledger.add(`unsealed/${it.id}`, {
      owedBy,
      startMs: heldMs,
      dueMs: heldMs + 5 * minute,
      end: ledger.by(receipt("unsealed")) ?? refused,
    })
    const plainMs = heldMs + (readingMs[precedence] ?? 0)
    const dueMs = isOfThreat === true ? ledger.readingMs(precedence, heldMs) : plainMs
    const end = ledger.by(receipt("read")) ?? refused
    ledger.add(`read/${it.id}`, { owedBy, startMs: heldMs, dueMs, end })
  }
}

function owning(ledger: Ledger, said: SaidIn, warning: Utterance, startMs: number): void {
  const { addressee: owedBy, originator } = said
  const { precedence, content } = warning.statement
  const twiceMs = ledger.readingMs(precedence, startMs, 2)
  const accepted = said.of("acceptance").find((it) => verdict(it) === "accepted")
  const ownEnd = ledger.lapse() ?? ledger.by(accepted)
  ledger.add(`own/${warning.id}`, { owedBy, startMs, dueMs: twiceMs, end: ownEnd })
  for (const about of [warning, ...said.of("read-back-reply")]) {
    if (about !== warning && verdict(about) !== "corrected") continue
    const beganMs = about === warning ? startMs : said.madeMs(about)
    const [answer] = said.answering(about.id, "read-back")
    const end = ledger.by(answer) ?? ledger.lapse()
    const dueMs = ledger.readingMs(precedence, beganMs, 2)
    ledger.add(`read-back/${about.id}`, { owedBy, startMs: beganMs, dueMs, end })
  }
  for (const it of said.of("read-back")) {
    const beganMs = said.madeMs(it)
    ledger.add(`agree-read-back/${it.id}`, {
      owedBy: originator,
      startMs: beganMs,
      dueMs: ledger.readingMs(precedence, beganMs),
      end: ledger.by(said.answering(it.id, "read-back-reply")[0]),
    })
  }
  if (content["threatToLife"] !== true) return
  const reached = said
    .of("reach")
    .find((it) => ["yes", "withheld"].includes(String(it.statement.content["reached"])))
  const capMs = ledger.capMs(startMs, 4)
  const isCapped = capMs < Number.MAX_SAFE_INTEGER
  const dueMs = isCapped ? capMs : ledger.readingMs(precedence, startMs)
  const end = ledger.by(reached) ?? ledger.lapse()
  ledger.add(`reach/${warning.id}`, { owedBy, startMs, dueMs, end })
}

function acting(ledger: Ledger, said: SaidIn, warning: Utterance): void {
  const accepted = said.of("acceptance").find((it) => verdict(it) === "accepted")
  if (accepted === undefined) return
  const startMs = said.madeMs(accepted)
  const dueMs = Math.min(startMs + 3 * day, ledger.capMs(startMs, 2))
  const end = ledger.by(said.of("action")[0]) ?? ledger.lapse()
  ledger.add(`act/${warning.id}`, { owedBy: said.addressee, startMs, dueMs, end })
}

/** One decision for the window, one for each extension, and anew after each dissent. */
function deciding(ledger: Ledger, said: SaidIn, warning: Utterance): void {
  let about = warning
  let turn = 1
  let startMs = said.madeMs(warning)
  let dueMs = windowOf(warning).latestMs ?? Number.POSITIVE_INFINITY
  for (;;) {
    const decision = said.answering(about.id, "window-decision")[turn - 1]
    const end = decision ? ledger.by(decision) : ledger.lapse()
    const floorMs = Math.max(dueMs, startMs + 5 * minute)
    const isOwed = about !== warning || windowOf(warning).latestMs !== undefined
    const times = { startMs, dueMs: about === warning || turn > 1 ? floorMs : dueMs }
    const id = `decide-window/${about.id}/${turn}`
    if (isOwed) ledger.add(id, { owedBy: said.addressee, ...times, end })
    if (decision === undefined) return
    const [dissent] = said.answering(decision.id, "window-dissent")
    if (dissent !== undefined) {
      about = dissent
      turn = 1
      startMs = said.madeMs(dissent)
      dueMs = ledger.readingMs(dissent.statement.precedence, startMs)
    } else if (decision.statement.content["decision"] === "extended") {
      turn += 1
      startMs = said.madeMs(decision)
      dueMs = Number(decision.statement.content["untilMs"])
    } else return
  }
}

function mending(ledger: Ledger, said: SaidIn, warning: Utterance): void {
  const last = said.of("acceptance").at(-1)
  const owe = (about: Utterance, startMs: number, otherwise: End) => {
    const dueMs = ledger.readingMs(warning.statement.precedence, startMs)
    const end = ledger.by(said.answering(about.id, "mend")[0]) ?? otherwise
    ledger.add(`mend/${about.id}`, { owedBy: said.originator, startMs, dueMs, end })
  }
  for (const it of said.of("acceptance")) {
    if (verdict(it) !== "rejected") continue
    const later = last === it ? undefined : last
    const end: End = later ? { kind: "lapsed", by: later.id, atMs: said.madeMs(later) } : null
    owe(it, said.madeMs(it), end)
  }
  for (const it of said.all) {
    const refusal = ledger.refused(it)
    const { author, kind } = it.statement
    if (refusal === undefined || author !== said.originator || kind === "receipt") continue
    owe(it, refusal.atMs, null)
  }
}

function closing(ledger: Ledger, said: SaidIn, warning: Utterance): void {
  const [action] = said.of("action")
  const times = [action && said.madeMs(action), windowOf(warning).latestMs]
  const startMs = Math.min(...times.map((it) => it ?? Number.POSITIVE_INFINITY))
  if (startMs === Number.POSITIVE_INFINITY) return
  for (const [point, afterMs] of Object.entries(outcomeMs)) {
    const outcome = said
      .of("outcome")
      .find(({ statement: { content } }) => content["point"] === point || content["final"] === true)
    const end = ledger.by(outcome) ?? ledger.lapse()
    const id = `outcome-${point}/${warning.id}`
    ledger.add(id, { owedBy: said.addressee, startMs, dueMs: startMs + afterMs, end })
  }
}

function thanking(ledger: Ledger, said: SaidIn): void {
  for (const it of said.of("thanks")) {
    const startMs = said.custodyMs(it)
    if (startMs === undefined) continue
    const end = ledger.by(said.answering(it.id, "thanks-reply")[0])
    const dueMs = startMs + 7 * day
    ledger.add(`relay-thanks/${it.id}`, { owedBy: said.originator, startMs, dueMs, end })
  }
}

/** An objection keeps the embargo of what it objects to. */
function embargoMs(said: SaidIn, line: Utterance): number {
  const { content, answers } = line.statement
  const stated = content["embargoUntilMs"]
  if (typeof stated === "number") return stated
  const before = said.all.find((it) => it.id === answers[0])
  return verdict(line) === "object" && before !== undefined
    ? embargoMs(said, before)
    : Number.POSITIVE_INFINITY
}

function agreeing(ledger: Ledger, said: SaidIn): void {
  const proposals = said.effective.filter(
    ({ statement: { kind, content } }) =>
      kind === "public-line" ||
      (kind === "public-line-reply" && ["object", "amend"].includes(String(content["verdict"]))),
  )
  for (const line of proposals) {
    const startMs = said.custodyMs(line)
    if (startMs === undefined) continue
    const owedBy = said.other(line.statement.author)
    const reply = [
      ...said.answering(line.id, "public-line-reply"),
      ...said.answering(line.id, "public-line"),
    ].find((it) => it.statement.author === owedBy)
    const limitMs = Math.min(startMs + day, embargoMs(said, line))
    const dueMs = Math.max(limitMs, startMs + 5 * minute)
    ledger.add(`agree-public-line/${line.id}`, { owedBy, startMs, dueMs, end: ledger.by(reply) })
  }
}

/** What every message owes, whatever it means. */
function carriedIn(row: ThreadRow, said: SaidIn): Ledger {
  const ledger = new Ledger(said, row)
  carriage(ledger, said)
  return ledger
}

/** Everything owed in a thread of which all that was said is explained. */
export function owedIn(row: ThreadRow, said: SaidIn): ReadonlyMap<string, Owed> {
  const ledger = carriedIn(row, said)
  thanking(ledger, said)
  agreeing(ledger, said)
  const { warning } = said
  if (warning === undefined) return ledger.owed
  const heldMs = said.custodyMs(warning)
  if (heldMs !== undefined) owning(ledger, said, warning, heldMs)
  acting(ledger, said, warning)
  deciding(ledger, said, warning)
  mending(ledger, said, warning)
  closing(ledger, said, warning)
  return ledger.owed
}

function isSameEnd(a: End, b: End): boolean {
  return a === null || b === null
    ? a === b
    : a.kind === b.kind && a.by === b.by && a.atMs === b.atMs
}

const inWords = ({ owedBy, startMs, dueMs, end }: Owed) =>
  JSON.stringify([owedBy.slice(0, 6), startMs, dueMs, end])

/**
 * Messages that may start or end more than stands here. `withheld`: kinds to be taken as if they
 * were not explained. What nobody knows has no effect, and needs no explanation.
 */
export function unexplainedIn(said: SaidIn, withheld: ReadonlySet<string>): readonly MessageId[] {
  return said.all
    .filter(({ statement: { kind } }) => !explained.has(kind) || withheld.has(kind))
    .filter(({ statement: { kind } }) => kindNamed(kind) !== undefined)
    .map((it) => it.id)
}

function rowFault(id: string, it: Obligation | undefined, owed: Owed): string | undefined {
  if (it === undefined) return `${id} is owed and on no list`
  const { owedBy, startMs, dueMs, end } = owed
  const isSame = it.owedBy === owedBy && it.startMs === startMs && it.dueMs === dueMs
  if (isSame && isSameEnd(it.end, end)) return undefined
  return `${id} is ${inWords(it)} on the disk and ${inWords(owed)} by what was said`
}

/** How the rows of a thread differ from what is owed in it; undefined when they do not. */
export function owedFault(
  row: ThreadRow,
  said: SaidIn,
  unexplained: readonly MessageId[],
): string | undefined {
  const wanted = unexplained.length === 0 ? owedIn(row, said) : carriedIn(row, said).owed
  for (const [id, owed] of wanted) {
    const it = row.obligations.get(id)
    const isEndedSo = it?.end && unexplained.some((one) => one === it.end?.by)
    const fault = rowFault(id, it, isEndedSo ? { ...owed, end: it.end } : owed)
    if (fault !== undefined) return fault
  }
  if (unexplained.length > 0) return undefined
  const extra = [...row.obligations.values()].find((it) => !wanted.has(it.id) && it.end === null)
  if (extra !== undefined) return `${extra.id} is listed as open and owed by nobody`
  const isClosed = wanted.size > 0 && [...wanted.values()].every((it) => it.end !== null)
  if (isClosed === row.head.isClosed) return undefined
  return `the thread is written as ${row.head.isClosed ? "closed" : "open"} and is not`
}
