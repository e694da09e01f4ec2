/** The supervisor on real servers: as root, as an ordinary user, and after every kind of crash. */

import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { createInterface } from "node:readline"
import { type Writable } from "node:stream"

import { expect, onTestFinished, test } from "vitest"

import { type PostgresServer, startPostgres, type StartOptions } from "../src/index.ts"
import { identify } from "../src/process-identity.ts"
import { begin, end, isRoot, kill, launchAs, makeFolder, query, users } from "./launcher.ts"

const own = isRoot ? "root" : "ordinary"

/** A server of this very process, stopped at the test's end. */
async function start(folder: string, options?: Partial<StartOptions>): Promise<PostgresServer> {
  const server = await startPostgres({ folder, ...options })
  onTestFinished(async () => await server.stop())
  return server
}

function isGone(pid: number): boolean {
  return identify(pid) === undefined
}

for (const user of users) {
  test(`${user} starts a server under a private parent, in a path of 200 characters`, async () => {
    const parent = makeFolder(user)
    expect(statSync(parent).mode & 0o777).toBe(0o700)
    const folder = `${parent}/`.padEnd(200, "long-name-")
    const first = await launchAs(user, folder)
    expect(first.answer).toMatchObject({ how: "created" })
    expect(statSync(first.answer.socketFolder).mode & 0o777).toBe(0o700)
    expect(statSync(`${folder}/data`).mode & 0o777).toBe(0o700)
    expect(statSync(`${folder}/data`).uid).not.toBe(0)
    expect(await query(first.answer.urls.home, "select 1 as one")).toEqual([{ one: 1 }])
    await end(first.child)
    expect(isGone(first.answer.pid)).toBe(true)
    const second = await launchAs(user, folder)
    expect(second.answer.how).toBe("started")
  })

  test(`a server whose launcher was killed is adopted by ${user}, with all it holds`, async () => {
    const folder = makeFolder(user)
    const first = await launchAs(user, folder)
    const owner = first.answer.urls.deskOwner
    await query(owner, "create schema kept; create table kept.fact as select 7 as number")
    await kill(first.child)
    const second = await launchAs(user, folder)
    expect(second.answer).toMatchObject({ how: "adopted", pid: first.answer.pid })
    expect(await query(owner, "select number from kept.fact")).toEqual([{ number: 7 }])
    await end(second.child)
    expect(isGone(first.answer.pid)).toBe(true)
  })

  test(`a creation that ${user}'s launcher died in is thrown away and done again`, async () => {
    const folder = makeFolder(user)
    const first = begin(user, folder)
    // It says so before it begins; by then nothing is in place, and soon half of it will be.
    await once(createInterface(first.stderr!), "line", { signal: AbortSignal.timeout(60_000) })
    await kill(first)
    mkdirSync(`${folder}/data.init-1.dead`)
    expect(existsSync(`${folder}/data`)).toBe(false)
    const second = await launchAs(user, folder)
    expect(second.answer.how).toBe("created")
    expect(readdirSync(folder).filter((name) => name.includes("init"))).toEqual([])
  })
}

test("the cluster is checksummed, on a socket alone, and lets in nobody without a password", async () => {
  const folder = makeFolder(own)
  const server = await start(folder)
  const url = server.url("tl_admin", "postgres")
  const settings = await query(
    url,
    "select name, setting from pg_settings where name in ('data_checksums', 'listen_addresses', " +
      "'fsync', 'full_page_writes', 'synchronous_commit', 'server_encoding') order by name",
  )
  expect(settings).toEqual([
    { name: "data_checksums", setting: "on" },
    { name: "fsync", setting: "on" },
    { name: "full_page_writes", setting: "on" },
    { name: "listen_addresses", setting: "" },
    { name: "server_encoding", setting: "UTF8" },
    { name: "synchronous_commit", setting: "on" },
  ])
  expect(readFileSync(`${folder}/data/pg_hba.conf`, "utf8")).toBe("local all all scram-sha-256\n")
  const locale = "select datlocprovider as provider, datlocale as locale from pg_database"
  expect((await query(url, locale))[0]).toEqual({ provider: "b", locale: "C.UTF-8" })
})

