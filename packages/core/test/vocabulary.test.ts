import { readFileSync } from "node:fs"
import { join } from "node:path"

import fc from "fast-check"
import * as v from "valibot"
import { describe, expect, test } from "vitest"

import * as vocabulary from "../src/vocabulary/index.ts"
import {
  admiraltySourceAsEuropol,
  anyCodeSchema,
  codeCharactersMax,
  codeSchema,
  evaluationGrades,
  evaluationSchemes,
  icd203Words,
  isKnown,
  likelihoodWords,
  phiaWords,
  precedences,
  rejectCodes,
  statuses,
  tlpLabels,
  yardsticks,
  type CodeList,
  type Likelihood,
  type RangePercent,
} from "../src/vocabulary/index.ts"

const isCodeList = (it: unknown): it is CodeList<string> =>
  typeof it === "object" && it !== null && "codes" in it && "entries" in it

const exported: readonly unknown[] = Object.values(vocabulary)
const lists = exported.filter(isCodeList).toSorted((one, other) => (one.name < other.name ? -1 : 1))

const anyList = fc.constantFrom(...lists)
const anyKnown = anyList.chain((list) =>
  fc.constantFrom(...list.codes.map((code) => ({ list, code }))),
)
const separators = ["-", ":", "+", ".", "/", "_", " "]
const plainWord = fc.stringMatching(/^[A-Za-z0-9]{1,12}$/)
const plainCode = fc
  .tuple(plainWord, fc.array(fc.tuple(fc.constantFrom(...separators), plainWord), { maxLength: 3 }))
  .map(([first, rest]) => first + rest.flat().join(""))

const rangesOf = (words: CodeList<string, Likelihood>) =>
  Object.values(words.entries).map((it) => it.rangePercent)

/** How far each range starts from the end of the one before it. */
const steps = (ranges: readonly RangePercent[]) => {
  const distinct = ranges.filter((it, at) => it[0] !== ranges[at - 1]?.[0])
  return distinct.slice(1).map((it, at) => it[0] - (distinct[at]?.[1] ?? Number.NaN))
}

const saidOf = ({ label, standing, ...more }: CodeList<string>["entries"][string]) => {
  const beside = Object.entries(more).map(
    ([name, value]: [string, unknown]) => `${name} ${[value].flat().join(" to ")}`,
  )
  return [label, ...beside, ...(standing === "to-be-checked" ? [standing] : [])].join("; ")
}

const section = ({ name, source, codes, entries }: CodeList<string>) => {
  const items = Object.entries(entries).map(([code, entry]) => `- \`${code}\`: ${saidOf(entry)}`)
  expect(items.length).toBe(codes.length)
  return `\n### ${name}\n\nSource: ${source}.\n\n${items.join("\n")}\n`
}

