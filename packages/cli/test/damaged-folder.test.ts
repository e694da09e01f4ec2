/** What a damaged state folder, or a database of another version, says to a person. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterAll, expect, test } from "vitest"

import { StoreError } from "@tearline/store"

import { CliError } from "../src/cli-error.ts"
import { readJsonFile } from "../src/json-file.ts"
import { databaseError } from "../src/launcher/database.ts"
import { NodeFolder } from "../src/state/folder.ts"

const dir = mkdtempSync(join(tmpdir(), "tearline-damaged-"))
mkdirSync(join(dir, "secrets"))
afterAll(() => rmSync(dir, { recursive: true }))
const folder = new NodeFolder(dir)

function refusal(work: () => unknown): CliError {
  try {
    work()
  } catch (error) {
    if (error instanceof CliError) return error
    throw error
  }
  throw new Error("it was read")
}

test("a configuration that is none is refused by the name of its file, and with a hint", () => {
  const listen = { host: "127.0.0.1" }
  const config = { version: 1, name: "Alder", org: "00", listen, endpoint: "", database: "" }
  const texts = ["null", "[]", "7", "{}", '{"version":1}', JSON.stringify(config)]
  for (const text of texts) {
    writeFileSync(folder.configFile, text)
    const said = refusal(() => folder.config())
    expect([said.code, said.exit]).toEqual(["not_a_node", 4])
    expect(said.message).toContain(folder.configFile)
    expect(said.hint).toContain("restore")
  }
})

test("a seam whose silence has no time that can be is refused by its name", () => {
  const side = { out: "/a", in: "/b" }
  const listen = { host: "127.0.0.1", port: 1 }
  const config = { version: 1, name: "Alder", org: "00", listen, endpoint: "", database: "" }
  const write = (silentAfterMinutes: unknown) => {
    const seam = { exchange: side, gateway: side, silentAfterMinutes }
    writeFileSync(folder.configFile, JSON.stringify({ ...config, seam }))
  }
  for (const minutes of [0, -1, "5", null]) {
    write(minutes)
    expect(refusal(() => folder.config()).message).toContain("silentAfterMinutes")
  }
  write(0.5)
  expect(folder.config().seam?.silentAfterMinutes).toBe(0.5)
})

test("a secret that is damaged is named by its file and never quoted", () => {
  for (const text of ["null", "canary", '{"seed":', '{"seed":7}', '{"canary":"canary"}']) {
    writeFileSync(folder.secret("kem"), text)
    const said = refusal(() => folder.readSecret("kem"))
    expect(said.code).toBe("not_a_node")
    expect(said.message).toContain("secrets/kem.json")
    expect(said.message + said.hint).not.toContain("canary")
  }
})

test("a migration that was changed is said in words, with what to do", () => {
  const message = "migration 0001 is not the file that was applied; restore it"
  const said = databaseError(new StoreError("migration_changed", message))
  expect(said).toMatchObject({
    code: "no_database",
    shown: "migration_changed",
    message: "migration 0001 is not the file that was applied",
  })
  expect(said).toHaveProperty("hint", expect.stringContaining("install Tearline again"))
})

test("a file without an end is refused as too long", async () => {
  await expect(readJsonFile("/dev/zero")).rejects.toMatchObject({ code: "wrong_content" })
})
