/** The carrier `file`: what a folder, whoever fills it, and whoever carries it can do. */

import fc from "fast-check"
import * as v from "valibot"
import { describe, expect, test } from "vitest"

import {
  agreedCarriage,
  decodeDrop,
  DropFolder,
  dropNameOf,
  encodeDrop,
  FolderError,
  handIn,
  isTemporaryName,
  layOut,
  partSchema,
  viewThread,
  builtInPolicy,
  withCustody,
  type Drop,
  type Lane,
  type OrgId,
} from "@tearline/core"

import { office, type Office } from "./fixtures/by-file.ts"
import { memoryFolder, type MemoryFolder } from "./fixtures/memory-folder.ts"
import { hashing, seededChance } from "./fixtures/suite.ts"
import { birch, messageOf, startedMs, threadWith } from "./fixtures/thread-fixtures.ts"

const alderOrg = "a1".repeat(16) as OrgId
const birchOrg = "b2".repeat(16) as OrgId
const hour = 3_600_000
const day = 24 * hour

const folderOn = (disk: MemoryFolder, seed = "folder") =>
  new DropFolder({ disk, hashing, chance: seededChance(seed) })

const drops: fc.Arbitrary<Drop> = fc.record({
  kind: fc.constantFrom("unit", "custody", "refusal"),
  lane: fc.constantFrom<Lane>(0, 1, 2, 3),
  from: fc.constant(alderOrg),
  to: fc.constant(birchOrg),
  content: fc.uint8Array({ maxLength: 200 }),
})

describe("a record", () => {
  test("comes out of its file as it went in, M-FIL-1", () => {
    fc.assert(
      fc.property(drops, (drop) => {
        expect(decodeDrop(encodeDrop(drop))).toEqual(drop)
      }),
    )
  })

  test("cut, lengthened or changed anywhere has another name, M-FIL-1", () => {
    const change = fc.record({ at: fc.nat(), bit: fc.integer({ min: 0, max: 7 }) })
    fc.assert(
      fc.property(drops, change, (drop, { at, bit }) => {
        const bytes = encodeDrop(drop)
        const name = dropNameOf(bytes, hashing)
        const flipped = bytes.slice()
        flipped[at % bytes.length] = (flipped[at % bytes.length] ?? 0) ^ (1 << bit)
        const longer = new Uint8Array([...bytes, 0])
        for (const it of [flipped, bytes.slice(0, at % bytes.length), longer]) {
          expect(dropNameOf(it, hashing)).not.toBe(name)
        }
      }),
    )
  })

  test("any other bytes are no record, and never an exception", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), drops, (noise, drop) => {
        expect(() => decodeDrop(noise)).not.toThrow()
        const bytes = encodeDrop(drop)
        expect(decodeDrop(bytes.subarray(0, bytes.length - 1))).toBeUndefined()
      }),
    )
  })
})

