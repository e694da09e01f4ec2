import { expect, test } from "vitest"

import { knownSeeds, simulate } from "@tearline/sim"

test.each(knownSeeds())(
  "seed $world.seed finds nothing any more: $found",
  async ({ world }) => {
    const { violation } = await simulate(world)
    expect(violation?.message).toBeUndefined()
  },
  300_000,
)
