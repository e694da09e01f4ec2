/**
 * What a hostile peer makes up: warnings of its own, and messages in the threads in which it has a
 * place because it has warned there or was warned.
 */

import {
  threadIdOf,
  type MessageId,
  type OrgId,
  type Part,
  type Statement,
  type ThreadId,
} from "@tearline/core"

import type { Organisation } from "../node/organisation.ts"
import type { Content, Kind } from "../people/kind.ts"
import { usualContent } from "../people/repertoire.ts"
import { bytesOf } from "../suite/bytes.ts"
import { restoreStatement } from "../suite/past.ts"
import { digestOf, hashHex, hashing, readUnit } from "../suite/suite.ts"
import type { Random } from "../time/random.ts"
import type { World } from "../world/world.ts"
import {
  accepting,
  misplacedOn,
  plainWarning,
  publicLine,
  type Crafted,
  type Place,
} from "./foul-play.ts"

interface CraftSaid {
  readonly id: MessageId
  readonly kind: unknown
  readonly subject: { readonly thread: string; readonly nonce?: string } | null
  readonly isRefused: boolean
}

export class Crafts {
  readonly #world: World
  readonly #random: Random
  readonly #threads = new Map<Organisation, Place>()
  /** The latest warning that each has sent here. */
  readonly #given = new Map<OrgId, Place>()
  /** Public lines of its own. */
  readonly #lines = new Set<MessageId>()
  /** Threads in which it has warned twice, or given a number twice. */
  readonly doubled = new Set<ThreadId>()

  constructor(world: World, random: Random) {
    this.#world = world
    this.#random = random
  }

  /** A unit has come: a warning in it opens a thread to speak in. */
  given(bytes: Uint8Array): void {
    const unit = readUnit(bytes)
    if (unit === undefined) return
    const [statement] = JSON.parse(unit.signed) as [Statement]
    const { subject } = JSON.parse(unit.part) as Part
    if (statement.kind !== "warning" || subject?.nonce === undefined) return
    const warning = hashHex(unit.signed) as MessageId
    const { thread, nonce } = subject
    this.#given.set(unit.sender, { thread, nonce, warning, status: statement.status })
  }

  /** Its own root authorises one restore after the other, each as if it had lost everything. */
  restores(): readonly Crafted[] {
    const { hostile, schedule } = this.#world
    const newest = Math.floor(schedule.nowMs / 1_000)
    return Array.from({ length: 6 }, (_, at) => {
      const epoch = newest + at
      const statement = restoreStatement(hostile, epoch).toBase64()
      const content = { statement, given: [] }
      return { statement: { kind: "restored", content }, epoch, number: 1, part: { epoch } }
    })
  }

