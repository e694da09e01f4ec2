/** Fixtures: state folders, and launchers as processes that can be ended or killed. */

import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { chownSync, mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

import { Client } from "pg"
import { onTestFinished } from "vitest"

import { type RoleUrls } from "../src/index.ts"

export const isRoot: boolean = process.getuid?.() === 0

/** Users that the tests can be: root only where they run as root. */
export const users: readonly User[] = isRoot ? ["root", "ordinary"] : ["ordinary"]

type User = "root" | "ordinary"

const ordinary = isRoot ? { uid: 65_534, gid: 65_534 } : {}

/** A private folder of the user, removed with all in it at the test's end. */
export function makeFolder(user: User): string {
  const folder = mkdtempSync(`${realpathSync(tmpdir())}/tearline-test-`)
  const owner = user === "root" ? {} : ordinary
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface Launched {
  child: ChildProcess
  /** What supervise.ts printed. */
  answer: Answer
}

interface Answer {
  how?: string
  pid: number
  socketFolder: string
  urls: RoleUrls
  uid: number
  code?: string
  message?: string
}

/** Starts a launcher process and waits for its answer; ends it at the test's end. */
export async function launchAs(user: User, folder: string): Promise<Launched> {
  const child = begin(user, folder)
  const [line] = (await once(createInterface(child.stdout!), "line")) as [string]
  return { child, answer: JSON.parse(line) as Answer }
}

/** Starts a launcher process and waits for nothing. */
export function begin(user: User, folder: string): ChildProcess {
  const script = fileURLToPath(new URL("./supervise.ts", import.meta.url))
  const child = spawn(process.execPath, [script, folder], {
    stdio: ["pipe", "pipe", "pipe"],
    ...(user === "root" ? {} : ordinary),
  })
  onTestFinished(async () => await end(child))
  return child
}

/** Ends a launcher in an orderly way. */
export async function end(child: ChildProcess): Promise<void> {
  child.stdin?.end()
  await whenGone(child)
}

/** Ends it as a power button would; its server stays. */
export async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL")
  await whenGone(child)
}

async function whenGone(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
}

/** Runs one statement over a fresh connection. */
export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

/** The SQLSTATE or system code with which a statement or its connection is refused. */
export async function refusalOf(url: string, text: string): Promise<string> {
  try {
    await query(url, text)
    return "none"
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}