describe("a folder", () => {
  const drop: Drop = {
    kind: "unit",
    lane: 1,
    from: alderOrg,
    to: birchOrg,
    content: new Uint8Array(40),
  }

  test("a writing that stops anywhere leaves no file that counts, or the whole one, M-FIL-3", async () => {
    for (let calls = 1; calls <= 5; calls += 1) {
      const disk = memoryFolder()
      disk.pullAfter(calls)
      await folderOn(disk)
        .put(drop)
        .catch(() => undefined)
      disk.mend()
      const whole = [...disk.files].filter(([name]) => !isTemporaryName(name))
      for (const [, bytes] of whole) expect(decodeDrop(bytes)).toEqual(drop)
      const seen = []
      for await (const found of folderOn(disk).scan()) seen.push(found.kind)
      expect(seen).toEqual(whole.map(() => "record"))
      const { name } = await folderOn(disk, "another run").put(drop)
      await folderOn(disk).sweep()
      expect([...disk.files.keys()]).toEqual([name])
    }
  })

  test("what lies there whole is not written again; what lies there damaged is, M-FIL-3", async () => {
    const disk = memoryFolder()
    const { name } = await folderOn(disk).put(drop)
    expect(await folderOn(disk).put(drop)).toEqual({ name, isNew: false })
    disk.files.set(name, new Uint8Array(3))
    expect(await folderOn(disk).put(drop)).toEqual({ name, isNew: true })
    expect(decodeDrop(disk.files.get(name) ?? new Uint8Array())).toEqual(drop)
  })

  test("however many names there are, each is seen once and in order, M-FIL-4, M-FIL-9", async () => {
    const disk = memoryFolder()
    const foreign = Array.from({ length: 9_000 }, (_, at) => `photo-${at}.jpg`)
    for (const name of foreign) disk.files.set(name, new Uint8Array())
    for (const lane of [3, 0, 2] as const) await folderOn(disk).put({ ...drop, lane })
    const seen = []
    for await (const found of folderOn(disk).scan()) seen.push(found)
    expect(seen.length).toBe(9_003)
    expect(new Set(seen.map((it) => it.name)).size).toBe(9_003)
    const lanes = seen.flatMap((it) => (it.kind === "record" ? [it.drop.lane] : []))
    expect(lanes).toEqual([0, 2, 3])
  })

  test("a file that cannot be read costs that file; a folder that is gone ends the scan, M-FIL-4", async () => {
    const disk = memoryFolder()
    const one = await folderOn(disk).put(drop)
    const two = await folderOn(disk).put({ ...drop, lane: 2 })
    const read = disk.read.bind(disk)
    disk.read = async (name, max) => {
      if (name === one.name) throw new FolderError("unreadable", "an error of the disk")
      return await read(name, max)
    }
    const seen = []
    for await (const found of folderOn(disk).scan()) seen.push([found.name, found.kind])
    expect(seen).toEqual([
      [one.name, "bad"],
      [two.name, "record"],
    ])
    disk.pullAfter(1)
    await expect(folderOn(disk).scan().next()).rejects.toThrow(FolderError)
  })
})

/** What can happen between two doors and the sticks that go between them. */
type Step =
  | { readonly kind: "send"; readonly by: number; readonly lane: Lane }
  | { readonly kind: "visit"; readonly at: number; readonly stick: number; readonly calls: number }
  | { readonly kind: "lose"; readonly stick: number }
  | { readonly kind: "copy"; readonly stick: number }
  | { readonly kind: "spoil"; readonly stick: number; readonly file: number; readonly at: number }
  | { readonly kind: "later"; readonly days: number }

const one = fc.integer({ min: 0, max: 1 })
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("send" as const), by: one, lane: fc.constantFrom<Lane>(0, 3) }),
    fc.record({
      kind: fc.constant("visit" as const),
      at: one,
      stick: one,
      calls: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant(Number.POSITIVE_INFINITY)),
    }),
    fc.record({ kind: fc.constant("lose" as const), stick: one }),
    fc.record({ kind: fc.constant("copy" as const), stick: one }),
    fc.record({ kind: fc.constant("spoil" as const), stick: one, file: fc.nat(), at: fc.nat() }),
    fc.record({ kind: fc.constant("later" as const), days: fc.integer({ min: 1, max: 20 }) }),
  ),
  { maxLength: 40 },
)

interface Carrying {
  readonly offices: readonly [Office, Office]
  readonly sticks: [MemoryFolder, MemoryFolder]
  readonly sent: { readonly by: number; readonly digest: string }[]
}

/** Each has its own temporary names. */
let visits = 0

async function visit({ offices, sticks }: Carrying, at: number, stick: number): Promise<void> {
  const { own, door } = offices[at === 0 ? 0 : 1]
  visits += 1
  const folder = folderOn(sticks[stick === 0 ? 0 : 1], `visit ${visits}`)
  await handIn(folder, door, { own })
  await layOut(folder, door, { own })
}

type Happening<Kind extends Step["kind"]> = (
  carrying: Carrying,
  step: Extract<Step, { kind: Kind }>,
  salt: number,
) => void | Promise<void>

const stickOf = ({ sticks }: Carrying, stick: number) => sticks[stick === 0 ? 0 : 1]

