import { expect, test } from "vitest"

import { noPeerLines } from "../src/no-peer-lines.ts"

test("a node without peers is told both halves of an introduction, ready to be typed", () => {
  const told = noPeerLines({ program: "npm run -s tearline --", dir: "./alder" }).join("\n")
  expect(told).toContain("npm run -s tearline -- peer export --dir ./alder --out FILE")
  expect(told).toContain("npm run -s tearline -- peer add --dir ./alder INVITE")
})
