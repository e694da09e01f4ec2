/**
 * Every kind of message, as simulated people know it: who says it, on what, how often, how late,
 * and what it answers.
 *
 * A new kind joins by a line here and by nothing else. Out of it follow what officers say and what
 * they try in vain (`misfits.ts`), what a hostile peer says out of place (`faults/foul-play.ts`),
 * who may say it (I5), what takes effect, what is owed to be unsealed and read (I10), and that it
 * has been said at all (`world/rare-states.ts`). Everything that is checked of any message is
 * checked of it too. What more it makes somebody owe is stated a second time in `checkers/owed.ts`
 * when somebody sits down to it; until then such threads are held only to what every kind owes.
 *
 * Nothing here is taken from the core's own list: the two are held against each other by running.
 */

import type { Party } from "@tearline/core"

import { closingKinds } from "./closing-kinds.ts"
import { handlingKinds } from "./handling-kinds.ts"
import { hour, minute, type Content, type Habit, type Kind } from "./kind.ts"

/** Officers release it to whom they choose (`workload.ts`), and never do it in a thread. */
const warning: Kind = {
  kind: "warning",
  by: "originator",
  answers: [],
  reading: { share: 0.93, afterMs: [2 * minute, 2 * hour] },
  isOfThreat: true,
  habits: [],
  nonsense: [{}],
}

const others: readonly Kind[] = [...handlingKinds, ...closingKinds]

/** Reading is told of whatever is owed to be read. */
const receipt: Kind = {
  kind: "receipt",
  by: "either",
  answers: [],
  habits: [warning, ...others].flatMap(({ kind, reading }) =>
    reading === undefined
      ? []
      : [{ ...reading, on: kind, content: () => ({ step: "read", role: "duty-officer" }) }],
  ),
  nonsense: [{ step: "unsealed" }, { step: "read" }],
}

const ofMachines = ["heartbeat", "restored", "returned"].map((kind): Kind => {
  return { kind, by: "machines", answers: [], habits: [] }
})

export const repertoire: readonly Kind[] = [warning, receipt, ...others, ...ofMachines]

const byName = new Map(repertoire.map((it) => [it.kind, it]))

/** Undefined for a kind that nobody knows: it is kept, and of no effect. */
export function kindNamed(kind: string): Kind | undefined {
  return byName.get(kind)
}

/** Whether this end of a thread may say it; what nobody knows nobody can forbid. */
export function maySay(party: Party, kind: string): boolean {
  const by = byName.get(kind)?.by
  return by === undefined || by === "either" || by === party
}

/** Whether it may answer a message of the other kind first of all. */
export function mayAnswer({ answers }: Kind, answered: string): boolean {
  return answers.length === 0 || answers.includes(answered)
}

/** What officers say of a kind when nothing else is asked for. */
export function usualContent({ habits: [first] }: Kind, nowMs: number): Content {
  return first?.content(nowMs) ?? {}
}

/** What is done on reading a message, in the order of the list. */
export interface Doing {
  readonly kind: Kind
  readonly habit: Habit
}

const doings = Map.groupBy(
  repertoire.flatMap((kind) => kind.habits.map((habit): Doing => ({ kind, habit }))),
  (it) => it.habit.on,
)

/** Of an officer at this end of the thread who has read a message of the kind `read`. */
export function doingsOn(read: string, party: Party): readonly Doing[] {
  return doings.get(read)?.filter(({ kind }) => maySay(party, kind.kind)) ?? []
}
