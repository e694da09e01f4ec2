/** Each row of the table in spec/threads.md 6: what starts it, when it is due, what ends it. */

import { describe, expect, test } from "vitest"

import {
  builtInPolicy,
  isClosed,
  isOverdue,
  precedences,
  viewThread,
  type Obligation,
  type Precedence,
} from "@tearline/core"

import {
  alder,
  birch,
  conversation,
  day,
  hour,
  minute,
  startedMs,
} from "./fixtures/thread-fixtures.ts"

/** Start and due time of an obligation, in milliseconds after the thread began. */
const times = (it: Obligation | undefined) =>
  it && { start: it.startMs - startedMs, due: it.dueMs - startedMs }

const readingMs: Readonly<Record<Precedence, number>> = {
  FLASH: 15 * minute,
  IMMEDIATE: hour,
  PRIORITY: 8 * hour,
  ROUTINE: 3 * day,
}

/** A window so far off that no cap shortens anything. */
const farOff = {
  earliestMs: startedMs + 400 * day,
  latestMs: startedMs + 401 * day,
  basis: "a date that was named",
  timeZone: "UTC",
  atEnd: "ask us",
}

describe("what machines owe", () => {
  test("M-THR-11: custody is owed for every message from when it was made, for two minutes", () => {
    const talk = conversation({ heldAfterMs: null })
    talk.act(birch, "read", { afterMs: hour })
    const [first, second] = talk.owed("custody")
    expect(times(first)).toEqual({ start: 0, due: 2 * minute })
    expect(times(second)).toEqual({ start: hour, due: hour + 2 * minute })
    expect([first?.owedBy, second?.owedBy]).toEqual([birch, alder])
    expect([first?.bearer, first?.end]).toEqual(["gateway", null])
    talk.hold(talk.warning, minute)
    expect(talk.owed("custody")[0]?.end).toEqual({
      kind: "discharged",
      by: talk.warning.digest,
      atMs: startedMs + minute,
    })
  })

  test("M-THR-11: custody that came a day late was late, however doubtful that makes the time", () => {
    const talk = conversation({ heldAfterMs: day })
    const [custody] = talk.owed("custody")
    expect(times(custody)).toEqual({ start: 0, due: 2 * minute })
    expect(custody && isOverdue(custody, startedMs + 2 * day)).toBe(true)
  })

  test("M-THR-12: unsealed is owed from custody, for five minutes, to the receipt that says so", () => {
    expect(conversation({ heldAfterMs: null }).owed("unsealed")).toEqual([])
    const talk = conversation({ heldAfterMs: minute })
    expect(times(talk.owed("unsealed")[0])).toEqual({ start: minute, due: 6 * minute })
    talk.act(birch, "read", { afterMs: 2 * minute })
    expect(talk.owed("unsealed")[0]?.end).toBeNull()
    const content = { step: "unsealed", of: talk.warning.id }
    const receipt = talk.say(birch, "receipt", { content, afterMs: 2 * minute })
    expect(talk.owed("unsealed")[0]?.end?.by).toBe(receipt.id)
    expect(talk.owed("unsealed")[0]?.bearer).toBe("exchange")
  })

  test("M-THR-12: only the kinds that people must read owe unsealed and read", () => {
    const talk = conversation()
    const said = [
      talk.act(birch, "read"),
      talk.act(birch, "accept"),
      talk.act(birch, "thanks"),
      talk.act(alder, "line"),
    ]
    for (const it of said) talk.hold(it, minute)
    const about = talk.owed("unsealed").map((it) => it.about)
    expect(about.toSorted()).toEqual(
      [talk.warning.id, said[2]?.id, said[3]?.id].toSorted((a, b) =>
        String(a) < String(b) ? -1 : 1,
      ),
    )
    expect(talk.owed("read").map((it) => it.about)).toEqual(about)
  })
})