  /** Junk, for a restore that nobody has heard of. */
  unaskedReturn(): Crafted {
    const junk = bytesOf(this.#random.hex(32)).toBase64()
    const items = Array.from({ length: 16 }, (_, at) => ({
      number: at + 1,
      digest: this.#random.hex(32),
      signed: junk,
      part: junk,
      opening: junk,
      custody: null,
      isUnsealed: false,
    }))
    const content = { epoch: 999_999, page: 1, isLast: false, items, passed: [] }
    return { statement: { kind: "returned", content } }
  }

  /** It has said this, and may speak of it again. */
  said(target: Organisation, { id, kind, subject, isRefused }: CraftSaid): void {
    if (kind === "public-line") this.#lines.add(id)
    if (kind !== "warning" || isRefused) return
    const { thread, nonce = "" } = subject ?? {}
    // A second warning opens no thread.
    if (this.#threads.get(target)?.thread === thread) return
    const place = { thread: thread as ThreadId, nonce, warning: id, status: "actual" } as const
    this.#threads.set(target, place)
  }

  /** The warning in the thread that it opened with the target last. */
  ownWarning(target: Organisation): MessageId | undefined {
    return this.#threads.get(target)?.warning
  }

  /** The last warning that the target has sent here. */
  givenWarning({ org }: Organisation): MessageId | undefined {
    return this.#given.get(org)?.warning
  }

  warning(target: Organisation): Crafted {
    const nonce = this.#random.bytes(16).toHex()
    const { hostile } = this.#world
    const seed = { originator: hostile, addressee: target.org, status: "actual" as const, nonce }
    const thread = threadIdOf(hashing, seed)
    return {
      statement: { kind: "warning", content: plainWarning },
      part: { subject: { thread, nonce }, number: 1 },
    }
  }

  foreign(target: Organisation): readonly Crafted[] {
    const threads = [...target.exchangeDisk.threads.values()].slice(-200)
    const row = threads.length === 0 ? undefined : this.#random.pick(threads)
    const answered = row?.messages[0]?.id
    if (row === undefined || answered === undefined) return []
    if (row.head.peer === this.#world.hostile) return []
    const { id: thread, status } = row.head.thread
    const content = { verdict: "accepted", owner: "desk" }
    return [
      {
        statement: { kind: "acceptance", status, answers: [answered], content },
        part: { subject: { thread } },
      },
    ]
  }

  inOwn(target: Organisation, statement: Readonly<Record<string, unknown>>): readonly Crafted[] {
    const own = this.#threads.get(target)
    if (own === undefined || !target.exchangeDisk.threads.has(own.thread)) return []
    const { thread, nonce, warning } = own
    const part = { subject: { thread, nonce }, number: 2 }
    return [{ statement: { answers: [warning], ...statement }, part }]
  }

  /** In a thread of its own, by another nonce than that which the thread is made of. */
  misnamed(target: Organisation): readonly Crafted[] {
    return this.inOwn(target, { kind: "mend", content: { how: "dropped", ground: "x" } }).map(
      (said) => {
        const { thread } = this.#threads.get(target) ?? {}
        return { ...said, part: { ...said.part, subject: { thread, nonce: "cd".repeat(16) } } }
      },
    )
  }

  /** What is usually said of a kind. */
  usual(kind: Kind): { readonly kind: string; readonly content: Content } {
    return { kind: kind.kind, content: usualContent(kind, this.#world.schedule.nowMs) }
  }

  inGiven(target: Organisation, kind: Kind): readonly Crafted[] {
    const given = this.#given.get(target.org)
    if (given === undefined || !target.exchangeDisk.threads.has(given.thread)) return []
    const { thread, nonce, warning, status } = given
    const part = { subject: { thread, nonce }, number: 1 + this.#random.below(9) }
    return [{ statement: { ...this.usual(kind), status, answers: [warning] }, part }]
  }

  /** An acceptance, and then whatever cannot be said about an acceptance. */
  misplaced(target: Organisation): readonly Crafted[] {
    const row = target.exchangeDisk.threads.get(this.#given.get(target.org)?.thread as ThreadId)
    const answered = row?.messages.findLast((it) => it.direction === "in")
    const { kind } = (answered && this.#world.checkers.said.get(answered.id)?.statement) ?? {}
    if (answered === undefined || kind === undefined) return this.inGiven(target, accepting)
    return this.inGiven(target, this.#random.pick(misplacedOn(kind))).map((said) => ({
      ...said,
      statement: { ...said.statement, answers: [answered.id] },
    }))
  }

  /** A second warning that would be the stricter one, or the milder. */
  second(target: Organisation): readonly Crafted[] {
    const own = this.#threads.get(target)
    if (own === undefined || !target.exchangeDisk.threads.has(own.thread)) return []
    const { thread, nonce } = own
    const isStrict = this.#random.isLucky(0.5)
    const earliestMs = Math.floor(this.#world.schedule.nowMs) + 86_400_000
    const window = { earliestMs, basis: "x", timeZone: "UTC", atEnd: "x" }
    const strict = { threatToLife: true, loweredBecause: "to be trusted", window }
    const content = { ...plainWarning, ...(isStrict ? strict : {}) }
    this.doubled.add(thread)
    return [
      { statement: { kind: "warning", content }, part: { subject: { thread, nonce }, number: 3 } },
    ]
  }

  twoUnderOneNumber(target: Organisation): readonly Crafted[] {
    const own = this.#threads.get(target)
    if (own !== undefined) this.doubled.add(own.thread)
    return [
      ...this.inOwn(target, { kind: "mend", content: { how: "dropped", ground: "one" } }),
      ...this.inOwn(target, { kind: "mend", content: { how: "re-sent", ground: "two" } }),
    ]
  }

  /** Receipts for its own warning, a public line, and then an agreement with its own line. */
  selfish(target: Organisation): readonly Crafted[] {
    const own = this.#threads.get(target)
    const row = own && target.exchangeDisk.threads.get(own.thread)
    const line = row?.messages.find((it) => this.#lines.has(it.id))
    if (own !== undefined && line !== undefined) {
      const agreed = { kind: "public-line-reply", content: { verdict: "agree" } }
      return this.inOwn(target, { ...agreed, answers: [line.id] })
    }
    const { warning: of } = own ?? {}
    const step = this.#random.pick(["read", "unsealed"])
    return [
      ...this.inOwn(target, { kind: "public-line", content: publicLine }),
      ...this.inOwn(target, { kind: "receipt", content: { step, of, role: "duty-officer" } }),
    ]
  }

  refusal(refused: MessageId | undefined): readonly Crafted[] {
    if (refused === undefined) return []
    const content = { step: "refused", envelope: digestOf(refused), code: "cannot_open" }
    return [{ statement: { kind: "receipt", content } }]
  }

  /** Something that the target has lately sent to an honest peer. */
  lastOf(target: Organisation): MessageId | undefined {
    const rows = [...target.exchangeDisk.threads.values()].slice(-20)
    const honest = rows.findLast((it) => it.head.peer !== this.#world.hostile)
    return honest?.messages.findLast((it) => it.direction === "out")?.id
  }

  anotherThan(target: Organisation): OrgId {
    const others = [...this.#world.organisations.keys()].filter((it) => it !== target.org)
    return this.#random.pick(others)
  }
}