describe("a list", () => {
  test("has a name of its own, a source, and a label for each code", () => {
    expect(new Set(lists.map((it) => it.name)).size).toBe(lists.length)
    for (const list of lists) {
      expect(list.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      expect(list.source, list.name).not.toBe("")
      expect(Object.keys(list.entries), list.name).toEqual(list.codes)
      for (const code of list.codes) {
        expect(list.entries[code]?.label, `${list.name} ${code}`).toMatch(/\w/)
        expect(["public-source", "own", "to-be-checked"]).toContain(list.entries[code]?.standing)
      }
    }
  })

  test("names each code once, also when letter case is lost", () => {
    for (const list of lists) {
      const folded = new Set(list.codes.map((it) => it.toLowerCase()))
      expect(folded.size, list.name).toBe(list.codes.length)
    }
  })

  test("spells its codes in kebab-case unless a published standard spells them", () => {
    for (const list of lists.filter((it) => it.form === "kebab")) {
      for (const code of list.codes) expect(code, list.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    }
    const standard = lists.filter((it) => it.form === "standard").map((it) => it.source)
    expect(standard).not.toContain("own")
  })

  test("M-VOC-5: keeps every code it ever had, as the recorded codes show", async () => {
    const lines = lists.flatMap(({ name, codes }) => codes.map((code) => `${name} ${code}`))
    // Updating snapshots adds codes to the record; only a person takes one out of it.
    const recorded = readFileSync(join(import.meta.dirname, "vocabulary.txt"), "utf8")
    expect(lines).toEqual(expect.arrayContaining(recorded.trimEnd().split("\n")))
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("vocabulary.txt")
  })
})

describe("reading and writing", () => {
  test("M-VOC-1: any plain code is kept as it came, known or not", () => {
    fc.assert(
      fc.property(plainCode, anyList, (code, list) => {
        expect(v.parse(anyCodeSchema, code)).toBe(code)
        expect(isKnown(list, code)).toBe(list.codes.includes(code))
      }),
    )
  })

  test("M-VOC-1: names that every object has are codes that no list knows", () => {
    for (const code of ["constructor", "toString", "valueOf", "hasOwnProperty"]) {
      expect(v.is(anyCodeSchema, code)).toBe(true)
      expect(lists.filter((it) => isKnown(it, code))).toEqual([])
    }
  })

  test("M-VOC-2: a code is read and written as it stands, its letter case too", () => {
    fc.assert(
      fc.property(anyKnown, ({ list, code }) => {
        expect(v.parse(anyCodeSchema, code)).toBe(code)
        expect(v.parse(codeSchema(list), code)).toBe(code)
      }),
    )
    expect(isKnown(tlpLabels, "tlp:amber")).toBe(false)
    expect(isKnown(statuses, "Actual")).toBe(false)
  })

  test("M-VOC-3: what is no short plain string is no code", () => {
    const longest = "x".repeat(codeCharactersMax)
    expect(v.is(anyCodeSchema, longest)).toBe(true)
    const malformed = [
      `${longest}x`,
      "",
      " a",
      "a ",
      "a--b",
      "-a",
      "a\nb",
      "\u0430rrest",
      "a<b",
      7,
      null,
    ]
    expect(malformed.filter((it) => v.is(anyCodeSchema, it))).toEqual([])
  })

  test("M-VOC-4: only a list's own codes can be written, and a refusal names the list", () => {
    fc.assert(
      fc.property(anyList, plainCode, (list, code) => {
        expect(v.is(codeSchema(list), code)).toBe(isKnown(list, code))
      }),
    )
    const { issues } = v.safeParse(codeSchema(rejectCodes), "lost-in-the-post")
    expect(issues?.map((it) => it.message)).toEqual([
      "not a code of reject: use one that its list names",
    ])
  })
})

describe("likelihood", () => {
  test("ranges rise in the order of the words and lie within 0 to 100 percent", () => {
    for (const words of Object.values(likelihoodWords)) {
      const bounds = rangesOf(words)
      for (const [low, high] of bounds) expect(low).toBeLessThan(high)
      const lows = bounds.map(([low]) => low)
      expect(lows).toEqual(lows.toSorted((one, other) => one - other))
      expect(Math.min(...lows)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...bounds.map(([, high]) => high))).toBeLessThanOrEqual(100)
    }
  })

  test("ICD 203 leaves no gap between its ranges, PHIA leaves one everywhere", () => {
    expect(new Set(steps(rangesOf(icd203Words)))).toEqual(new Set([0]))
    expect(Math.min(...steps(rangesOf(phiaWords)))).toBeGreaterThan(0)
  })

  test("each row of ICD 203 words covers all seven ranges", () => {
    for (const row of [1, 2]) {
      const inRow = Object.values(icd203Words.entries).filter((it) => it.row === row)
      expect(new Set(inRow.map((it) => it.rangePercent[0])).size).toBe(7)
    }
  })

  test("M-VOC-6: one word has other numbers on the other yardstick", () => {
    expect(yardsticks.codes).toEqual(Object.keys(likelihoodWords))
    expect(icd203Words.entries.unlikely.rangePercent).not.toEqual(
      phiaWords.entries.unlikely.rangePercent,
    )
  })
})

describe("grades", () => {
  test("M-VOC-6: every scheme has its own codes for source and for information", () => {
    expect(Object.keys(evaluationGrades)).toEqual(evaluationSchemes.codes)
  })

  test("M-VOC-7: the crosswalk is approximate, and silent where nothing comes near", () => {
    const { approximate, nearest } = admiraltySourceAsEuropol
    expect(approximate).toBe(true)
    expect(nearest).toEqual({ A: "A", B: "B", C: undefined, D: undefined, E: "C", F: "X" })
  })
})

test("each precedence has its own lane, FLASH the first", () => {
  expect(Object.entries(precedences.entries).map(([code, { lane }]) => [code, lane])).toEqual([
    ["FLASH", 0],
    ["IMMEDIATE", 1],
    ["PRIORITY", 2],
    ["ROUTINE", 3],
  ])
})

describe("spec/vocabulary.md", () => {
  const path = join(import.meta.dirname, "../../../spec/vocabulary.md")
  const marker = "<!-- Below this line the page is written out from the lists. -->\n"

  test("shows every list with every code, as the code has them", async () => {
    const head = readFileSync(path, "utf8").split(marker)[0] ?? ""
    await expect(head + marker + lists.map(section).join("")).toMatchFileSnapshot(path)
  })
})
