import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"

import { Client } from "pg"
import { afterAll, beforeAll, expect, test } from "vitest"

import { assertDurable, discard, migrate } from "@tearline/store"

import { query, type Role, startTestServer, type TestServer } from "./database.ts"
import { schemaOf } from "./schema.ts"

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => {
  await server.stop()
  for (const folder of folders) rmSync(folder, { recursive: true })
})

const folders: string[] = []

const databases = [
  { database: "gateway", name: "tl_gateway" },
  { database: "desk", name: "tl_desk" },
] as const

function folderOf(database: "gateway" | "desk"): string {
  const folder = mkdtempSync(`${tmpdir()}/tearline-sql-`)
  folders.push(folder)
  cpSync(new URL(`../sql/${database}`, import.meta.url), folder, { recursive: true })
  return folder
}

function filesOf(database: "gateway" | "desk"): readonly string[] {
  return readdirSync(new URL(`../sql/${database}`, import.meta.url)).toSorted()
}

test("a second run applies nothing", async () => {
  for (const { database, name } of databases) {
    const url = server.url("tl_owner", await server.clone(name))
    expect(await migrate({ url, database })).toEqual([])
  }
})

test("a new file is applied once, however many launchers come at the same time", async () => {
  const url = server.url("tl_owner", await server.clone("tl_desk"))
  const folder = folderOf("desk")
  writeFileSync(`${folder}/9001.sql`, "create table exchange.second (id int primary key);")
  const told: string[] = []
  const onProgress = (message: string) => told.push(message)
  const options = { url, database: "desk", folder, onProgress } as const
  const runs = await Promise.all([1, 2, 3].map(async () => await migrate(options)))
  expect(runs.flat()).toEqual(["9001.sql"])
  expect(told).toEqual(["database desk: applied 9001.sql"])
})

test("three launchers may come first at the same time", async () => {
  const name = "tl_gateway_fresh"
  await query(server.url("tl_admin", "postgres"), [`create database ${name} owner tl_owner`])
  const url = server.url("tl_owner", name)
  const runs = await Promise.all(
    [1, 2, 3].map(async () => await migrate({ url, database: "gateway" })),
  )
  expect(runs.flat().toSorted()).toEqual(filesOf("gateway"))
})

test("an applied file that has changed is refused, and so is a database of a newer program", async () => {
  const url = server.url("tl_owner", await server.clone("tl_desk"))
  const folder = folderOf("desk")
  writeFileSync(`${folder}/0001.sql`, "create schema other;")
  await expect(migrate({ url, database: "desk", folder })).rejects.toMatchObject({
    code: "migration_changed",
  })
  const newer = folderOf("desk")
  writeFileSync(`${newer}/9001.sql`, "create schema second;")
  await migrate({ url, database: "desk", folder: newer })
  await expect(migrate({ url, database: "desk" })).rejects.toMatchObject({
    code: "migration_unknown",
  })
})

test("a file that fails half way leaves nothing behind", async () => {
  const url = server.url("tl_owner", await server.clone("tl_gateway"))
  const folder = folderOf("gateway")
  writeFileSync(`${folder}/9001.sql`, "create schema half; select 1 / 0;")
  const run = migrate({ url, database: "gateway", folder })
  await expect(run).rejects.toMatchObject({ name: "StoreError", sqlState: "22012" })
  expect(await query(url, ["select from pg_namespace where nspname = 'half'"])).toEqual([])
  writeFileSync(`${folder}/9001.sql`, "create schema half;")
  expect(await migrate({ url, database: "gateway", folder })).toEqual(["9001.sql"])
})

test("a database that was discarded is migrated again from nothing", async () => {
  const url = server.url("tl_owner", await server.clone("tl_desk"))
  await discard(url)
  await discard(url)
  expect(await migrate({ url, database: "desk" })).toEqual(filesOf("desk"))
})

test("numbers held beyond a gap become runs, in every list of a link", async () => {
  const name = "tl_desk_of_numbers"
  await query(server.url("tl_admin", "postgres"), [`create database ${name} owner tl_owner`])
  const url = server.url("tl_owner", name)
  const folder = folderOf("desk")
  for (const file of filesOf("desk").filter((it) => it > "0002.sql")) rmSync(`${folder}/${file}`)
  await migrate({ url, database: "desk", folder })
  const states = [
    '{"held":[{"upTo":3,"beyond":[7,12,9]},{"upTo":0,"beyond":[]}],"told":{"beyond":[2]}}',
    "{}",
  ]
  const rows = states.map((it, at) => `(decode('0${at}', 'hex'), 1, '${it}')`)
  await query(url, [`insert into exchange.link values ${rows.join()}`])
  await migrate({ url, database: "desk" })
  const after = await query(url, ["select state from exchange.link order by peer"])
  expect(after.map((it) => JSON.parse(String(it["state"])) as unknown)).toEqual([
    {
      held: [
        {
          upTo: 3,
          beyond: [
            [7, 7],
            [12, 12],
            [9, 9],
          ],
        },
        { upTo: 0, beyond: [] },
      ],
      told: { beyond: [[2, 2]] },
    },
    {},
  ])
})

test("what was written before messages had a sum has one, of the bytes that are there", async () => {
  const name = "tl_desk_of_sums"
  await query(server.url("tl_admin", "postgres"), [`create database ${name} owner tl_owner`])
  const url = server.url("tl_owner", name)
  const folder = folderOf("desk")
  for (const file of filesOf("desk").filter((it) => it > "0003.sql")) rmSync(`${folder}/${file}`)
  await migrate({ url, database: "desk", folder })
  await query(url, [
    `insert into exchange.message (peer, id, digest, direction, kind, author, epoch, number, at_ms,
      learned_at_ms, signed, part) values ('b', 'i', 'd', 'in', 'heartbeat', 'b', 1, 1, 1, 1, 'ab', 'c')`,
  ])
  await migrate({ url, database: "desk" })
  const [row] = await query(url, ["select sum = sha256('abc') as is_sum from exchange.message"])
  expect(row).toEqual({ is_sum: true })
})