describe("what the addressee's people owe", () => {
  test("M-THR-13: read is owed from custody, by precedence and at most a quarter of what is left", () => {
    expect(conversation({ heldAfterMs: null }).owed("read")).toEqual([])
    for (const precedence of precedences.codes) {
      const far = conversation({ precedence, window: farOff, heldAfterMs: minute })
      expect(times(far.owed("read")[0])).toEqual({
        start: minute,
        due: minute + readingMs[precedence],
      })
      const near = { ...farOff, earliestMs: startedMs + hour, latestMs: startedMs + 2 * hour }
      const due = Math.min(readingMs[precedence], hour / 4)
      expect(times(conversation({ precedence, window: near }).owed("read")[0])?.due).toBe(due)
    }
  })

  test("M-THR-13: reading is discharged by a person's receipt of that very message", () => {
    const talk = conversation()
    talk.say(birch, "receipt", { content: { step: "unsealed", of: talk.warning.id } })
    talk.say(alder, "receipt", { content: { step: "read", of: talk.warning.id, role: "x" } })
    const other = talk.act(birch, "thanks")
    talk.say(birch, "receipt", { content: { step: "read", of: other.id, role: "x" } })
    expect(talk.owed("read")[0]?.end).toBeNull()
    const receipt = talk.act(birch, "read", { afterMs: minute })
    expect(talk.owed("read")[0]?.end).toEqual({
      kind: "discharged",
      by: receipt.id,
      atMs: startedMs + minute,
    })
  })

  test("M-THR-14: own is owed from custody for twice the reading time, to an acceptance", () => {
    expect(conversation({ heldAfterMs: null }).owed("own")).toEqual([])
    for (const precedence of precedences.codes) {
      const far = conversation({ precedence, window: farOff })
      expect(times(far.owed("own")[0])?.due).toBe(2 * readingMs[precedence])
    }
    const talk = conversation()
    talk.act(birch, "read")
    talk.act(birch, "action")
    expect(talk.owed("own")[0]?.end).toBeNull()
    const accepted = talk.act(birch, "accept")
    expect(talk.owed("own")[0]?.end).toMatchObject({ kind: "discharged", by: accepted.id })
  })

  test("M-THR-16: read-back is owed from custody as own, and again after each correction", () => {
    const talk = conversation({ window: farOff })
    expect(times(talk.owed("read-back")[0])).toEqual({ start: 0, due: 30 * minute })
    const first = talk.act(birch, "read-back", { afterMs: minute })
    expect(talk.owed("read-back")[0]?.end?.by).toBe(first.id)
    const correction = talk.act(alder, "correct", { answers: [first], afterMs: hour })
    const [, again] = talk.owed("read-back")
    expect([times(again), again?.about, again?.end]).toEqual([
      { start: hour, due: hour + 30 * minute },
      correction.id,
      null,
    ])
    const second = talk.act(birch, "read-back", { answers: [correction, talk.warning] })
    expect(talk.owed("read-back").map((it) => it.end?.by)).toEqual([first.id, second.id])
  })

  test("M-THR-18: act is owed once accepted, for three days or half of what is left", () => {
    const talk = conversation()
    talk.act(birch, "read-back")
    expect(talk.owed("act")).toEqual([])
    talk.act(birch, "accept", { afterMs: day })
    expect(times(talk.owed("act")[0])).toEqual({ start: day, due: day + (3 * day) / 2 })
    talk.act(birch, "reach")
    expect(talk.owed("act")[0]?.end).toBeNull()
    const action = talk.act(birch, "action", { afterMs: 2 * day })
    expect(talk.owed("act")[0]?.end?.by).toBe(action.id)
    const far = conversation({ window: farOff })
    far.act(birch, "accept")
    expect(times(far.owed("act")[0])?.due).toBe(3 * day)
  })

  test("M-THR-19: reach is owed for a threat to life, and `no` leaves it open", () => {
    expect(conversation({ threatToLife: false }).owed("reach")).toEqual([])
    expect(conversation({ heldAfterMs: null }).owed("reach")).toEqual([])
    const talk = conversation()
    expect(times(talk.owed("reach")[0])).toEqual({ start: 0, due: day })
    talk.act(birch, "reach-no")
    expect(talk.owed("reach")[0]?.end).toBeNull()
    const reached = talk.act(birch, "reach")
    expect(talk.owed("reach")[0]?.end?.by).toBe(reached.id)
    const withheld = conversation()
    withheld.say(birch, "reach", { content: { reached: "withheld" } })
    expect(withheld.owed("reach")[0]?.end?.kind).toBe("discharged")
    const timeless = conversation({ window: null, precedence: "IMMEDIATE" })
    expect(times(timeless.owed("reach")[0])?.due).toBe(hour)
  })

  test("M-THR-20: a decision is owed at the window's end, and again at each extension's", () => {
    expect(conversation({ window: null }).owed("decide-window")).toEqual([])
    const talk = conversation({ heldAfterMs: null })
    expect(times(talk.owed("decide-window")[0])).toEqual({ start: 0, due: 5 * day })
    const extended = talk.act(birch, "extend", { afterMs: 5 * day })
    const [first, second] = talk.owed("decide-window")
    expect(first?.end?.by).toBe(extended.id)
    expect([times(second), second?.end]).toEqual([{ start: 5 * day, due: 9 * day }, null])
    const closed = talk.act(birch, "close", { afterMs: 9 * day })
    expect(talk.owed("decide-window").map((it) => it.end?.by)).toEqual([extended.id, closed.id])
  })

  test("M-THR-20: a window that had ended before it was known is decided within five minutes", () => {
    const past = { ...farOff, earliestMs: startedMs - 2 * day, latestMs: startedMs - day }
    const talk = conversation({ window: past })
    expect(times(talk.owed("decide-window")[0])).toEqual({ start: 0, due: 5 * minute })
  })

  test("M-THR-27: a dissent makes the window be decided again by reading time, about the dissent", () => {
    const talk = conversation({ precedence: "IMMEDIATE", window: farOff })
    const extended = talk.act(birch, "extend", { afterMs: 2 * day })
    const dissent = talk.act(alder, "dissent", { answers: [extended], afterMs: 2 * day + minute })
    const again = () => talk.owed("decide-window").find((it) => it.about === dissent.id)
    expect(talk.owed("decide-window")).toHaveLength(2)
    const start = 2 * day + minute
    expect(times(again())).toEqual({ start, due: start + hour })
    expect(again()).toMatchObject({ owedBy: birch, end: null })
    // What answers the warning was not decided on the dissent, and leaves it open.
    talk.act(birch, "close", { afterMs: 2 * day + 2 * minute })
    expect(again()?.end).toBeNull()
    const closed = talk.act(birch, "close", { answers: [dissent], afterMs: 2 * day + 3 * minute })
    expect(again()?.end).toMatchObject({ kind: "discharged", by: closed.id })
    const other = talk.act(alder, "dissent", { answers: [closed], afterMs: 3 * day })
    expect(talk.owed("decide-window").filter((it) => it.end === null)).toMatchObject([
      { id: `decide-window/${other.id}/1`, startMs: startedMs + 3 * day },
    ])
  })

  test("M-THR-27: without a window only a dissent makes a decision owed", () => {
    const talk = conversation({ window: null })
    const closed = talk.act(birch, "close", { afterMs: hour })
    expect(talk.owed("decide-window")).toEqual([])
    const dissent = talk.act(alder, "dissent", { answers: [closed], afterMs: 2 * hour })
    expect(talk.owed("decide-window")).toMatchObject([{ about: dissent.id, owedBy: birch }])
  })

  test("M-THR-27: a dissent from no decision of this thread changes nothing", () => {
    const talk = conversation()
    const before = talk.owed("decide-window")
    talk.act(alder, "dissent", { answers: [talk.warning], afterMs: hour })
    expect(talk.owed("decide-window")).toEqual(before)
  })

  test("M-THR-21: three outcomes are owed from the first action or the window's end", () => {
    expect(conversation({ window: null }).owed("outcome-24h")).toEqual([])
    const quiet = conversation()
    expect(times(quiet.owed("outcome-24h")[0])).toEqual({ start: 5 * day, due: 6 * day })
    const talk = conversation()
    talk.act(birch, "action", { afterMs: day })
    talk.act(birch, "action", { afterMs: 2 * day })
    talk.act(birch, "extend", { afterMs: 5 * day })
    const owed = (["outcome-24h", "outcome-30d", "outcome-180d"] as const).map((rule) =>
      times(talk.owed(rule)[0]),
    )
    expect(owed).toEqual([
      { start: day, due: 2 * day },
      { start: day, due: 31 * day },
      { start: day, due: 181 * day },
    ])
  })

  test("M-THR-21: an outcome discharges its own point, and a final one the rest", () => {
    const talk = conversation()
    const ends = () =>
      (["outcome-24h", "outcome-30d", "outcome-180d"] as const).map(
        (rule) => talk.owed(rule)[0]?.end?.by,
      )
    const second = talk.act(birch, "outcome-30d")
    expect(ends()).toEqual([undefined, second.id, undefined])
    const final = talk.act(birch, "outcome-final")
    expect(ends()).toEqual([final.id, second.id, final.id])
  })
})

