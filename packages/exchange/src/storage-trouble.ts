/** Which of the node's databases fails now: our own as we meet it, the gateway's as it tells us. */

import { RecentTrouble, type StorageAlarm } from "@tearline/core"
import { StoreError } from "@tearline/store"

import type { InnerLine } from "./inner-line.ts"

/** Somebody waits for the status: a gateway that is slow to say how it is has said nothing. */
const answerMsMax = 2_000

export class StorageTrouble {
  readonly #line: Pick<InnerLine, "ask">
  readonly #own = new RecentTrouble(() => performance.now())

  constructor(line: Pick<InnerLine, "ask">) {
    this.#line = line
  }

  /** A turn has failed; only what the database says counts, and no two turns that met. */
  note(error: unknown): void {
    if (error instanceof StoreError && error.code !== "conflict") this.#own.note(error.code)
  }

  /** `damaged`: arrivals that the gateway gave otherwise than it had signed for them. */
  async now(damaged: number): Promise<readonly StorageAlarm[]> {
    const own = this.#own.code
    const gateway = damaged > 0 ? "corrupt" : await this.#gatewayCode()
    return [
      ...(own === undefined ? [] : [{ kind: "storage", process: "exchange", code: own } as const]),
      ...(gateway === undefined
        ? []
        : [{ kind: "storage", process: "gateway", code: gateway } as const]),
    ]
  }

  async #gatewayCode(): Promise<string | undefined> {
    try {
      const signal = AbortSignal.timeout(answerMsMax)
      const { body } = await this.#line.ask({ method: "GET", path: "/ready", signal })
      const { trouble } = JSON.parse(body.toString("utf8")) as { readonly trouble?: unknown }
      return typeof trouble === "string" ? trouble : undefined
    } catch {
      // That it is away is said by the status already.
      return undefined
    }
  }
}
