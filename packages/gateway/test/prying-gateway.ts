/** The real gateway, which then tries what it must not be able to do and says what it met. */

import { execFileSync } from "node:child_process"
import { appendFileSync, readFileSync, writeFileSync } from "node:fs"
import { Session } from "node:inspector"
import { tmpdir } from "node:os"
import { WASI } from "node:wasi"
import { Worker } from "node:worker_threads"

function attempt(work: () => unknown): string {
  try {
    work()
    return "allowed"
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "refused"
  }
}

async function attemptSqlite(): Promise<string> {
  // By a name that the linker does not see: the flags take the module away.
  const name = "node:sqlite"
  return await import(name).then(
    () => "allowed",
    (error: NodeJS.ErrnoException) => error.code ?? "refused",
  )
}

await import("../src/main.ts")

const met = {
  read: attempt(() => readFileSync("/etc/passwd")),
  write: attempt(() => writeFileSync(`${tmpdir()}/tearline-pried`, "x")),
  // Where a trial network keeps its state: beside the code, with its secrets.
  stateBesideTheCode: attempt(() => readFileSync(`${import.meta.dirname}/../../../.gitignore`)),
  ownCode: attempt(() => appendFileSync(import.meta.filename, "")),
  child: attempt(() => execFileSync("/bin/true")),
  worker: attempt(() => new Worker("0", { eval: true })),
  addon: attempt(() => process.dlopen({ exports: {} }, "/none.node")),
  wasi: attempt(() => new WASI({ version: "preview1" })),
  inspector: attempt(() => new Session().connect()),
  sqlite: await attemptSqlite(),
  // The one thing that this file is here to try.
  // oxlint-disable-next-line typescript/no-implied-eval, no-new-func
  code: attempt(() => new Function("return 1")()),
}
process.stdout.write(`${JSON.stringify(met)}\n`)
