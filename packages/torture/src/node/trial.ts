/** Several nodes that know each other, for as long as a scenario runs. */

import type { NodeEvent } from "@tearline/cli"

import type { Run } from "../scenario.ts"
import { introduce, startNode, type TrialNode } from "./trial-node.ts"

export interface TrialOptions {
  /** What peers of the node of that name are told. */
  readonly endpoints?: Readonly<Record<string, string>>
  readonly onEvent?: (name: string, event: NodeEvent) => void
}

/** Starts a node of each name and introduces them; all are stopped when it is disposed of. */
export async function openTrial(
  run: Run,
  names: readonly string[],
  options: TrialOptions = {},
): Promise<{ readonly nodes: readonly TrialNode[] } & AsyncDisposable> {
  await using started = new AsyncDisposableStack()
  const nodes: TrialNode[] = []
  for (const name of names) {
    run.progress(`starting ${name}`)
    const endpoint = options.endpoints?.[name]
    const node = await startNode({
      folder: run.folder,
      name,
      ...(endpoint === undefined ? {} : { endpoint }),
      signal: run.signal,
      onEvent: (event) => options.onEvent?.(name, event),
    })
    started.defer(() => node.stop())
    nodes.push(node)
  }
  await introduce(nodes)
  const kept = started.move()
  return { nodes, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
