/** A node as an operator runs it: a state folder of its own and `tearline up` as a process. */

import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

import { deskClient, initNode, type DeskClient } from "@tearline/cli"

export interface BenchNode {
  readonly name: string
  readonly org: string
  readonly dir: string
  readonly desk: DeskClient
  /** Launcher, gateway, exchange and PostgreSQL by name; what descends from them counts too. */
  readonly pids: Readonly<Record<string, number>>
  stop(): Promise<void>
}

interface ReadyLine {
  readonly org: string
  readonly pids: Readonly<Record<string, number>>
}

const commandLine = fileURLToPath(new URL("main.ts", import.meta.resolve("@tearline/cli")))
const flags = ["--disable-warning=ExperimentalWarning"]

async function readyLineOf(child: ChildProcess): Promise<ReadyLine> {
  const { promise, resolve, reject } = Promise.withResolvers<ReadyLine>()
  let said = ""
  child.stderr?.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000)
  })
  child.once("exit", (code) => reject(new Error(`a node ended with code ${code}: ${said}`)))
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on("line", (line) => {
      resolve(JSON.parse(line) as ReadyLine)
    })
  }
  return promise
}

/** Makes and starts a node that listens on a free port of the loopback interface. */
export async function startBenchNode(dir: string, name: string): Promise<BenchNode> {
  await initNode({ dir, name, listen: { host: "127.0.0.1", port: 0 } })
  const child = spawn(process.execPath, [...flags, commandLine, "up", "--dir", dir, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
  })
  const exited = new Promise<void>((resolve) => void child.once("exit", () => resolve()))
  const { org, pids } = await readyLineOf(child)
  const desk = deskClient(dir)
  return {
    name,
    org,
    dir,
    desk,
    // A launcher that has printed a line has a process id.
    pids: { ...pids, launcher: child.pid as number },
    async stop() {
      desk.close()
      child.kill("SIGTERM")
      await exited
    },
  }
}

/** Makes two nodes know each other, as two people who compared fingerprints would. */
export async function link(one: BenchNode, other: BenchNode): Promise<void> {
  const comparison = { officer: "administrator", method: "in-person" }
  await one.desk.addPeer({ ...(await other.desk.invite()), ...comparison })
  await other.desk.addPeer({ ...(await one.desk.invite()), ...comparison })
}