const happenings: { readonly [Kind in Step["kind"]]: Happening<Kind> } = {
  async send({ offices, sent }, { by, lane }, salt) {
    const [from, to] = by === 0 ? offices : [offices[1], offices[0]]
    sent.push({ by, digest: await from.send(to.own, lane, `message ${salt}`) })
  },
  async visit(carrying, { at, stick, calls }) {
    const disk = stickOf(carrying, stick)
    disk.pullAfter(calls)
    await visit(carrying, at, stick).catch((error: unknown) => {
      if (!(error instanceof FolderError)) throw error
    })
    disk.mend()
  },
  lose: (carrying, { stick }) => stickOf(carrying, stick).files.clear(),
  /** An old stick comes again, or somebody has made a copy. */
  copy(carrying, { stick }) {
    const to = stickOf(carrying, 1 - stick)
    for (const [name, bytes] of stickOf(carrying, stick).files) to.files.set(name, bytes)
  },
  spoil(carrying, { stick, file, at }) {
    const { files } = stickOf(carrying, stick)
    const all = [...files]
    const [name, bytes] = all[file % Math.max(1, all.length)] ?? []
    if (name !== undefined && bytes !== undefined) files.set(name, bytes.slice(0, at % 50))
  },
  later({ offices }, { days }) {
    for (const it of offices) it.clock.nowMs += days * day
  },
}

async function happen(carrying: Carrying, step: Step, salt: number): Promise<void> {
  // The kind chooses the function that takes it.
  const happening = happenings[step.kind] as Happening<Step["kind"]>
  await happening(carrying, step, salt)
}

test("whatever is torn, doubled, lost, late and out of order, sticks lose nothing and repeat nothing, M-FIL-6, M-FIL-8", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const carrying: Carrying = {
        offices: [office(alderOrg, [birchOrg]), office(birchOrg, [alderOrg])],
        sticks: [memoryFolder(), memoryFolder()],
        sent: [],
      }
      for (const [salt, step] of plan.entries()) await happen(carrying, step, salt)
      // One good stick, there and back and there.
      for (const at of [0, 1, 0, 1]) await visit(carrying, at, 0)
      const [alder, birchOffice] = carrying.offices
      const by = (at: number) => carrying.sent.filter((it) => it.by === at).map((it) => it.digest)
      expect(birchOffice.held.toSorted()).toEqual(by(0).toSorted())
      expect(alder.held.toSorted()).toEqual(by(1).toSorted())
      expect(alder.answered.toSorted()).toEqual(by(0).toSorted())
      expect(birchOffice.answered.toSorted()).toEqual(by(1).toSorted())
      expect([...alder.waiting(), ...birchOffice.waiting()]).toEqual([])
    }),
    { numRuns: 150 },
  )
})

describe("a courier", () => {
  test("who forges receipts ends nothing, M-FIL-7", async () => {
    const alder = office(alderOrg, [birchOrg])
    const digest = await alder.send(birchOrg, 0, "a warning")
    const about = { digest, sender: alderOrg, recipient: birchOrg, by: birchOrg }
    const forgeries = [
      { ...about, by: alderOrg },
      { ...about, recipient: "c3".repeat(16), by: "c3".repeat(16) },
      { ...about, sender: birchOrg },
      { ...about, digest: "0".repeat(64) },
    ]
    for (const it of forgeries) {
      const content = new TextEncoder().encode(JSON.stringify(it))
      const from = it.recipient as OrgId
      const drop = { kind: "custody", lane: 0, from, to: alderOrg, content } as const
      await alder.door.bring(encodeDrop(drop))
    }
    expect(alder.waiting()).toEqual([digest])
  })

  test("takes off only what is our own and answered, M-FIL-6", async () => {
    const alder = office(alderOrg, [birchOrg])
    const stick = memoryFolder()
    const folder = folderOn(stick)
    const common = { kind: "unit", lane: 3, content: new Uint8Array(9) } as const
    const theirs = await folder.put({ ...common, from: birchOrg, to: "c3".repeat(16) as OrgId })
    await folder.put({ ...common, from: alderOrg, to: birchOrg })
    stick.files.set("notes.txt", new Uint8Array(1))
    const done = await layOut(folder, alder.door, { own: alderOrg })
    expect(done.removed).toBe(1)
    expect([...stick.files.keys()].toSorted()).toEqual([theirs.name, "notes.txt"].toSorted())
  })

  test("hears of a refusal that is signed, and so does its sender, M-FIL-5", async () => {
    const alder = office(alderOrg, [birchOrg])
    const third = "c3".repeat(16) as OrgId
    const birchOffice = office(birchOrg, [alderOrg])
    const digest = await alder.send(third, 0, "for a third")
    const { files } = await alder.door.take({ to: null, after: null })
    const [file = new Uint8Array()] = files
    const brought = await birchOffice.door.bring(encodeDrop({ ...present(file), to: birchOrg }))
    expect(brought).toEqual({ kind: "refused", code: "foreign_slot", isSigned: true })
    const back = await birchOffice.door.take({ to: alderOrg, after: null })
    expect(back.files.map((it) => decodeDrop(it)?.kind)).toEqual(["refusal"])
    expect(alder.waiting()).toEqual([digest])
  })

  test("is not told that a file is done while the gateway cannot write, M-FIL-5", async () => {
    const alder = office(alderOrg, [birchOrg])
    const birchOffice = office(birchOrg, [alderOrg])
    await alder.send(birchOrg, 0, "a warning")
    const stick = memoryFolder()
    await layOut(folderOn(stick), alder.door, { own: alderOrg })
    birchOffice.clock.isFull = true
    await expect(
      handIn(folderOn(stick), birchOffice.door, { own: birchOrg, isCleared: true }),
    ).rejects.toThrow("unavailable")
    expect(stick.files.size).toBe(1)
    birchOffice.clock.isFull = false
    await handIn(folderOn(stick), birchOffice.door, { own: birchOrg, isCleared: true })
    expect(stick.files.size).toBe(0)
  })

  test("pages through any number, whole and once", async () => {
    const alder = office(alderOrg, [birchOrg])
    for (let at = 0; at < 200; at += 1) {
      alder.clock.nowMs += at % 3
      await alder.send(birchOrg, 3, `message ${at}`)
    }
    const stick = memoryFolder()
    expect(await layOut(folderOn(stick), alder.door, { own: alderOrg })).toMatchObject({
      units: 200,
      there: 0,
    })
    expect(stick.files.size).toBe(200)
  })
})