describe("what the originator's people owe", () => {
  test("M-THR-15: a rejection is mended as fast as it is to be read, by the originator", () => {
    const talk = conversation({ precedence: "IMMEDIATE", window: farOff })
    expect(talk.owed("mend")).toEqual([])
    const rejection = talk.act(birch, "reject", { afterMs: hour })
    const [mend] = talk.owed("mend")
    expect([times(mend), mend?.owedBy]).toEqual([{ start: hour, due: 2 * hour }, alder])
    talk.act(alder, "mend", { answers: [talk.warning] })
    expect(talk.owed("mend")[0]?.end).toBeNull()
    const done = talk.act(alder, "mend", { answers: [rejection] })
    expect(talk.owed("mend")[0]?.end).toMatchObject({ kind: "discharged", by: done.id })
  })

  test("M-THR-15: an acceptance after a rejection overtakes the mending", () => {
    const talk = conversation()
    talk.act(birch, "reject")
    const accepted = talk.act(birch, "accept")
    expect(talk.owed("mend")[0]?.end).toMatchObject({ kind: "lapsed", by: accepted.id })
    expect(talk.owed("own")[0]?.end).toMatchObject({ kind: "discharged", by: accepted.id })
  })

  test("M-THR-15: what the addressee refused is no longer owed by it, and is mended", () => {
    const talk = conversation({ heldAfterMs: minute })
    const first = talk.act(birch, "read-back")
    const agreed = talk.act(alder, "agree", { answers: [first] })
    talk.refuse(talk.warning, 2 * minute)
    talk.refuse(agreed, 3 * minute)
    for (const rule of ["unsealed", "read"] as const) {
      expect(talk.owed(rule)[0]?.end).toMatchObject({ kind: "lapsed", by: talk.warning.digest })
    }
    const [ofWarning, ofAgreement] = talk.owed("mend")
    expect(times(ofWarning)?.start).toBe(2 * minute)
    expect(ofAgreement?.about).toBe(agreed.id)
    const mended = [talk.warning, agreed].map((it) => talk.act(alder, "mend", { answers: [it] }))
    expect(talk.owed("mend").map((it) => it.end?.by)).toEqual(mended.map((it) => it.id))
  })

  test("M-THR-17: a read-back is answered as fast as it is to be read, by agreement or correction", () => {
    for (const reply of ["agree", "correct"]) {
      const talk = conversation({ window: farOff })
      const said = talk.act(birch, "read-back", { afterMs: hour })
      const [owed] = talk.owed("agree-read-back")
      expect([times(owed), owed?.owedBy]).toEqual([{ start: hour, due: hour + 15 * minute }, alder])
      const answer = talk.act(alder, reply, { answers: [said] })
      expect(talk.owed("agree-read-back")[0]?.end?.by).toBe(answer.id)
    }
  })

  test("M-THR-22: thanks are relayed within seven days of custody", () => {
    const talk = conversation()
    const thanks = talk.act(birch, "thanks")
    expect(talk.owed("relay-thanks")).toEqual([])
    talk.hold(thanks, minute)
    const [owed] = talk.owed("relay-thanks")
    expect([times(owed), owed?.owedBy]).toEqual([{ start: minute, due: minute + 7 * day }, alder])
    const reply = talk.act(alder, "relayed", { answers: [thanks] })
    expect(talk.owed("relay-thanks")[0]?.end?.by).toBe(reply.id)
  })
})

