/** Faults that do nothing and damage that nobody notices, planted: each must be found out. */

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"

import { afterAll, beforeAll, expect, test } from "vitest"

import { Random } from "@tearline/sim"
import { Ledger, openTrial, releaseMany, type Run } from "@tearline/torture"

import { Line } from "../src/node/line.ts"
import { OutsideNode } from "../src/node/outside-node.ts"
import { introduce } from "../src/node/trial-node.ts"
import { rowsOf } from "../src/reckoning/books.ts"
import { type Field, releasedDuring } from "../src/scenarios/outage.ts"
import { isThere, soon } from "../src/scenarios/soon.ts"
import { turnedMessage } from "../src/scenarios/turned-bits.ts"

const quiet = () => undefined
let run: Run
beforeAll(() => {
  const folder = mkdtempSync(`${tmpdir()}/tearline-planted-`)
  const { signal } = new AbortController()
  run = { random: new Random("1"), folder, count: () => 4, signal, note: quiet, progress: quiet }
})
afterAll(() => rmSync(run.folder, { recursive: true }))

/** The hash of a row is made anew when its bits turn over, as if nobody had ever made one. */
const forgetting = `create function exchange.forget() returns trigger language plpgsql as
    'begin new.sum = sha256(new.signed || new.part); return new; end';
  create trigger forget before update on exchange.message
    for each row execute function exchange.forget()`

test("a bit turned over in a stored message must be named, and going on as before is no excuse", async () => {
  await using stack = new AsyncDisposableStack()
  const alder = stack.use(new OutsideNode({ name: "Alder", dir: `${run.folder}/alder` }))
  const birch = stack.use(new OutsideNode({ name: "Birch", dir: `${run.folder}/birch` }))
  const nodes = [alder, birch] as const
  await Promise.all(nodes.map((node) => node.start()))
  await introduce(nodes)
  const order = { from: alder, to: birch, precedence: "FLASH", ledger: new Ledger() }
  const [first] = await releaseMany(order, { count: 1, signal: run.signal })
  expect(await soon(run, () => isThere(birch, first?.thread ?? ""))).toBe(true)
  expect(await turnedMessage(run, { nodes })).toEqual([])

  await rowsOf((await birch.databases()).deskOwner, forgetting)
  const wrong: string[] = []
  // Most of a message is its signature; a bit in the rest is found by the message's id.
  for (let bits = 0; bits < 4; bits += 1) wrong.push(...(await turnedMessage(run, { nodes })))
  expect(wrong.join("\n")).toContain("of a stored message was turned, and its thread reads")
})

test("an outage that lets everything through is none", async () => {
  await using trial = await openTrial({ ...run, folder: `${run.folder}/outage` }, [
    "Alder",
    "Birch",
  ])
  const [alder, birch] = trial.nodes
  if (alder === undefined || birch === undefined) throw new RangeError("a trial has two nodes")
  const lines = [new Line(), new Line()] as const
  const field: Field = { run, alder, birch, lines, ledger: new Ledger(), wrong: [] }
  const nothing = { [Symbol.asyncDispose]: async () => undefined }
  const fault = { what: "planted", begin: async () => nothing }
  await releasedDuring(field, fault, 8_000)
  expect(field.wrong).toEqual(["planted: what was said meanwhile came through"])
})
