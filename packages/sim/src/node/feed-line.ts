/** An exchange's one long request to its gateway, on which arrivals come; made again when it ends. */

import type { HeldUnit } from "@tearline/core"

import type { Feed, InnerDoor } from "../seam/inner-door.ts"
import type { Life } from "../time/life.ts"
import type { World } from "../world/world.ts"
import { heldOf } from "./opening.ts"
import type { Organisation } from "./organisation.ts"
import { waits } from "./times.ts"

interface LineParts {
  readonly life: Life
  /** Our gateway, if it can be reached at this moment. */
  readonly gateway: () => InnerDoor | undefined
  readonly isCut: () => boolean
  readonly onConnected: () => void
  readonly onArrival: (held: HeldUnit) => void
}

export class FeedLine {
  readonly #world: World
  readonly #own: Organisation
  readonly #parts: LineParts
  #failures = 0
  #silence: (() => void) | undefined
  #feed: Feed | undefined
  #isConnecting = false

  constructor(world: World, own: Organisation, parts: LineParts) {
    this.#world = world
    this.#own = own
    this.#parts = parts
  }

  get isFed(): boolean {
    return this.#feed !== undefined
  }

  /** Given up, or never there: again in a while. */
  reconnect(): void {
    this.#feed = undefined
    if (this.#isConnecting) return
    this.#isConnecting = true
    const delayMs = Math.min(
      waits.reconnectMs.max,
      waits.reconnectMs.min * 2 ** Math.min(this.#failures, 20),
    )
    this.#failures += 1
    this.#parts.life.after(delayMs * this.#own.random.between(0.5, 1), () => {
      this.#isConnecting = false
      this.connect()
    })
  }

  connect(): void {
    const gateway = this.#parts.gateway()
    if (gateway === undefined) {
      this.reconnect()
      return
    }
    const feed = gateway.openFeed()
    this.#feed = feed
    this.#alive()
    void this.#follow(feed, gateway)
    this.#parts.onConnected()
  }

  #alive(): void {
    this.#silence?.()
    this.#silence = this.#parts.life.after(waits.silenceMsMax, () => {
      this.#world.see("silent line to the own gateway given up")
      this.reconnect()
    })
  }

  async #follow(feed: Feed, gateway: InnerDoor): Promise<void> {
    for (;;) {
      const arrival = await gateway.next(feed)
      if (arrival === undefined || this.#parts.life.isOver || gateway.life.isOver) return
      if (this.#feed !== feed) return
      if (this.#parts.isCut()) {
        this.#world.see("arrival lost between the two halves")
        this.reconnect()
        return
      }
      this.#failures = 0
      this.#alive()
      const held = arrival && heldOf(arrival)
      if (held) this.#parts.onArrival(held)
    }
  }
}
