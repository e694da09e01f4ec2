import { expect, test } from "vitest"

import type { LinkStatus } from "../src/desk/answers.ts"
import { linkReasons } from "../src/link-reasons.ts"

const link = (changes: Partial<LinkStatus> = {}): LinkStatus => ({
  peer: "b".repeat(32),
  name: "Birch",
  heardAtMs: null,
  sealedAtMs: 1,
  isSilent: false,
  gaps: 0,
  unheld: 0,
  carrier: "https",
  outbox: { FLASH: 0, ROUTINE: 1 },
  failing: null,
  ...changes,
})

const said = (changes: Partial<LinkStatus>): string => linkReasons([link(changes)]).join("\n")

test("of a peer that was never heard the status says which side is to do what", () => {
  expect(said({ failing: "peer_refused" })).toContain("Birch does not know this node: it must add")
  expect(said({ failing: "peer_unreachable" })).toContain("does not answer at its address")
  expect(said({ outbox: {} })).toContain("its exchange has not answered yet")
  expect(said({ sealedAtMs: null, outbox: {} })).toContain("within seconds")
  expect(said({ carrier: "file" })).toContain("tearline carry")
})

test("a peer that was heard is not called unknown, and one that works is not spoken of", () => {
  const heardAtMs = 1
  expect(said({ heardAtMs, failing: "peer_refused" })).toContain("knew it once")
  expect(said({ heardAtMs, failing: "peer_untrusted" })).toContain("another key")
  expect(said({ heardAtMs })).toBe("")
  expect(said({ failing: "a\u001Bb" })).not.toContain("\u001B")
})
