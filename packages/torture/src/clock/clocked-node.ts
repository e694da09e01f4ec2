/** A node under a wall clock that the trial sets, before a start or in the middle of work. */

import { fileURLToPath } from "node:url"

import { startNode, type TrialNode } from "../node/trial-node.ts"
import { type Offset, offsetVariable } from "./wrong-clock.ts"

const mains = {
  gateway: fileURLToPath(new URL("../gateway/main.ts", import.meta.url)),
  exchange: fileURLToPath(new URL("../exchange/main.ts", import.meta.url)),
}

export class ClockedNode {
  readonly node: TrialNode
  readonly #setting: { offsetMs: number }

  private constructor(node: TrialNode, setting: { offsetMs: number }) {
    this.node = node
    this.#setting = setting
  }

  /** Starts with the right time. */
  static async start(folder: string, name: string, signal: AbortSignal): Promise<ClockedNode> {
    const setting = { offsetMs: 0 }
    const extraEnv = () => ({ [offsetVariable]: String(setting.offsetMs) })
    const node = await startNode({ folder, name, signal, mains, hasChannel: true, extraEnv })
    return new ClockedNode(node, setting)
  }

  /** From now on, in running processes and at every later start. */
  step(offsetMs: number): void {
    this.#setting.offsetMs = offsetMs
    for (const it of this.node.processes) it.send({ offsetMs } satisfies Offset)
  }
}
