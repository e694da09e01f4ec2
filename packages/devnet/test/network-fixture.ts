/** What an episode says, for tests that say it themselves. */

import { episodeOf } from "@tearline/devnet"

export type { Network } from "@tearline/devnet"

/** The content of the episode's step of this id. */
export function actContent(id: string): Readonly<Record<string, unknown>> {
  const step = episodeOf("saint-petersburg-2017").steps.find((it) => it.id === id)
  if (step?.kind !== "act") throw new RangeError(`the episode has no act ${id}`)
  return step.content
}
