/** When a thing is due, open and overdue: spec/threads.md 5. */

import fc from "fast-check"
import { describe, expect, test } from "vitest"

import { builtInPolicy, cap, isOpen, isOverdue, viewThread, type Obligation } from "@tearline/core"

import { birch, conversation, day, hour, minute, startedMs } from "./fixtures/thread-fixtures.ts"
import { warningContent } from "./fixtures/warning.ts"

/** Start and due time of an obligation, in milliseconds after the thread began. */
const times = (it: Obligation | undefined) =>
  it && { start: it.startMs - startedMs, due: it.dueMs - startedMs }

const at = (it: Obligation, nowMs: number) => [isOpen(it, nowMs), isOverdue(it, nowMs)]

describe("due times", () => {
  test("M-THR-9: a cap is the share of what is left to the threat, at least five minutes", () => {
    const instant = fc.integer({ min: 0, max: 4_000 * day })
    const fraction = fc.constantFrom(1 / 4, 1 / 2)
    fc.assert(
      fc.property(instant, fc.option(instant), fc.option(instant), fraction, (start, a, b, f) => {
        const [earliestMs, latestMs] = a !== null && b !== null && a > b ? [b, a] : [a, b]
        const window = {
          ...warningContent().window,
          earliestMs: earliestMs ?? undefined,
          latestMs: latestMs ?? undefined,
        }
        const warning = { ...warningContent(), window } as ReturnType<typeof warningContent>
        const threatMs = earliestMs ?? latestMs
        const expected =
          threatMs === null
            ? undefined
            : start + Math.max(5 * minute, Math.floor(f * (threatMs - start)))
        expect(cap(warning, start, f, builtInPolicy)).toBe(expected)
      }),
    )
    expect(cap(warningContent({ window: null }), 0, 1 / 4, builtInPolicy)).toBeUndefined()
  })

  test("M-THR-9: inside the window the cap is five minutes", () => {
    const talk = conversation({ precedence: "ROUTINE", heldAfterMs: 4 * day + hour })
    expect(times(talk.owed("read")[0])?.due).toBe(4 * day + hour + 5 * minute)
  })

  test("thanks and public lines are read in the time of their precedence, whatever the window", () => {
    const talk = conversation({ precedence: "FLASH" })
    const thanks = talk.act(birch, "thanks", { afterMs: 4 * day + hour })
    talk.hold(thanks, 4 * day + hour)
    const read = talk.owed("read").find((it) => it.about === thanks.id)
    expect(times(read)?.due).toBe(4 * day + hour + 15 * minute)
  })

  test("M-THR-10: a stated time over an hour from custody is doubtful, and custody counts", () => {
    const offMs = fc.integer({ min: -3 * day, max: 3 * day })
    fc.assert(
      fc.property(offMs, (off) => {
        const talk = conversation()
        const accepted = talk.act(birch, "accept", { afterMs: 5 * day })
        talk.hold(accepted, 5 * day + off)
        const counted = Math.abs(off) > hour ? 5 * day + off : 5 * day
        expect(times(talk.owed("act")[0])?.start).toBe(counted)
        const { doubtful } = viewThread(talk.thread, builtInPolicy)
        expect(doubtful).toEqual(Math.abs(off) > hour ? [accepted.id] : [])
      }),
    )
  })

  test("M-THR-24: open from its start until its end, overdue past due or when done late", () => {
    const plain = { startMs: 10, dueMs: 20, end: null } as unknown as Obligation
    expect([at(plain, 9), at(plain, 20), at(plain, 21)]).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ])
    const ended = (kind: "discharged" | "lapsed", atMs: number): Obligation => ({
      ...plain,
      end: { kind, by: plain.about, atMs },
    })
    expect(at(ended("discharged", 20), 99)).toEqual([false, false])
    expect(at(ended("discharged", 21), 99)).toEqual([false, true])
    expect(at(ended("lapsed", 21), 99)).toEqual([false, false])
  })
})
