import { readdirSync, readFileSync } from "node:fs"

import { expect, test } from "vitest"

import { runScript } from "./script.ts"

const folder = new URL("scripts/", import.meta.url)
const names = readdirSync(folder).filter((name) => name.endsWith(".txt"))

test("there are scripts", () => {
  expect(names.length).toBeGreaterThan(5)
})

test.each(names)("the command line behaves as %s says", (name) => {
  expect(runScript(readFileSync(new URL(name, folder), "utf8"))).toEqual([])
})
