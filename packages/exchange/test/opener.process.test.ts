import { afterEach, beforeAll, expect, test } from "vitest"

import { Opener, type OpenerOptions, type ToBeOpened } from "../src/opener/opener.ts"
import { keys, type Keys } from "./organisation.ts"
import { arrivedFrom } from "./units.ts"

let birch: Keys
let good: ToBeOpened
let opener: Opener | undefined
const struck: string[] = []

beforeAll(async () => {
  birch = keys()
  good = await arrivedFrom(keys(), birch)
})

afterEach(() => {
  opener?.close()
  struck.length = 0
})

function open(options: Partial<OpenerOptions> = {}): Opener {
  opener = new Opener({
    seedOf: () => birch.kemSeed,
    onCrash: () => undefined,
    onStrike: async ({ unit }) => void struck.push(Buffer.from(unit).toString().slice(0, 9)),
    entry: `${import.meta.dirname}/fragile-opener.ts`,
    ...options,
  })
  return opener
}

const named = (name: string): ToBeOpened => ({ ...good, unit: Buffer.from(name) })

test("an opened unit comes back with its statement, its private part and its exact bytes", async () => {
  const opening = await open({}).open(good, 0)
  expect(opening).toMatchObject({
    kind: "opened",
    content: {
      kind: "warning",
      statement: { what: "an attack is prepared" },
      privatePart: { thread: null },
      number: 1,
    },
  })
})

test("a unit that kills two openers is poison, and costs those opened with it nothing", async () => {
  const it = open()
  const openings = await Promise.all([
    it.open(good, 3),
    it.open(named("kill"), 3),
    it.open(good, 3),
    it.open(good, 0),
  ])
  expect(openings.map((opening) => opening.kind)).toEqual(["opened", "refused", "opened", "opened"])
  expect(openings[1]).toEqual({ kind: "refused", code: "poison" })
  expect(struck.filter((unit) => unit === "kill")).toHaveLength(2)
})

test("an opening that does not end is ended, and counts as a crash", async () => {
  const it = open({ silenceMsMax: 2_000 })
  const openings = await Promise.all([it.open(named("hang"), 1), it.open(good, 1)])
  expect(openings.map((opening) => opening.kind)).toEqual(["refused", "opened"])
  expect(openings[0]).toEqual({ kind: "refused", code: "poison" })
})

test("an opener is replaced after so many openings, and none is lost over it", async () => {
  const it = open({ openingsMax: 3 })
  const openings = await Promise.all(Array.from({ length: 20 }, () => it.open(good, 2)))
  expect(openings.every((opening) => opening.kind === "opened")).toBe(true)
})

test("a unit is refused with the code of what is wrong with it", async () => {
  const it = open({ seedOf: () => undefined })
  expect(await it.open(good, 0)).toEqual({ kind: "refused", code: "unknown_prekey" })
  expect(await it.open(named("noise"), 0)).toEqual({ kind: "refused", code: "not_canonical" })
})

test("a receipt for another envelope opens nothing", async () => {
  const foreign = { ...good, digest: new Uint8Array(32) }
  expect(await open().open(foreign, 0)).toEqual({ kind: "refused", code: "wrong_context" })
})

test("an opener that has a unit reaches no file, network, process, code or environment", async () => {
  const opening = await open().open(named("break out"), 0)
  expect(opening).toEqual({ kind: "refused", code: "nothing_reached" })
})

test("whatever an opener that is taken over writes ends that opener and nothing else", async () => {
  const it = open()
  const lies = ["lie: noise", "lie: too long", "lie: nothing"]
  const openings = await Promise.all([...lies.map(named), good].map((unit) => it.open(unit, 2)))
  const poison = { kind: "refused", code: "poison" }
  expect(openings.slice(0, 3)).toEqual([poison, poison, poison])
  expect(openings[3]?.kind).toBe("opened")
})
