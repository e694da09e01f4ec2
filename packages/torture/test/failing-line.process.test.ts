/** A fault that does nothing must be found out: an exit code of 0 would say that it was borne. */

import { afterEach, beforeEach, expect, it, vi } from "vitest"

import { runScenario, type Scenario } from "@tearline/torture"

import { OutsideNode } from "../src/node/outside-node.ts"
import { during, ends, failing, type Medium, names } from "../src/scenarios/failing-line.ts"

let printed = ""
beforeEach(() => {
  printed = ""
  const keep = (text: unknown) => (printed += String(text)) !== ""
  vi.spyOn(process.stdout, "write").mockImplementation(keep)
  vi.spyOn(process.stderr, "write").mockImplementation(keep)
})
afterEach(() => void vi.restoreAllMocks())

const nothing = () => undefined

/** A line that is as good as ever, and says that nothing gets through. */
const uncut: Medium = {
  node: (end, folder) => new OutsideNode({ name: names[end], dir: `${folder}/${end}` }),
  ready: nothing,
  fault: () => ({ name: "planted", cutOff: ends, during: during(nothing, nothing) }),
}

const planted: Scenario = {
  name: "planted",
  says: "",
  counts: {},
  missing: () => [],
  limitMs: () => 200_000,
  run: (run) => failing(run, uncut),
}

it("a line that was never cut is no partition: what came through meanwhile is exit code 1", async () => {
  const asked = { scenario: planted, seed: "1", isJson: false, counts: { schedules: 3 } }
  expect(await runScenario(asked)).toBe(1)
  expect(printed).toContain(
    "wrong: planted: what was said meanwhile reached Birch before it healed",
  )
  expect(printed).toContain(", 0 lost\n")
})
