import { expect, test } from "vitest"

import { knownSeeds, simulate } from "@tearline/sim"

/** Only stops a hang: other work may share the machine. */
const patienceMs = 900_000

test.each(knownSeeds())(
  "seed $world.seed finds nothing any more: $found",
  async ({ world }) => {
    const { violation } = await simulate(world)
    expect(violation?.message).toBeUndefined()
  },
  patienceMs,
)
