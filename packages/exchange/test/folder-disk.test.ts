/** A drop folder on a real disk, and what others may have put there. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"

import { afterEach, expect, test } from "vitest"

import type { Drop, OrgId } from "@tearline/core"

import { dropFolderAt } from "../src/carrier/index.ts"

const path = mkdtempSync(`${tmpdir()}/tearline-folder-`)
afterEach(() => rmSync(path, { recursive: true }))

const drop: Drop = {
  kind: "unit",
  lane: 0,
  from: "a1".repeat(16) as OrgId,
  to: "b2".repeat(16) as OrgId,
  content: new Uint8Array(40),
}

const temporary = (digit: string) => `.0-${digit.repeat(64)}.tearline.${digit.repeat(8)}.part`

test("folders and links with the names of records and of interrupted writings stop nobody, M-FIL-4", async () => {
  const folder = dropFolderAt(path)
  mkdirSync(`${path}/${temporary("1")}`)
  mkdirSync(`${path}/${temporary("2")}`)
  writeFileSync(`${path}/${temporary("2")}/in it`, "")
  symlinkSync("/", `${path}/${temporary("3")}`)
  writeFileSync(`${path}/${temporary("4")}`, "half of it")
  mkdirSync(`${path}/0-${"5".repeat(64)}.tearline`)
  const { name } = await folder.put(drop)
  await folder.sweep()
  const seen = []
  for await (const found of folder.scan()) seen.push([found.name, found.kind])
  expect(seen).toContainEqual([name, "record"])
  expect(await folder.tryRemove(`0-${"5".repeat(64)}.tearline`)).toBe(false)
  expect(await folder.tryRemove(name)).toBe(true)
  expect(readdirSync(path).toSorted()).toEqual(
    [temporary("1"), temporary("2"), `0-${"5".repeat(64)}.tearline`].toSorted(),
  )
})
