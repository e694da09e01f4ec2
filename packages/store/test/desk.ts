/** A desk's database of its own for each test, and the doors opened to it. */

import { openExchangeStore, type ExchangeStore } from "@tearline/store/exchange"

import { startTestServer, type TestServer } from "./database.ts"
import { alder } from "./writes.ts"

export interface Desk {
  /** As the owner: for what only time or an accident does. */
  readonly ownerUrl: string
  /** Another process of Alder's exchange. */
  open(owner?: string): Promise<ExchangeStore>
}

export class Desks {
  #server: TestServer | undefined
  readonly #opened: ExchangeStore[] = []

  async start(): Promise<void> {
    this.#server = await startTestServer()
  }

  async fresh(): Promise<Desk> {
    const server = this.#server
    if (server === undefined) throw new Error("start the desks first")
    const database = await server.clone("tl_desk")
    const url = server.url("tl_exchange", database)
    const open = async (owner = "one"): Promise<ExchangeStore> => {
      const store = await openExchangeStore(url, { org: alder, owner, max: 2 })
      this.#opened.push(store)
      return store
    }
    return { ownerUrl: server.url("tl_owner", database), open }
  }

  /** After each test: a role has sixteen connections in all. */
  async closeAll(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map(async (it) => await it.close()))
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
  }
}
