import { hash } from "node:crypto"

import { expect, test } from "vitest"

import { Campaign } from "../src/engine/campaign.ts"
import { Coverage } from "../src/engine/coverage.ts"
import { minimised } from "../src/engine/minimise.ts"
import { entryOf } from "../src/index.ts"
import { BrokenProperty, type Target } from "../src/target.ts"

interface Ran {
  readonly inputs: string
  readonly found: ReadonlyMap<string, Uint8Array>
}

async function ran(target: Target, seed: string, runsMax: number): Promise<Ran> {
  const coverage = new Coverage()
  const inputs: string[] = []
  const found = new Map<string, Uint8Array>()
  const campaign = new Campaign({
    target,
    seed,
    runsMax,
    corpus: [],
    untilMs: Number.POSITIVE_INFINITY,
    signal: "outcome",
    isKeeping: false,
    coverage,
    onInput: (input) => void inputs.push(input.toBase64()),
    onFinding: async (input, reason) => void found.set(reason, input),
    onBreath: () => undefined,
  })
  await campaign.run()
  coverage.close()
  return { inputs: hash("sha256", inputs.join("\n"), "hex"), found }
}

test("the same seed and number of runs give the same inputs, another seed others", async () => {
  const target = await entryOf("header").open()
  const once = await ran(target, "one", 600)
  expect((await ran(target, "one", 600)).inputs).toBe(once.inputs)
  expect((await ran(target, "two", 600)).inputs).not.toBe(once.inputs)
})

test("a decoder that cannot bear one key of a map is found out, and the finding made short", async () => {
  const good = await entryOf("statement").open()
  const broken: Target = {
    ...good,
    run(input) {
      const text = Buffer.from(input).toString("latin1")
      if (text.includes("__proto__")) throw new BrokenProperty("a planted bug")
      return good.run(input)
    },
  }
  const { found } = await ran(broken, "planted", 4_000)
  const input = found.get("a planted bug") ?? new Uint8Array()
  expect(input.length).toBeGreaterThan(9)
  const short = await minimised(broken, input, "a planted bug")
  expect(Buffer.from(short).toString()).toBe("__proto__")
})

test("an error of another kind and a changed prototype are findings", async () => {
  const target = await entryOf("header").open()
  const shared = Object.prototype as Record<string, unknown>
  const faults: readonly (readonly [string, Target["run"]])[] = [
    [
      "undeclared TypeError",
      () => {
        throw new TypeError("a slip")
      },
    ],
    [
      "an object that all others share",
      () => {
        shared["isAdmin"] = true
        return { isAccepted: true, feature: "polluted" }
      },
    ],
  ]
  for (const [reason, run] of faults) {
    const { found } = await ran({ ...target, run }, "faults", 3)
    delete shared["isAdmin"]
    expect([...found.keys()].some((it) => it.startsWith(reason))).toBe(true)
  }
})
