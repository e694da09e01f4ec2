/** What each role may and may not, tried on a real server as that role. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"

import { Client } from "pg"
import { afterAll, beforeAll, expect, test } from "vitest"

import {
  checkSafety,
  type PostgresServer,
  prepareRoles,
  type RoleUrls,
  startPostgres,
} from "../src/index.ts"
import { query, refusalOf } from "./launcher.ts"

const folder = mkdtempSync(`${tmpdir()}/tearline-test-`)
let server: PostgresServer
let urls: RoleUrls

beforeAll(async () => {
  server = await startPostgres({ folder })
  urls = await prepareRoles(server)
})

afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

const databases = ["tl_gateway", "tl_desk", "postgres", "template1"] as const

const homes = {
  tl_owner: ["tl_gateway", "tl_desk"],
  tl_gateway: ["tl_gateway"],
  tl_exchange: ["tl_desk"],
  tl_home: ["tl_desk"],
  tl_bridge: ["tl_desk"],
} as const

const runningRoles = ["tl_gateway", "tl_exchange", "tl_home", "tl_bridge"] as const

test("every role connects to its own database and to no other", async () => {
  for (const [role, allowed] of Object.entries(homes)) {
    for (const database of databases) {
      const refusal = await refusalOf(server.url(role as keyof typeof homes, database), "select 1")
      const isAllowed = (allowed as readonly string[]).includes(database)
      expect(refusal, `${role} to ${database}`).toBe(isAllowed ? "none" : "42501")
    }
  }
})

test("nobody enters with a wrong password or none", async () => {
  for (const role of Object.keys(homes)) {
    const url = server.url(role as keyof typeof homes, "tl_desk")
    expect(await refusalOf(url.replace(/:[^:@]+@/, ":wrong@"), "select 1")).toBe("28P01")
  }
})

test("a role that runs owns nothing, makes nothing and becomes nobody else", async () => {
  const attempts = [
    "create schema mine",
    "create table public.mine ()",
    "create temporary table mine ()",
    "create role mine",
    "create database mine",
    "set role tl_owner",
    "set session authorization tl_admin",
    "set log_min_messages = debug5",
    "copy (select 1) to program 'true'",
    "select pg_read_file('/etc/passwd')",
  ]
  for (const role of runningRoles) {
    const url = server.url(role, homes[role][0])
    for (const attempt of attempts) {
      expect(await refusalOf(url, attempt), `${role}: ${attempt}`).toBe("42501")
    }
  }
})

test("the owner can migrate both databases and is no superuser", async () => {
  for (const url of [urls.gatewayOwner, urls.deskOwner]) {
    await query(
      url,
      "create schema trial; create table trial.thing (id int); drop schema trial cascade",
    )
    expect(await query(url, "select current_setting('is_superuser') as it")).toEqual([
      { it: "off" },
    ])
    expect(await refusalOf(url, "create role mine")).toBe("42501")
  }
})

test("preparing again changes nothing, also when two do it at once", async () => {
  const stored = "select rolname, rolpassword from pg_authid where rolname like 'tl%' order by 1"
  const admin = server.url("tl_admin", "postgres")
  const before = await query(admin, stored)
  expect(await Promise.all([prepareRoles(server), prepareRoles(server)])).toEqual([urls, urls])
  expect(await query(admin, stored)).toEqual(before)
})

test("a role that was widened by hand is narrowed again", async () => {
  const admin = server.url("tl_admin", "postgres")
  await query(admin, "alter role tl_bridge superuser createdb password 'other'")
  await query(admin, "grant connect on database tl_desk to public")
  await prepareRoles(server)
  expect(await refusalOf(urls.bridge, "create database mine")).toBe("42501")
  expect(await refusalOf(server.url("tl_gateway", "tl_desk"), "select 1")).toBe("42501")
})

test("a role cannot take the connections of another", async () => {
  const bridges = Array.from({ length: 6 }, () => new Client({ connectionString: urls.bridge }))
  const opened = await Promise.allSettled(bridges.map(async (it) => await it.connect()))
  const refused = opened.filter((it) => it.status === "rejected")
  const other = await refusalOf(urls.exchange, "select 1")
  await Promise.all(bridges.map(async (it) => await it.end()))
  // Four at most; a connection just closed may still count against them for a moment.
  expect(refused.length).toBeGreaterThanOrEqual(2)
  expect(refused.map(({ reason }) => (reason as { code?: string }).code)).toContain("53300")
  expect(other).toBe("none")
})

test("no statement, value or key of a role reaches the server's log", async () => {
  const secret = "the-content-of-a-warning"
  await query(urls.deskOwner, "create schema s; create table s.t (k text primary key)")
  await query(urls.deskOwner, "grant usage on schema s to tl_exchange")
  await query(urls.deskOwner, "grant insert on s.t to tl_exchange")
  const insert = `insert into s.t values ('${secret}')`
  expect(await refusalOf(urls.exchange, insert)).toBe("none")
  expect(await refusalOf(urls.exchange, insert)).toBe("23505")
  expect(await refusalOf(urls.exchange, `select '${secret}'::uuid`)).toBe("22P02")
  expect(await refusalOf(urls.exchange, `do $$ begin raise warning '${secret}'; end $$`)).toBe(
    "none",
  )
  expect(await refusalOf(urls.deskOwner, insert)).toBe("23505")
  expect(readFileSync(`${folder}/server.log`, "utf8")).not.toContain(secret)
})

async function check(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await checkSafety(client).finally(async () => await client.end())
}

test("the self-check runs as any role and sees what is set for that role alone", async () => {
  await check(urls.gateway)
  const admin = server.url("tl_admin", "postgres")
  await query(admin, "alter role tl_home set synchronous_commit = off")
  await expect(check(urls.home)).rejects.toMatchObject({ code: "unsafe_settings" })
  await query(admin, "alter role tl_home reset synchronous_commit")
  await check(urls.home)
})
