/** What may be said: vectors of spec/vectors/messages.json, and the examples of spec/messages.md. */

import { readFileSync } from "node:fs"
import { join } from "node:path"

import fc from "fast-check"
import * as v from "valibot"
import { describe, expect, test } from "vitest"

import {
  ActError,
  kindRule,
  kinds,
  readMessage,
  warningSchema,
  type Claimed,
  type Precedence,
  type ThreadId,
} from "@tearline/core"

import { actContent } from "./fixtures/acts.ts"
import { forged, takenOff } from "./fixtures/forged.ts"
import { readUnit } from "./fixtures/suite.ts"
import { warningContent } from "./fixtures/warning.ts"
import { createWorld } from "./fixtures/world.ts"

interface Content {
  readonly kind: string
  readonly name?: string
  readonly reason?: string
  readonly content: Readonly<Record<string, unknown>>
}

interface Frame {
  readonly name: string
  readonly statement: Readonly<Record<string, unknown>>
  readonly part: Readonly<Record<string, unknown>>
  readonly claimed: Claimed
  readonly code?: string
}

interface Vectors {
  readonly contents: { readonly valid: readonly Content[]; readonly invalid: readonly Content[] }
  readonly frames: { readonly valid: readonly Frame[]; readonly invalid: readonly Frame[] }
}

const spec = join(import.meta.dirname, "../../../spec")
const vectors = JSON.parse(readFileSync(join(spec, "vectors/messages.json"), "utf8")) as Vectors
const page = readFileSync(join(spec, "messages.md"), "utf8")
const { contents, frames } = vectors

const read = ({ statement, part, claimed }: Frame) => readMessage(statement, part, claimed)
const titled = (title: string) => v.is(warningSchema, { ...warningContent(), title })
const isOfItsKind = ({ kind, content }: Content) => {
  const rule = kindRule(kind)
  return rule !== undefined && v.is(rule.schema, content)
}

describe("contents", () => {
  test("M-MSG-5: every kind has a valid example and contents that are not of it", () => {
    for (const cases of [contents.valid, contents.invalid]) {
      expect(new Set(cases.map((it) => it.kind))).toEqual(new Set(Object.keys(kinds)))
    }
  })

  for (const it of contents.valid) {
    test(`M-MSG-5: a ${it.kind} is taken: ${it.name}`, () => {
      expect(isOfItsKind(it)).toBe(true)
    })
  }

  for (const it of contents.invalid) {
    test(`M-MSG-5: a ${it.kind} is refused: ${it.reason}`, () => {
      expect(isOfItsKind(it)).toBe(false)
    })
  }

  test("the page shows each kind in the order of the table, with the example of the vectors", () => {
    const sections = [...page.matchAll(/^### `([a-z-]+)`$(?:\n(?!```).*)*\n```json\n([^`]*)```/gm)]
    expect(sections.map(([, kind]) => kind)).toEqual(Object.keys(kinds))
    for (const [, kind, example] of sections) {
      const vector = contents.valid.find((it) => it.kind === kind)
      expect(JSON.parse(example ?? ""), kind).toEqual(vector?.content)
    }
  })

  test("M-MSG-8: text of any length up to the limit is taken, one unit more is not", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (length) => {
        expect(titled("\u00e9".repeat(length))).toBe(true)
        expect(titled("x".repeat(200 + length))).toBe(false)
      }),
    )
    expect(titled("a line\n\tand another")).toBe(true)
  })

  test("M-MSG-8: no text holds half a surrogate pair, a control or a reordering character", () => {
    const deceiving = fc.oneof(
      fc.integer({ min: 0xd800, max: 0xdfff }),
      fc.integer({ min: 0x202a, max: 0x202e }),
      fc.integer({ min: 0x2066, max: 0x2069 }),
      fc.constantFrom(0xfeff, 0x7f, 0x85),
      fc.integer({ min: 0, max: 0x1f }).filter((it) => it !== 9 && it !== 10),
    )
    fc.assert(
      fc.property(deceiving, (unit) => {
        expect(titled(`a${String.fromCharCode(unit)}b`)).toBe(false)
      }),
    )
  })
})