test("what was written before openings had a sum has one, and where there is none none", async () => {
  const name = "tl_desk_of_openings"
  await query(server.url("tl_admin", "postgres"), [`create database ${name} owner tl_owner`])
  const url = server.url("tl_owner", name)
  const folder = folderOf("desk")
  for (const file of filesOf("desk").filter((it) => it > "0004.sql")) rmSync(`${folder}/${file}`)
  await migrate({ url, database: "desk", folder })
  const same = "'d', 'in', 'heartbeat', 'b', 1, 1, 1, 1, 'ab', 'c', 's'"
  await query(url, [
    `insert into exchange.message (peer, id, digest, direction, kind, author, epoch, number, at_ms,
      learned_at_ms, signed, part, sum, opening)
      values ('b', 'i', ${same}, 'o'), ('b', 'j', ${same}, null)`,
  ])
  await migrate({ url, database: "desk" })
  const rows = await query(url, [
    "select opening_sum = sha256('o') as is_sum from exchange.message order by id",
  ])
  expect(rows).toEqual([{ is_sum: true }, { is_sum: null }])
})

test("schema.sql shows the databases as the migrations make them", async () => {
  const parts = databases.map(async ({ name }) => await schemaOf(server.url("tl_owner", name)))
  const text = (await Promise.all(parts)).join("\n")
  await expect(text).toMatchFileSnapshot("../sql/schema.sql")
})

const running = ["tl_gateway", "tl_exchange", "tl_home", "tl_bridge"] as const
const schemas = {
  gateway: "tl_gateway",
  exchange: "tl_exchange",
  home: "tl_home",
  bridge: "tl_bridge",
}

test("every role reaches its own database alone", async () => {
  const reached: string[] = []
  for (const role of running) {
    for (const { name } of databases) {
      const code = await query(server.url(role, name), ["select 1"]).then(
        () => "reached",
        (error: unknown) => (error as { code: string }).code,
      )
      reached.push(`${role} ${name} ${code}`)
    }
  }
  expect(reached).toEqual([
    "tl_gateway tl_gateway reached",
    "tl_gateway tl_desk 42501",
    "tl_exchange tl_gateway 42501",
    "tl_exchange tl_desk reached",
    "tl_home tl_gateway 42501",
    "tl_home tl_desk reached",
    "tl_bridge tl_gateway 42501",
    "tl_bridge tl_desk reached",
  ])
})

test("every role sees its own schema alone, owns nothing and may make nothing", async () => {
  for (const role of running) {
    const home = role === "tl_gateway" ? "tl_gateway" : "tl_desk"
    const url = server.url(role, home)
    const [seen] = await query(url, [
      `select array_agg(nspname::text order by nspname) as schemas from pg_namespace
        where has_schema_privilege(oid, 'usage') and nspname !~ '^pg_|^information_schema$'`,
    ])
    const own = Object.entries(schemas).find(([, it]) => it === role)?.[0]
    expect(seen?.["schemas"], role).toEqual([own])
    const [owned] = await query(url, [
      `select (select count(*) from pg_class where relowner = current_user::regrole)
        + (select count(*) from pg_namespace where nspowner = current_user::regrole) as things`,
    ])
    expect(owned?.["things"], role).toBe("0")
    for (const statement of [
      `create table ${own}.x ()`,
      "create schema x",
      "create temp table x ()",
    ]) {
      await expect(query(url, [statement]), statement).rejects.toMatchObject({ code: "42501" })
    }
  }
})

test("no role changes or deletes what was said, nor reads the migrations", async () => {
  const refused: [Role, string, string][] = [
    ["tl_gateway", "tl_gateway", "delete from gateway.arrival"],
    ["tl_gateway", "tl_gateway", "update gateway.arrival set unit = ''"],
    ["tl_gateway", "tl_gateway", "update gateway.refused set code = ''"],
    ["tl_gateway", "tl_gateway", "truncate gateway.arrival"],
    ["tl_gateway", "tl_gateway", "select * from store.migration"],
    ["tl_exchange", "tl_desk", "select * from store.migration"],
    ["tl_exchange", "tl_desk", "delete from exchange.thread"],
    ["tl_exchange", "tl_desk", "delete from exchange.obligation"],
    ["tl_home", "tl_desk", "select * from exchange.message"],
    ["tl_bridge", "tl_desk", "select * from exchange.thread"],
    ...["message", "arrival", "custody", "refusal", "act"].flatMap(
      (it): [Role, string, string][] => [
        ["tl_exchange", "tl_desk", `delete from exchange.${it}`],
        ["tl_exchange", "tl_desk", `truncate exchange.${it}`],
        ["tl_exchange", "tl_desk", `update exchange.${it} set at_ms = 0`],
      ],
    ),
  ]
  for (const [role, database, statement] of refused) {
    const attempt = query(server.url(role, database), [statement])
    await expect(attempt, `${role}: ${statement}`).rejects.toThrow(
      /permission denied|does not exist/,
    )
  }
})

test("a server that may lose what it acknowledged is refused", async () => {
  const database = await server.clone("tl_gateway")
  const client = new Client({ connectionString: server.url("tl_gateway", database) })
  await client.connect()
  await assertDurable(client)
  await client.query("set synchronous_commit = off")
  await expect(assertDurable(client)).rejects.toMatchObject({
    code: "unsafe_settings",
    message: expect.stringContaining("synchronous_commit is off, not on") as string,
  })
  await client.end()
})