describe("what each party owes", () => {
  test("M-THR-23: a public line is answered by the other party within a day of custody", () => {
    const talk = conversation()
    const line = talk.act(birch, "line")
    expect(talk.owed("agree-public-line")).toEqual([])
    talk.hold(line, minute)
    const [owed] = talk.owed("agree-public-line")
    expect([times(owed), owed?.owedBy]).toEqual([{ start: minute, due: minute + day }, alder])
    talk.act(birch, "line-agree", { answers: [line] })
    expect(talk.owed("agree-public-line")[0]?.end).toBeNull()
    const agreed = talk.act(alder, "line-agree", { answers: [line] })
    talk.hold(agreed, hour)
    expect(talk.owed("agree-public-line").map((it) => it.end?.by)).toEqual([agreed.id])
  })

  test("M-THR-23: objecting or amending hands the line to the other party", () => {
    for (const name of ["line-object", "line-amend"]) {
      const talk = conversation()
      const line = talk.act(alder, "line")
      talk.hold(line, 0)
      const back = talk.act(birch, name, { answers: [line], afterMs: hour })
      talk.hold(back, hour)
      const [mine, theirs] = talk.owed("agree-public-line")
      expect([mine?.owedBy, mine?.end?.by]).toEqual([birch, back.id])
      expect([theirs?.owedBy, theirs?.about, theirs?.end]).toEqual([alder, back.id, null])
    }
  })

  test("M-THR-23: an embargo brings it forward, also for what was objected to, to five minutes", () => {
    const talk = conversation()
    const content = { embargoUntilMs: startedMs + 3 * hour }
    const line = talk.say(alder, "public-line", { content })
    talk.hold(line, 0)
    expect(times(talk.owed("agree-public-line")[0])?.due).toBe(3 * hour)
    const objected = talk.act(birch, "line-object", { answers: [line], afterMs: hour })
    talk.hold(objected, hour)
    expect(times(talk.owed("agree-public-line")[1])?.due).toBe(3 * hour)
    const late = conversation()
    late.hold(late.say(alder, "public-line", { content }), 2.99 * hour)
    expect(times(late.owed("agree-public-line")[0])?.due).toBe(2.99 * hour + 5 * minute)
  })
})

