/**
 * Runs a TypeScript main under the Node that this repository pins.
 *
 * The machine's own Node (20 or later) need only start this file: it looks for a Node 26 among the
 * installed packages and hands over. Plain JavaScript, because an older Node cannot strip types.
 */

import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { constants } from "node:os"
import path from "node:path"
import { fileURLToPath } from "node:url"

const wantedMajor = 26
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..")
const packages = [
  `node-${process.platform}-${process.arch}`,
  `node-bin-${process.platform}-${process.arch}`,
]

// The hybrid key encapsulation is stable on the wire and marked experimental in the API only.
// No signal may wake the inspector of a process that holds keys.
const flags = ["--disable-warning=ExperimentalWarning", "--disable-sigusr1"]

function pinnedNode() {
  if (Number(process.versions.node.split(".")[0]) >= wantedMajor) return process.execPath
  return packages
    .map((name) => path.join(root, "node_modules", name, "bin", "node"))
    .find((file) => existsSync(file))
}

const node = pinnedNode()
const [main, ...rest] = process.argv.slice(2)
if (main === undefined || node === undefined) {
  const what = main === undefined ? "no program was named" : `no Node ${wantedMajor} was found`
  console.error(
    `tearline: ${what}\nhint: run npm ci first, without --omit=optional, or install Node ${wantedMajor}`,
  )
  process.exit(2)
}

const child = spawn(node, [...flags, path.join(root, main), ...rest], {
  stdio: "inherit",
  // Compiled code is kept between starts: half the time and memory of each process.
  env: {
    NODE_COMPILE_CACHE: path.join(root, ".cache", "code"),
    ...process.env,
    PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ""}`,
  },
})
// The terminal sends its signals to the whole group; a supervisor sends them to us alone.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal)
  })
}
child.on("exit", (code, signal) => {
  process.exitCode = code ?? 128 + (constants.signals[signal ?? "SIGTERM"] ?? 15)
})
