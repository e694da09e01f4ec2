/**
 * The list of peers of an organisation with folders between its halves: an officer changes it now
 * and then, which may be a freeze, and its gateway must never go back to an older one.
 */

import { mayReplace, type ListAnswer, type ListPlace, type OfferedList } from "@tearline/core"

import type { Organisation } from "../node/organisation.ts"
import type { Life } from "../time/life.ts"
import type { World } from "../world/world.ts"

interface HeldList {
  readonly place: ListPlace
  readonly changes: number
}

export class PeerLists {
  readonly #world: World
  readonly #own: Organisation
  /** What the gateway's database says. */
  readonly #rows = new Map<"list", HeldList>()
  /** How often the exchange's has been changed; no backup is older than the last change. */
  changes = 0

  constructor(world: World, own: Organisation) {
    this.#world = world
    this.#own = own
  }

  change(): void {
    this.changes += 1
  }

  /** As the gateway takes it: the place and the list in one transaction. */
  take(life: Life, place: OfferedList, changes: number): Promise<ListAnswer> {
    const { platter } = this.#own.gatewayDisk
    const content = () => ({ place, changes })
    return platter.transact(life, content, () => {
      const held = this.#rows.get("list")
      if (held !== undefined && !mayReplace(held.place, place)) {
        const isOlder = changes < held.changes
        this.#world.see(isOlder ? "older list of peers not taken" : "list of peers told anew")
        return { kind: "superseded", by: held.place.series }
      }
      this.#mustNotBeOlder(held, changes)
      platter.put(this.#rows, "list", { place, changes })
      return { kind: "taken" }
    })
  }

  #mustNotBeOlder(held: HeldList | undefined, changes: number): void {
    if (held === undefined || held.changes <= changes) return
    const what = `takes list ${changes} of peers after list ${held.changes}`
    this.#world.checkers.fail("I12", `${this.#own.name}'s gateway ${what}`)
  }

  /** After the faults have stopped. */
  mustBeTold(): void {
    const { changes = "none" } = this.#rows.get("list") ?? {}
    if (changes === this.changes) return
    const what = `holds list ${changes} of peers and not ${this.changes}`
    this.#world.checkers.fail("I12", `${this.#own.name}'s gateway ${what}`)
  }
}