test("M-THR-25: a rejection lapses all that the addressee's people still owed but reading", () => {
  const talk = conversation()
  const done = talk.act(birch, "read-back")
  const rejection = talk.act(birch, "reject", { afterMs: hour })
  const lapsed = { kind: "lapsed", by: rejection.id, atMs: startedMs + hour }
  const rules = ["own", "reach", "decide-window", "outcome-24h", "outcome-30d", "outcome-180d"]
  const ends = rules.map((rule) => talk.owed(rule as "own")[0]?.end)
  expect(ends).toEqual(rules.map(() => lapsed))
  expect(talk.owed("read-back")[0]?.end).toMatchObject({ kind: "discharged", by: done.id })
  expect(talk.owed("read")[0]?.end).toBeNull()
  expect(isClosed(viewThread(talk.thread, builtInPolicy))).toBe(false)
})

test("M-THR-25: who accepted and then rejects owes neither owning nor acting", () => {
  const talk = conversation()
  talk.act(birch, "accept")
  const rejection = talk.act(birch, "reject", { afterMs: hour })
  const ends = [talk.owed("own")[0]?.end, talk.owed("act")[0]?.end]
  expect(ends).toMatchObject([{ kind: "lapsed", by: rejection.id }, { kind: "lapsed" }])
})
