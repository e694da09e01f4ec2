import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"

import { afterEach, beforeEach, expect, test } from "vitest"

import { BoundedLog } from "../src/launcher/bounded-log.ts"

let folder: string

beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/tearline-log-`)
})
afterEach(() => rmSync(folder, { recursive: true }))

test("a diagnostic line is kept as it is", () => {
  const log = new BoundedLog(`${folder}/gateway.ndjson`)
  const line = '{"at":"2026-12-13T06:00:00.000Z","level":"warn","event":"peer_silent","count":3}'
  log.take(line)
  expect(readFileSync(`${folder}/gateway.ndjson`, "utf8")).toBe(`${line}\n`)
})

test("of the trace of a crash only the kind of error and the places are kept", () => {
  const log = new BoundedLog(`${folder}/exchange.ndjson`)
  const trace = [
    "TypeError: cannot read the plot against the cathedral",
    "    at open (file:///srv/tearline/packages/exchange/src/opener/opener.ts:40:7)",
    "  text: 'the plot against the cathedral'",
    "  code: 'ERR_INVALID_ARG_TYPE'",
    "{ the plot against the cathedral",
  ]
  for (const line of trace) log.take(line)
  const kept = readFileSync(`${folder}/exchange.ndjson`, "utf8")
  expect(kept).toContain("TypeError")
  expect(kept).toContain("opener.ts:40:7")
  expect(kept).toContain("ERR_INVALID_ARG_TYPE")
  expect(kept).not.toContain("cathedral")
})

test("the log of a process that never stops talking stays within its bound", () => {
  const log = new BoundedLog(`${folder}/gateway.ndjson`)
  const line = { at: "2026-12-13T06:00:00.000Z", level: "info", event: "x".repeat(4_000) }
  for (let count = 0; count < 3_000; count += 1) log.write(line)
  const sizes = readdirSync(folder).map((name) => statSync(`${folder}/${name}`).size)
  expect(sizes).toHaveLength(2)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(4 * 1024 * 1024)
})
