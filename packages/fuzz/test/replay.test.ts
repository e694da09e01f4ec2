import { expect, test } from "vitest"

import { catalogue, corpusOf, execute, findings } from "../src/index.ts"

/** What is wrong with an input; time is the fuzzer's business and not a test's. */
async function wrongWith(
  target: Awaited<ReturnType<(typeof catalogue)[number]["open"]>>,
  input: Uint8Array,
): Promise<string | undefined> {
  const { reason } = await execute(target, input)
  return reason?.startsWith("slow") === true ? undefined : reason
}

const found = findings()

test.each(catalogue)(
  "whatever was kept for $name is answered or refused as declared",
  async ({ name, open }) => {
    const target = await open()
    const inputs = [
      ...target.seeds,
      ...corpusOf(name),
      ...found.filter((it) => it.target === name).map((it) => Uint8Array.fromBase64(it.input)),
    ]
    const wrong: string[] = []
    for (const input of inputs) {
      const reason = await wrongWith(target, input)
      if (reason !== undefined) wrong.push(`${reason}: ${input.toBase64()}`)
    }
    await target.close?.()
    expect(wrong).toEqual([])
  },
)

test("every target has inputs that were kept", () => {
  expect(catalogue.filter(({ name }) => corpusOf(name).length === 0)).toEqual([])
})

test("every finding names a target that there is", () => {
  const names = catalogue.map((it) => it.name)
  expect(found.filter((it) => !names.includes(it.target))).toEqual([])
})

test("every target takes at least one of its own samples", async () => {
  for (const { name, open } of catalogue) {
    const target = await open()
    let taken = 0
    for (const seed of target.seeds) if ((await target.run(seed)).isAccepted) taken += 1
    expect(taken, name).toBeGreaterThan(0)
    await target.close?.()
  }
})
