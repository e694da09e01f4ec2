/** Who enters a thread, and how its set of messages reads: spec/threads.md 1 to 4. */

import fc from "fast-check"
import { describe, expect, test } from "vitest"

import {
  builtInPolicy,
  emptyThread,
  entryRefusal,
  threadIdOf,
  viewHashOf,
  viewThread,
  withCustody,
  withMessage,
  type Message,
  type Thread,
  type ThreadId,
} from "@tearline/core"

import { actContent } from "./fixtures/acts.ts"
import { forged, takenOff } from "./fixtures/forged.ts"
import { hashing } from "./fixtures/suite.ts"
import { alder, birch, conversation, messageOf } from "./fixtures/thread-fixtures.ts"
import { createWorld, orgIdOf } from "./fixtures/world.ts"

describe("a thread", () => {
  test("M-THR-1: its id is a hash of the two parties, the status and a nonce", () => {
    const seed = {
      originator: alder,
      addressee: birch,
      status: "actual" as const,
      nonce: "0".repeat(32),
    }
    const named = hashing.encode(["tearline/thread/v1", alder, birch, "actual", seed.nonce])
    expect(threadIdOf(hashing, seed)).toBe(hashing.hash(named).subarray(0, 16).toHex())
    const others = [
      { ...seed, status: "exercise" as const },
      { ...seed, originator: birch, addressee: alder },
      { ...seed, nonce: "1".repeat(32) },
    ]
    const ids = [seed, ...others].map((it) => threadIdOf(hashing, it))
    expect(new Set(ids).size).toBe(4)
  })

  test("M-THR-2: nothing of another thread, status or author enters", () => {
    const { thread, warning } = conversation()
    const stated = (change: Partial<Message["statement"]>): Message => ({
      ...warning,
      statement: { ...warning.statement, ...change },
    })
    expect(entryRefusal(thread, stated({ status: "test" }))).toBe("status_mismatch")
    expect(entryRefusal(thread, stated({ author: orgIdOf("cedar") }))).toBe("not_entitled")
    expect(entryRefusal(thread, stated({ author: birch }))).toBe("not_entitled")
    expect(entryRefusal(thread, stated({ kind: "acceptance" }))).toBe("not_entitled")
    const part = { ...warning.part, subject: { thread: "c".repeat(32) as ThreadId } }
    expect(entryRefusal(thread, { ...warning, part })).toBe("wrong_thread")
  })

  test("M-THR-28: what overtakes its warning, or answers a lost one, stands in its originator's thread", async () => {
    for (const [by, act] of [
      ["birch", "accept"],
      ["alder", "line"],
    ] as const) {
      const world = createWorld()
      const thread = await world.warn("alder", "birch")
      await world.deliverAll()
      const { act: kind, content } = actContent(act)
      await world.act(by, thread, kind, { content })
      const other = by === "birch" ? "alder" : "birch"
      const fresh = createWorld()
      await fresh.deliver({ ...takenOff(world.road), from: fresh.of(by) })
      expect(fresh.of(other).journal.heads.get(thread)?.thread).toMatchObject({
        originator: fresh.of("alder").org,
        addressee: fresh.of("birch").org,
      })
    }
  })

  test("M-THR-28: a nonce that does not give the thread's id is refused, and without one no thread is opened", async () => {
    const nonce = "0".repeat(32) as ThreadId
    for (const subject of [{ nonce }, {}]) {
      for (const isKnown of [true, false]) {
        const world = createWorld()
        const thread = await world.warn("alder", "birch")
        await world.deliverAll()
        await world.act("birch", thread, "acceptance", { content: actContent("accept").content })
        const strange = forged(takenOff(world.road), { part: { subject: { thread, ...subject } } })
        const at = isKnown ? world : createWorld()
        await at.deliver({ ...strange, from: at.of("birch") })
        const arrival = at.of("alder").journal.arrivals.get(strange.item.digest)
        const isTaken = isKnown && !("nonce" in subject)
        expect(arrival?.code).toBe(isTaken ? null : "wrong_thread")
        const { originator } = at.of("alder").journal.heads.get(thread)?.thread ?? {}
        expect(originator).toBe(isKnown ? at.of("alder").org : undefined)
      }
    }
  })

  test("M-THR-3, M-THR-4: the same set in any order, however often, is the same view in one order", () => {
    const talk = conversation()
    const line = talk.act(birch, "line")
    talk.act(birch, "accept")
    talk.act(alder, "line-object", { answers: [line] })
    talk.act(birch, "action", { epoch: 2, number: 1 })
    const { thread } = talk
    const whole = viewThread(thread, builtInPolicy)
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (choices) => {
        const shuffled = [...thread.messages, ...thread.messages]
          .map((it) => ({ it, at: Number(choices.next().value) }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ it }) => it)
        const empty = thread.custody.reduce(withCustody, emptyThread(thread))
        const built: Thread = shuffled.reduce(withMessage, empty)
        expect(viewThread(built, builtInPolicy)).toEqual(whole)
      }),
    )
    const byId = new Map(thread.messages.map((it) => [it.id, it]))
    const keys = whole.messages.map((id) => {
      const it = byId.get(id)
      return [it?.statement.author, it?.part.epoch, it?.part.number]
    })
    expect(keys).toEqual(
      [alder, birch]
        .toSorted((a, b) => (a < b ? -1 : 1))
        .flatMap((author) =>
          author === alder
            ? [
                [alder, 1, 1],
                [alder, 1, 2],
              ]
            : [
                [birch, 1, 1],
                [birch, 1, 2],
                [birch, 2, 1],
              ],
        ),
    )
  })

  test("M-THR-5: two messages under one number are both kept and shown, with both in effect", () => {
    const talk = conversation()
    const one = talk.act(birch, "accept", { number: 1, salt: "one" })
    const other = talk.act(birch, "action", { number: 1, salt: "other" })
    const view = viewThread(talk.thread, builtInPolicy)
    const messages = [one.id, other.id].toSorted((a, b) => (a < b ? -1 : 1))
    expect(view.conflicts).toEqual([{ author: birch, epoch: 1, number: 1, messages }])
    expect(view.messages).toEqual(expect.arrayContaining(messages))
  })

  test("M-THR-6: what answers a message not here, or of the wrong kind, waits and has no effect", () => {
    const absent = messageOf({ kind: "thanks", by: birch, content: { text: "x" } })
    const talk = conversation()
    const early = talk.act(alder, "relayed", { answers: [absent] })
    const wrong = talk.act(alder, "relayed", { answers: [talk.warning] })
    const view = viewThread(talk.thread, builtInPolicy)
    const waiting = [
      { message: early.id, for: absent.id },
      { message: wrong.id, for: talk.warning.id },
    ]
    expect(view.waiting).toEqual(waiting)
    expect(view.messages).toEqual(expect.arrayContaining([early.id, wrong.id]))
  })

  test("M-THR-7: a message discharges what its first answer names, and nothing else", () => {
    const talk = conversation()
    const [first, second] = [talk.act(birch, "read-back"), talk.act(birch, "read-back")]
    const reply = talk.act(alder, "agree", { answers: [first, second] })
    const ends = new Map(talk.owed("agree-read-back").map((it) => [it.about, it.end?.by]))
    expect([ends.get(first.id), ends.get(second.id)]).toEqual([reply.id, undefined])
  })

  test("M-THR-8: the view hash is taken over id, messages, what is owed, conflicts, waiting and doubt", () => {
    const talk = conversation()
    talk.act(birch, "accept", { number: 1 })
    talk.act(birch, "action", { number: 1 })
    talk.act(alder, "agree")
    const view = viewThread(talk.thread, builtInPolicy)
    const owed = view.obligations.map(({ id, owedBy, startMs, dueMs, end }) => {
      const ended = end === null ? null : [end.kind, end.by, end.atMs]
      return [id, owedBy, startMs, dueMs, ended]
    })
    const dues = view.obligations.map((it) => it.dueMs)
    expect(dues).toEqual(dues.toSorted((a, b) => a - b))
    const state = [
      view.thread.id,
      view.messages,
      owed,
      view.conflicts.map((it) => [it.author, it.epoch, it.number, it.messages]),
      view.waiting.map((it) => [it.message, it.for]),
      view.doubtful,
    ]
    expect(viewHashOf(hashing, view)).toBe(hashing.hash(hashing.encode(state)).toHex())
    const before = viewHashOf(hashing, viewThread(conversation().thread, builtInPolicy))
    expect(viewHashOf(hashing, view)).not.toBe(before)
  })
})