describe("frames", () => {
  // JSON, in which the vectors are written, has none of these.
  const noMaps = [[], ["a"], new Uint8Array(3), new Map([[1, 1]])]

  test("M-MSG-1: a list, bytes or a map with integer keys is no content", () => {
    const [frame] = frames.valid
    for (const content of noMaps) {
      const statement = { ...frame?.statement, kind: "of-tomorrow", content }
      const claimed = { ...(frame?.claimed as Claimed), kind: "of-tomorrow" }
      const answer = readMessage(statement, frame?.part, claimed)
      expect(answer).toEqual({ kind: "refused", code: "malformed_statement" })
    }
  })

  test("M-MSG-5: a list, bytes or a map with integer keys reads nothing back", () => {
    for (const understood of noMaps) {
      expect(isOfItsKind({ kind: "read-back", content: { understood } })).toBe(false)
    }
    expect(isOfItsKind({ kind: "read-back", content: { understood: {} } })).toBe(true)
  })

  for (const it of frames.valid) {
    test(`M-MSG-1: a message is read: ${it.name}`, () => {
      expect(read(it).kind).toBe("read")
    })
  }

  for (const it of frames.invalid) {
    test(`M-MSG-1, M-MSG-3, M-MSG-7: a message is refused as ${it.code}: ${it.name}`, () => {
      expect(read(it)).toEqual({ kind: "refused", code: it.code })
    })
  }

  test("M-MSG-2: fields that this version does not know are kept as they came", () => {
    const [frame] = frames.valid
    if (frame === undefined) throw new Error("there is no valid frame")
    // Names of the language's own, which no version may use for a field.
    const reserved = ["constructor", "prototype"]
    const known = new Set([...Object.keys(frame.statement), ...reserved])
    const field = fc.stringMatching(/^[a-z]{1,12}$/).filter((it) => !known.has(it))
    fc.assert(
      fc.property(field, fc.jsonValue(), (name, value) => {
        const statement = { ...frame.statement, [name]: value }
        expect(read({ ...frame, statement })).toMatchObject({ kind: "read", statement })
      }),
    )
  })
})

describe("between two organisations", () => {
  test("M-MSG-4: an unknown kind is kept in its thread and answered `unknown_kind`", async () => {
    const world = createWorld()
    const thread = await world.warn("alder", "birch")
    const strange = forged(takenOff(world.road), {
      statement: { kind: "overflight", content: { route: "north" } },
    })
    await world.deliver(strange)
    const held = await world.of("birch").journal.thread(thread)
    expect(held?.thread.messages.map((it) => it.statement.kind)).toEqual(["overflight"])
    const answer = readUnit(takenOff(world.road).item.unit)
    const envelope = strange.item.digest
    expect(answer.statement.content).toEqual({ step: "refused", envelope, code: "unknown_kind" })
  })

  test("M-MSG-6: an act that is the other end's is neither sent nor taken (I5)", async () => {
    const world = createWorld()
    const thread = await world.warn("alder", "birch")
    const warning = takenOff(world.road)
    const { act, content } = actContent("accept")
    await expect(world.act("alder", thread, act, { content })).rejects.toThrow(ActError)
    await world.deliver(forged(warning, { statement: { kind: act, content } }))
    const [arrival] = world.of("birch").journal.arrivals.values()
    expect(arrival?.code).toBe("not_entitled")
  })

  test("M-MSG-11: a FLASH that one officer released says that a review is owed", async () => {
    for (const precedence of ["FLASH", "IMMEDIATE"] as const) {
      const world = createWorld()
      await world.warn("alder", "birch", { precedence })
      const { content } = readUnit(takenOff(world.road).item.unit).statement
      expect(content["reviewOwed"]).toBe(precedence === "FLASH")
    }
  })

  test("M-THR-1: a warning whose thread id is not made of its own words is refused", async () => {
    const nonce = "0".repeat(32) as ThreadId
    const changes = [
      (thread: ThreadId) => ({ part: { subject: { thread, nonce } } }),
      (thread: ThreadId) => ({ part: { subject: { thread } } }),
      () => ({ statement: { status: "exercise" as const } }),
    ]
    for (const change of changes) {
      const world = createWorld()
      const thread = await world.warn("alder", "birch")
      await world.deliver(forged(takenOff(world.road), change(thread)))
      const [arrival] = world.of("birch").journal.arrivals.values()
      expect(arrival?.code).toBe("wrong_thread")
    }
  })

  test("M-MSG-9: a threat to life is not released below IMMEDIATE without a reason", async () => {
    const world = createWorld()
    const release = (precedence: Precedence, loweredBecause?: string) =>
      world.warn("alder", "birch", {
        precedence,
        content: { ...warningContent(), ...(loweredBecause && { loweredBecause }) },
      })
    await expect(release("PRIORITY")).rejects.toMatchObject({ code: "threat_to_life_needs_reason" })
    await expect(release("PRIORITY", "the date is weeks away")).resolves.toBeTypeOf("string")
    await expect(release("IMMEDIATE")).resolves.toBeTypeOf("string")
  })

  test("M-MSG-9: a threat to life that arrives below IMMEDIATE is taken all the same", async () => {
    const world = createWorld()
    await world.warn("alder", "birch", {
      precedence: "ROUTINE",
      content: { ...warningContent(), loweredBecause: "the date is weeks away" },
    })
    const content = { ...warningContent() }
    await world.deliver(forged(takenOff(world.road), { statement: { content } }))
    const [arrival] = world.of("birch").journal.arrivals.values()
    expect(arrival?.code).toBeNull()
  })

  test("M-MSG-10: an answer travels in the lane of what it answers", async () => {
    for (const [precedence, lane] of [
      ["FLASH", 0],
      ["ROUTINE", 3],
    ] as const) {
      const world = createWorld()
      const content = { ...warningContent(), loweredBecause: "the date is weeks away" }
      const thread = await world.warn("alder", "birch", { precedence, content })
      await world.deliver(takenOff(world.road))
      const { act, content: accepted } = actContent("accept")
      await world.act("birch", thread, act, { content: accepted })
      expect(world.road.map((it) => it.item.lane)).toEqual([lane, lane])
    }
  })
})
