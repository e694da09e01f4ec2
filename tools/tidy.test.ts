/** Properties of the code itself that no linter rule states. After TigerBeetle's `tidy.zig`. */

import { existsSync, globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"

import { expect, test } from "vitest"

import { layers, pureLayers } from "../layers.ts"

const sources = globSync("packages/*/src/**/*.ts")
const tests = globSync("{packages/*/test,bench/test,tools}/**/*.test.ts")
const read = (path: string) => readFileSync(path, "utf8")

test("a package depends on nothing that layers.ts does not name", () => {
  for (const [name, allowed] of Object.entries(layers)) {
    const manifest = JSON.parse(read(`packages/${name}/package.json`)) as {
      dependencies?: Record<string, string>
    }
    const unnamed = Object.keys(manifest.dependencies ?? {}).filter(
      (it) => !allowed.some((entry) => entry === it || entry.startsWith(`${it}/`)),
    )
    expect(unnamed, name).toEqual([])
  }
})

test("layers.ts names every package there is", () => {
  const there = globSync("packages/*/package.json").map((path) => path.split("/")[1] ?? "")
  expect(new Set(Object.keys(layers))).toEqual(new Set(there))
})

test("every dependency is pinned to one exact version", () => {
  for (const path of ["package.json", ...globSync("{packages/*,bench}/package.json")]) {
    const manifest = JSON.parse(read(path)) as Record<string, Record<string, string>>
    const ranges = ["dependencies", "devDependencies", "optionalDependencies"]
      .flatMap((kind) => Object.values(manifest[kind] ?? {}))
      .filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    expect(ranges, path).toEqual([])
  }
})

test("the compiler checks as pure exactly what layers.ts calls pure", () => {
  const program = read("tsconfig.pure.json")
  const checked = [...program.matchAll(/packages\/(\w+)\/src"/g)].map((match) => match[1])
  expect(checked).toEqual(pureLayers)
})

test("every public module opens with what it is for", () => {
  const silent = sources.filter((it) => it.endsWith("index.ts") && !read(it).startsWith("/**"))
  expect(silent).toEqual([])
})

test("nothing lies deeper than one part inside a package", () => {
  expect(sources.filter((it) => it.split("/").length > 5)).toEqual([])
})

test("nothing unfinished is merged", () => {
  const marks = [["FIX", "ME"].join(""), ["TO", "DO:"].join("")]
  expect(
    [...sources, ...tests].filter((it) => marks.some((mark) => read(it).includes(mark))),
  ).toEqual([])
})

test("no test is skipped or focused", () => {
  const mark = /\b(?:it|test|describe)\.(?:skip|only|todo)\b/
  expect(tests.filter((it) => it !== "tools/tidy.test.ts" && mark.test(read(it)))).toEqual([])
})

test("architecture.md names every package", () => {
  const text = read("docs/architecture.md")
  expect(Object.keys(layers).filter((it) => !text.includes(`\`${it}\``))).toEqual([])
})

test("a link of a document leads to what is there", () => {
  const broken = globSync("{*,docs/**/*,spec/*}.md").flatMap((path) =>
    [...read(path).matchAll(/\]\((?!https?:)([^)#\s]+)/g)]
      .map((match) => match[1] ?? "")
      .filter((to) => !existsSync(join(dirname(path), to)))
      .map((to) => `${path}: ${to}`),
  )
  expect(broken).toEqual([])
})

/** The rows of architecture.md's table that claim their invariant: number, and what holds it. */
function claimedInvariants(): { id: string; heldBy: string }[] {
  return [...read("docs/architecture.md").matchAll(/^\| (I\d+) +\|[^|]*\| *([^|]*?) *\|$/gm)]
    .map(([, id = "", heldBy = ""]) => ({ id, heldBy }))
    .filter(({ heldBy }) => !heldBy.startsWith("to come"))
}

const titles = tests.flatMap((path) =>
  [...read(path).matchAll(/\btest\(\s*(["'`])(.*?)\1,/gs)].map((match) => match[2] ?? ""),
)

const names = (title: string, id: string): boolean => new RegExp(`\\b${id}\\b`).test(title)

test("every invariant that architecture.md claims is named in the title of a test", () => {
  const claimed = claimedInvariants()
  expect(claimed.length).toBeGreaterThan(0)
  const unnamed = claimed.filter(({ id }) => !titles.some((it) => names(it, id)))
  expect(unnamed).toEqual([])
})

test("every test that architecture.md quotes exists, and names the invariant", () => {
  const quoted = claimedInvariants().flatMap(({ id, heldBy }) =>
    [...heldBy.matchAll(/`([^`]*)`/g)]
      .map((match) => ({ id, title: match[1] ?? "" }))
      // A word alone is the package's name.
      .filter(({ title }) => title.includes(" ")),
  )
  expect(quoted.length).toBeGreaterThan(0)
  const absent = quoted.filter(
    ({ id, title }) => !titles.some((it) => it.includes(title) && names(it, id)),
  )
  expect(absent).toEqual([])
})

test("every MUST of the specification is cited by a test", () => {
  const musts = globSync("spec/*.md").flatMap((path) =>
    [...read(path).matchAll(/\*\*(M-[A-Z]+-\d+)\*\*/g)].map((match) => match[1] ?? ""),
  )
  expect(musts.length, "the specification states its MUSTs as **M-AREA-n**").toBeGreaterThan(0)
  expect(new Set(musts).size, "each MUST has a number of its own").toBe(musts.length)
  const cited = tests.map(read).join("\n")
  expect(musts.filter((must) => !new RegExp(`${must}\\b`).test(cited))).toEqual([])
})
