/** Kills a process of a network at a moment when it has work in hand, and at no other. */

import type { ChildHandle } from "@tearline/cli"
import type { Network } from "@tearline/devnet"

export interface Victim {
  readonly party: "alder" | "birch"
  readonly process: "gateway" | "exchange" | "postgres"
}

/** What a process of devnet answers to where its clock stands. */
interface Seen {
  readonly id: number
  readonly inFlight: number
}

let lastId = 0

export class Killer {
  readonly #network: Network
  readonly #victim: Victim
  readonly #asked = new Map<number, (seen: Seen) => void>()

  constructor(network: Network, victim: Victim) {
    this.#network = network
    this.#victim = victim
    for (const process of this.#workers()) {
      process.onMessage((message) => {
        const seen = message as Seen
        this.#asked.get(seen.id)?.(seen)
      })
    }
  }

  /** Resolves once it has been killed, with work in its hands. */
  async atWork(): Promise<void> {
    const { party, process: name } = this.#victim
    const found = new AbortController()
    await Promise.any(this.#workers().map((it) => this.#busy(it, found.signal)))
    found.abort()
    const pid = this.#network.parties[party].node.pids[name]
    if (pid === undefined) throw new Error(`${party} has no ${name} to kill`)
    process.kill(pid, "SIGKILL")
  }

  /** Asks again as soon as it has answered, since work in hand may be over in a moment. */
  async #busy(process: ChildHandle, found: AbortSignal): Promise<void> {
    while (!found.aborted) {
      const { inFlight } = await this.#look(process)
      if (inFlight > 0) return
    }
  }

  #look(process: ChildHandle): Promise<Seen> {
    // Below nothing, so that whoever steers the clock takes no answer for its own.
    lastId -= 1
    const id = lastId
    const { promise, resolve, reject } = Promise.withResolvers<Seen>()
    this.#asked.set(id, resolve)
    const isSent = process.send({ id, ...this.#network.time.setting })
    if (!isSent) reject(new Error(`the ${process.name} is not there to be asked`))
    return promise.finally(() => this.#asked.delete(id))
  }

  /** The victim itself; a database works when one of the two that use it does. */
  #workers(): readonly ChildHandle[] {
    const { party, process: name } = this.#victim
    const { gateway, exchange } = this.#network.parties[party].node
    return name === "postgres" ? [gateway, exchange] : [{ gateway, exchange }[name]]
  }
}
