/** Where the two folders of a seam may lie. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"

import { afterAll, expect, test } from "vitest"

import { awayFolders } from "../src/launcher/seam-folders.ts"
import { initNode } from "../src/state/init.ts"

const work = mkdtempSync(`${tmpdir()}/tearline-seam-`)
afterAll(() => rmSync(work, { recursive: true, force: true }))

const made = (at: string, seam: string) => {
  const listen = { host: "127.0.0.1", port: 0 }
  return initNode({ dir: `${work}/${at}`, name: "Alder", listen, seam })
}

test("a seam may lie in the folder of its node, or be it", async () => {
  for (const [at, seam] of [
    ["one", `${work}/one/seam`],
    ["two", `${work}/two`],
    ["three", `${work}/three/../far/seam`],
  ] as const) {
    const { config } = await made(at, seam)
    const { exchange, gateway } = config.seam ?? {}
    expect(exchange?.out).toBe(gateway?.in)
    expect(exchange?.in).toBe(gateway?.out)
    for (const path of [exchange?.in ?? "", exchange?.out ?? ""])
      expect(existsSync(path)).toBe(true)
  }
})

test("two nodes never share a seam, and the second is not made", async () => {
  await made("first", `${work}/shared`)
  await expect(made("second", `${work}/shared`)).rejects.toMatchObject({ code: "already_there" })
  expect(readdirSync(work).filter((it) => it.startsWith("second"))).toEqual([])
})

test("a start names each folder of the seam that is away, and no other", async () => {
  const { config } = await made("away", `${work}/away-seam`)
  expect(awayFolders(config.seam)).toEqual([])
  const path = `${work}/away-seam/to-gateway`
  rmSync(path, { recursive: true })
  expect(awayFolders(config.seam).join("\n")).toMatch(`${path} is away`)
  expect(awayFolders(config.seam)).toHaveLength(1)
  mkdirSync(path)
  expect(awayFolders(config.seam)).toEqual([])
  expect(awayFolders(undefined)).toEqual([])
})