test("secrets are for the launcher's user alone, and not in the server's arguments", async () => {
  const folder = makeFolder(own)
  const server = await start(folder)
  expect(statSync(`${folder}/secrets.json`).mode & 0o777).toBe(0o600)
  const visible = [
    readFileSync(`/proc/${server.pid}/cmdline`, "utf8"),
    readFileSync(`/proc/${server.pid}/environ`, "utf8"),
    readFileSync(`${folder}/server.log`, "utf8"),
  ].join()
  for (const password of Object.values(server.passwords)) expect(visible).not.toContain(password)
  expect(readdirSync(folder).filter((name) => name.startsWith("password"))).toEqual([])
})

test("a second launcher joins, and the last one out stops the server", async () => {
  const folder = makeFolder(own)
  const first = await start(folder)
  const second = await launchAs(own, folder)
  expect(second.answer).toMatchObject({ how: "joined", pid: first.pid })
  await first.stop()
  await first.stop()
  expect(isGone(first.pid)).toBe(false)
  expect(await query(second.answer.urls.gateway, "select 1 as one")).toEqual([{ one: 1 }])
  await end(second.child)
  expect(isGone(first.pid)).toBe(true)
})

test("launchers that start at once share one server", async () => {
  const folder = makeFolder(own)
  const launched = await Promise.all([1, 2, 3].map(async () => await launchAs(own, folder)))
  expect(new Set(launched.map(({ answer }) => answer.pid)).size).toBe(1)
  const origins = launched.map(({ answer }) => answer.how)
  expect(origins.filter((how) => how === "created")).toHaveLength(1)
  expect(origins.filter((how) => how === "joined")).toHaveLength(2)
})

test("what was committed outlives the killing of launcher and server together (I1)", async () => {
  const folder = makeFolder(own)
  const first = await launchAs(own, folder)
  const owner = first.answer.urls.deskOwner
  await query(owner, "create schema kept; create table kept.fact (number int)")
  for (let number = 1; number <= 20; number += 1) {
    await query(owner, `insert into kept.fact values (${number})`)
  }
  process.kill(first.answer.pid, "SIGKILL")
  await kill(first.child)
  const second = await launchAs(own, folder)
  expect(second.answer.how).toBe("started")
  expect(second.answer.pid).not.toBe(first.answer.pid)
  const count = await query(second.answer.urls.deskOwner, "select count(*) from kept.fact")
  expect(count).toEqual([{ count: "20" }])
})

test("the server's log is bounded, with one full file kept", async () => {
  const folder = makeFolder(own)
  await (await start(folder)).stop()
  writeFileSync(`${folder}/server.log`, "x".repeat(5_000_000))
  await start(folder)
  expect(statSync(`${folder}/server.log`).size).toBeLessThan(10_000)
  expect(statSync(`${folder}/server.log.1`).size).toBe(5_000_000)
})

for (const [file, line, setting] of [
  ["postgresql.conf", "fsync = off", "fsync is off"],
  ["postgresql.conf", "full_page_writes = off", "full_page_writes is off"],
  ["postgresql.auto.conf", "synchronous_commit = off", "synchronous_commit is off"],
] as const) {
  test(`a server set to ${line} in ${file} is refused and not left running`, async () => {
    const folder = makeFolder(own)
    const server = await start(folder)
    await server.stop()
    appendFileSync(`${folder}/data/${file}`, `${line}\n`)
    const starting = startPostgres({ folder })
    await expect(starting).rejects.toMatchObject({ code: "unsafe_settings" })
    await expect(starting).rejects.toThrow(setting)
    expect(existsSync(`${folder}/data/postmaster.pid`)).toBe(false)
  })
}

/** A living process of the server's user that is no server. */
function bystander(folder: string, script: string): ChildProcess {
  const { uid, gid } = statSync(`${folder}/data`)
  const drop = isRoot ? { uid, gid } : {}
  const child = spawn("sh", ["-c", script], {
    cwd: "/",
    stdio: ["pipe", "pipe", "inherit", "pipe"],
    ...drop,
  })
  onTestFinished(() => void child.kill("SIGKILL"))
  return child
}

