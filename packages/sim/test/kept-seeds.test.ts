import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"

import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, test } from "vitest"

import { isKeepable, keepSeed, knownSeeds } from "../src/run/seeds.ts"
import { worldStartMs } from "../src/world/world.ts"

const month = (365.25 / 12) * 86_400_000
const world = { seed: "ci/3", years: 1, organisations: 8, isLinedOnly: true }

let folder = ""
let list = ""

beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/tearline-seeds-`)
  list = `${folder}/seeds.txt`
  copyFileSync(new URL("../seeds.txt", import.meta.url), list)
})

afterEach(() => rmSync(folder, { recursive: true }))

describe("a world that broke", () => {
  test("is replayed from then on, under the options that it broke with", () => {
    const before = knownSeeds(list)
    const line = keepSeed(world, { message: "I1: Alder has lost it" }, list)
    expect(knownSeeds(list)).toEqual([...before, { world, found: "I1: Alder has lost it" }])
    expect(readFileSync(list, "utf8").endsWith(`${line}\n`)).toBe(true)
  })

  test("is on the list once, whatever it is found to break", () => {
    keepSeed(world, { message: "one thing" }, list)
    const once = readFileSync(list, "utf8")
    keepSeed(world, { message: "another" }, list)
    expect(readFileSync(list, "utf8")).toBe(once)
  })

  test("brings no story with it, and none of the months after the one in which it broke", () => {
    const atMs = worldStartMs + 2.5 * month
    keepSeed({ ...world, trace: "first" }, { message: "late", atMs }, list)
    expect(knownSeeds(list).at(-1)?.world).toEqual({ ...world, years: 0.25 })
  })

  test("keeps its whole length where it broke in its last month", () => {
    const atMs = worldStartMs + 5.9 * month
    keepSeed({ ...world, years: 0.501 }, { message: "last", atMs }, list)
    expect(knownSeeds(list).at(-1)?.world.years).toBe(0.501)
  })

  test("comes back as it was whatever its seed and what was found are called", () => {
    fc.assert(
      fc.property(fc.string().filter(isKeepable), fc.string(), (seed, message) => {
        writeFileSync(list, "# a list\n")
        keepSeed({ ...world, seed }, { message }, list)
        expect(knownSeeds(list).map((it) => it.world)).toEqual([{ ...world, seed }])
      }),
    )
  })
})

test("a seed that the list could not hold is not one", () => {
  expect(["#1", "a|b", "a b", "a\nb", ""].filter(isKeepable)).toEqual([])
})
