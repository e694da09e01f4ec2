/**
 * What is owed in each thread that has changed, held against what was signed (I10): before the next
 * fault strikes and at rest, so that several changes of one moment are looked at once.
 */

import type { Digest, MessageId, OrgId, Part, Statement, ThreadId } from "@tearline/core"

import type { ThreadRow } from "../disk/exchange-rows.ts"
import type { Organisation } from "../node/organisation.ts"
import { numberFault } from "./conduct.ts"
import { owedFault, unexplainedIn } from "./owed.ts"
import { SaidIn, type Utterance } from "./said-in.ts"
import { viewFault } from "./view.ts"

/** One look in so many goes to the hash too: it is the dearest, and what bends it bends many. */
const hashedEvery = 4

/** What the watch asks of whoever remembers all signing. */
export interface Memory {
  readonly said: ReadonlyMap<
    MessageId,
    { readonly statement: Statement; readonly to: ReadonlyMap<OrgId, { readonly part: Part }> }
  >
  /** Threads of which one side has forgotten something by a restore. */
  readonly excused: ReadonlySet<ThreadId>
  /** Kinds of which it is not to be known what they make owed. */
  readonly withheld: ReadonlySet<string>
  readonly fail: (invariant: string, message: string, thread: ThreadId) => void
}

export class Watch {
  readonly #memory: Memory
  readonly #changed = new Map<Organisation, Set<ThreadId>>()
  #looks = 0

  constructor(memory: Memory) {
    this.#memory = memory
  }

  note(own: Organisation, thread: ThreadId): void {
    const changed = this.#changed.get(own) ?? new Set()
    this.#changed.set(own, changed.add(thread))
  }

  /** Looks at every thread that was noted since this was last asked. */
  keep(): void {
    for (const [own, threads] of this.#changed) {
      for (const thread of threads) this.#look(own, thread)
      threads.clear()
    }
  }

  #look(own: Organisation, thread: ThreadId): void {
    const { fail, excused, withheld } = this.#memory
    const row = own.exchangeDisk.threads.get(thread)
    if (row === undefined) return
    const utterances = this.#utterances(own, row)
    if (utterances === undefined) {
      fail("I4", `${own.name} keeps what nobody said to it`, thread)
      return
    }
    const isOurs = (digest: Digest) =>
      row.messages.some((it) => it.digest === digest && it.direction === "out")
    if (!row.refusals.every((it) => it.by === row.head.peer && isOurs(it.digest))) {
      fail("I5", `${own.name} believes that what is not its own was refused`, thread)
    }
    const ours = utterances.filter((it) => it.statement.author === own.org)
    const said = new SaidIn(row, utterances)
    const unexplained = unexplainedIn(said, withheld)
    this.#looks += 1
    const isHashed = this.#looks % hashedEvery === 0 && unexplained.length === 0
    const fault =
      owedFault(row, said, unexplained) ??
      (isHashed ? viewFault(row, said) : undefined) ??
      (excused.has(thread) ? undefined : numberFault(ours))
    if (fault !== undefined) fail("I10", `${own.name}: ${fault}`, thread)
  }

  #utterances(own: Organisation, row: ThreadRow): Utterance[] | undefined {
    const { originator, addressee } = row.head.thread
    const utterances: Utterance[] = []
    for (const { id, digest, direction } of row.messages) {
      const to = (originator === own.org) === (direction === "out") ? addressee : originator
      const said = this.#memory.said.get(id)
      const part = said?.to.get(to)?.part
      // What was signed is remembered as long as anybody has the thread.
      if (said === undefined || part === undefined) return undefined
      utterances.push({ id, digest, statement: said.statement, part })
    }
    return utterances
  }
}