function present(file: Uint8Array): Drop {
  const drop = decodeDrop(file)
  if (drop === undefined) throw new Error("no record")
  return drop
}

describe("what is agreed", () => {
  test("the peer's first common carrier is taken, and by file the more patient of two, M-FIL-11", () => {
    const line = { carriers: ["https"], heartbeatMs: hour }
    const both = { carriers: ["https", "file"], heartbeatMs: hour }
    const stick = { carriers: ["file"], heartbeatMs: 2 * day }
    const byFile = { carrier: "file", heartbeatMs: 2 * day, withinMs: 2 * day }
    expect(agreedCarriage(both, stick)).toEqual(byFile)
    expect(agreedCarriage(stick, both)).toEqual(byFile)
    const byLine = { carrier: "https", heartbeatMs: hour, withinMs: null }
    expect(agreedCarriage(both, both)).toEqual(byLine)
    expect(agreedCarriage(line, stick)).toMatchObject({ carrier: "https" })
    const never = { carriers: ["file"], heartbeatMs: 900 * day }
    expect(agreedCarriage(stick, never).withinMs).toBe(14 * day)
  })

  test("custody is due when the carrier's time is over, on both sides alike, M-FIL-12", () => {
    const message = messageOf({ carriedWithinMs: 2 * day })
    const { obligations } = viewThread(threadWith(message), builtInPolicy)
    expect(obligations.find((it) => it.rule === "custody")?.dueMs).toBe(startedMs + 2 * day)
  })

  test("a time that no carrier may take makes the part malformed, M-FIL-12", () => {
    const { part } = messageOf({ carriedWithinMs: day })
    expect(v.is(partSchema, part)).toBe(true)
    for (const carriedWithinMs of [0, -1, 1.5, 14 * day + 1, "1"]) {
      expect(v.is(partSchema, { ...part, carriedWithinMs })).toBe(false)
    }
  })

  test("days on a stick are no ground for doubt, more than agreed and the future are, M-FIL-13", () => {
    const message = messageOf({ carriedWithinMs: 2 * day })
    const isDoubted = (afterMs: number) => {
      const custody = { digest: message.digest, by: birch, atMs: startedMs + afterMs }
      return viewThread(withCustody(threadWith(message), custody), builtInPolicy).doubtful.length
    }
    expect(isDoubted(2 * day)).toBe(0)
    expect(isDoubted(2 * day + hour + 1)).toBe(1)
    expect(isDoubted(-hour - 1)).toBe(1)
  })
})
