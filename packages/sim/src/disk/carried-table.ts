/** What travels by file, on a gateway's disk. */

import type { AnsweredUnit, Carried, CarriedAnswer, CarriedStore } from "@tearline/core"

import type { Life } from "../time/life.ts"
import type { Platter } from "./platter.ts"

interface Row extends Carried {
  readonly answer: CarriedAnswer | null
}

type Place = Pick<Carried, "lane" | "atMs" | "digest" | "peer" | "kind">

const keyOf = ({ peer, digest, kind }: Pick<Carried, "peer" | "digest" | "kind">) =>
  `${peer}/${digest}/${kind}`

function comparePlaces(a: Place, b: Place): number {
  const byTime = a.lane - b.lane || a.atMs - b.atMs
  return byTime || (`${a.digest}/${keyOf(a)}` < `${b.digest}/${keyOf(b)}` ? -1 : 1)
}

export class CarriedTable {
  readonly rows = new Map<string, Row>()
  readonly #platter: Platter

  constructor(platter: Platter) {
    this.#platter = platter
  }

  /** As one run of a gateway sees it. */
  store(life: Life): CarriedStore {
    const { rows } = this
    const platter = this.#platter
    return {
      put: (carried) =>
        platter.transact(
          life,
          () => carried,
          () => {
            const key = keyOf(carried)
            if (carried.kind === "unit" && rows.has(key)) return
            platter.put(rows, key, { ...carried, answer: null })
            platter.noteTime(carried.atMs)
          },
        ),
      async toTake({ limit, after, peer }) {
        platter.read()
        return [...rows.values()]
          .filter((it) => it.answer === null && (peer === null || it.peer === peer))
          .toSorted(comparePlaces)
          .filter((it) => after === null || comparePlaces(it, after) > 0)
          .slice(0, limit)
      },
      async answer(peer, digest, answer) {
        const key = keyOf({ peer, digest, kind: "unit" })
        const waiting = () => {
          const row = rows.get(key)
          return row?.answer === null ? row : undefined
        }
        platter.read()
        // Most of what a stick brings is known: what changes no row needs no flush.
        if (waiting() === undefined) return false
        return await platter.transact(
          life,
          () => [key, answer],
          () => {
            const row = waiting()
            if (row !== undefined) platter.put(rows, key, { ...row, answer })
            return row !== undefined
          },
        )
      },
      async answerTo(peer, digest) {
        platter.read()
        return rows.get(keyOf({ peer, digest, kind: "unit" }))?.answer ?? undefined
      },
      async forgetAnswersBefore(atMs, peer) {
        const old = [...rows].filter(
          ([, it]) =>
            it.kind !== "unit" && it.atMs < atMs && (peer === undefined || it.peer === peer),
        )
        if (old.length === 0) return
        await platter.transact(
          life,
          () => old,
          () => {
            for (const [key] of old) platter.remove(rows, key)
          },
        )
      },
    }
  }

  answered(): AnsweredUnit[] {
    this.#platter.read()
    return [...this.rows.values()].flatMap(({ peer, digest, answer }) =>
      answer === null ? [] : [{ peer, digest, answer }],
    )
  }

  settle(life: Life, units: readonly AnsweredUnit[]): Promise<void> {
    return this.#platter.transact(
      life,
      () => units,
      () => {
        for (const it of units) this.#platter.remove(this.rows, keyOf({ ...it, kind: "unit" }))
      },
    )
  }
}
