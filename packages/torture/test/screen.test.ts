import { afterEach, beforeEach, expect, test, vi } from "vitest"

import { Screen } from "../src/screen.ts"

let said: string[] = []
beforeEach(() => {
  said = []
  vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0)
})
afterEach(() => void vi.restoreAllMocks())

/** What a run says that has news every 100 ms for so long, where no terminal is. */
function toldIn(limitMs: number): readonly string[] {
  let nowMs = 0
  const screen = new Screen({ isJson: false, isTerminal: false, limitMs, nowMs: () => nowMs })
  for (; nowMs <= limitMs; nowMs += 100) screen.progress(`${nowMs} ms`)
  return said
}

test("a run into a file says where it stands, in a bounded number of lines", () => {
  expect(toldIn(2_400_000)).toHaveLength(40)
  expect(said.at(-1)).toBe("… 2400000 ms\n")
})

test("a short run into a file says so seldom that its lines are not buried", () => {
  expect(toldIn(35_000)).toEqual(["… 10000 ms\n", "… 20000 ms\n", "… 30000 ms\n"])
})