/** The lock file that a server leaves behind which died with this id. */
function leaveLock(folder: string, pid: number, socketFolder: string): string {
  const path = `${folder}/data/postmaster.pid`
  const { uid, gid } = statSync(`${folder}/data`)
  const text = `${pid}\n${folder}/data\n1700000000\n5432\n${socketFolder}\n\n 1 1\nready   \n`
  writeFileSync(path, text, { mode: 0o600 })
  chownSync(path, uid, gid)
  return path
}

test("the lock of a dead server is retried while its id is another's, and left alone", async () => {
  const folder = makeFolder(own)
  const first = await start(folder)
  await first.stop()
  const other = bystander(folder, "echo; read line")
  await once(other.stdout!, "data")
  const path = leaveLock(folder, other.pid ?? 0, first.socketFolder)
  const text = readFileSync(path, "utf8")
  const refused = startPostgres({ folder, retryMs: 1_000 })
  await expect(refused).rejects.toMatchObject({ code: "start_timeout" })
  expect(readFileSync(path, "utf8")).toBe(text)
  expect(isGone(other.pid ?? 0)).toBe(false)
  // Ends while the next start is already trying.
  const onProgress = (): void => void other.stdin?.end()
  const second = await start(folder, { onProgress })
  expect(second.how).toBe("started")
})

test("the lock of a server that is still a zombie is retried until it is reaped", async () => {
  const folder = makeFolder(own)
  const first = await start(folder)
  await first.stop()
  // The child ends with descriptor 3; the shell reaps it only when it has read a line.
  const parent = bystander(folder, "read end <&3 & echo $!; read line; wait; read line")
  const [zombie] = (await once(createInterface(parent.stdout!), "line")) as [string]
  ;(parent.stdio[3] as Writable).end()
  const stat = (): string => readFileSync(`/proc/${zombie}/stat`, "utf8")
  // Its shell says nothing of the end: there is only the state to look at.
  await expect.poll(stat, { timeout: 60_000 }).toContain(") Z ")
  leaveLock(folder, Number(zombie), first.socketFolder)
  const onProgress = (): void => void parent.stdin?.write("\n")
  const second = await start(folder, { onProgress })
  expect(second.how).toBe("started")
  expect(readFileSync(`${folder}/server.log`, "utf8")).toContain("already exists")
})

test("a socket folder that somebody else made under the known name is not used", async () => {
  const folder = makeFolder(own)
  const first = await start(folder)
  await first.stop()
  expect(existsSync(first.socketFolder)).toBe(false)
  mkdirSync(first.socketFolder)
  chmodSync(first.socketFolder, 0o777)
  onTestFinished(() => rmSync(first.socketFolder, { recursive: true, force: true }))
  const second = await start(folder)
  expect(second.socketFolder).not.toBe(first.socketFolder)
})

test("a server that lost its socket and serves nobody is started again", async () => {
  const folder = makeFolder(own)
  const first = await launchAs(own, folder)
  await kill(first.child)
  rmSync(first.answer.socketFolder, { recursive: true })
  const second = await start(folder)
  expect(second.how).toBe("started")
  expect(isGone(first.answer.pid)).toBe(true)
})

test("a folder of another version or of something else is refused untouched", async () => {
  const folder = makeFolder(own)
  await (await start(folder)).stop()
  writeFileSync(`${folder}/data/PG_VERSION`, "17\n")
  await expect(startPostgres({ folder })).rejects.toMatchObject({ code: "foreign_folder" })
  rmSync(`${folder}/data/PG_VERSION`)
  await expect(startPostgres({ folder })).rejects.toMatchObject({ code: "foreign_folder" })
  expect(existsSync(`${folder}/data/global/pg_control`)).toBe(true)
})

test("a cluster whose secrets are gone is refused with what to do", async () => {
  const folder = makeFolder(own)
  await (await start(folder)).stop()
  rmSync(`${folder}/secrets.json`)
  await expect(startPostgres({ folder })).rejects.toMatchObject({ code: "secrets_lost" })
})

test("a path that is a file is refused with its name", async () => {
  const path = `${makeFolder(own)}/file`
  writeFileSync(path, "")
  await expect(startPostgres({ folder: path })).rejects.toMatchObject({ code: "path_problem" })
  await expect(startPostgres({ folder: path })).rejects.toThrow(path)
})
