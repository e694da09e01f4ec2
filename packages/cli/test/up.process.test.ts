import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs"

import { afterAll, afterEach, expect, test } from "vitest"

import { prepareRoles, startPostgres } from "@tearline/postgres"

import { initNode, launch, type NodeEvent, type RunningNode } from "../src/index.ts"
import { json, postmasterOf, runs, tearline, up, workFolder } from "./node-process.ts"
import { childrenOf, secretsOf, toldOf } from "./told.ts"

const soon = { timeout: 60_000, interval: 50 }
const work = workFolder()
const nodes: RunningNode[] = []
let count = 0

async function freshNode(): Promise<string> {
  count += 1
  const dir = `${work.path}/node-${count}`
  await initNode({ dir, name: "Alder", listen: { host: "127.0.0.1", port: 0 } })
  return dir
}

async function stateOf(dir: string): Promise<string> {
  return (await json<{ status: string }>(dir, "status")).status
}

afterEach(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
  nodes.length = 0
})

afterAll(() => work.remove())

test("Ctrl-C ends everything in order and leaves nothing running", async () => {
  const dir = await freshNode()
  const node = await up(dir)
  expect(statSync(dir).mode & 0o777).toBe(0o700)
  for (const pid of Object.values(node.pids)) expect(runs(pid)).toBe(true)
  node.signal("SIGINT")
  expect(await node.ended).toBe(0)
  for (const pid of Object.values(node.pids)) expect(runs(pid)).toBe(false)
  expect(postmasterOf(dir)).toBeUndefined()
  expect(existsSync(`${dir}/launcher.pid`)).toBe(false)
  expect((await tearline(dir, "status")).exit).toBe(3)
})

test("no key, token or password is in an argument or the environment of any process", async () => {
  // Elsewhere than on Linux there is no such place to look at.
  if (!existsSync("/proc/self/environ")) return
  const dir = await freshNode()
  const node = await up(dir)
  await expect.poll(() => stateOf(dir), soon).toBe("ready")
  const secrets = secretsOf(dir)
  // Five seeds, three TLS keys of several lines, a token and six passwords.
  expect(secrets.length).toBeGreaterThan(15)
  const { gateway, exchange, postgres } = node.pids
  const openers = childrenOf(exchange)
  expect(openers.map(toldOf).join("\n")).toContain("opener/main.ts")
  for (const pid of [node.pid, gateway, exchange, postgres, ...openers]) {
    const told = toldOf(pid)
    expect(told).toContain(pid === postgres ? "postgres" : "main.ts")
    for (const secret of secrets) expect(told.includes(secret), `process ${pid}`).toBe(false)
  }
  node.signal("SIGTERM")
  expect(await node.ended).toBe(0)
})

test("a second Ctrl-C says what is still being stopped", async () => {
  const node = await up(await freshNode(), [])
  node.signal("SIGINT")
  await expect.poll(() => node.said(), { ...soon, interval: 1 }).toContain("stopping…")
  node.signal("SIGINT")
  expect(await node.ended).toBe(0)
  expect(node.said()).toMatch(/still waiting for (exchange, )?(gateway, )?postgres/)
  expect(node.said()).toContain("stopped, nothing is left running")
})

test("a second launcher on the same folder is refused with the process of the first", async () => {
  const dir = await freshNode()
  const node = await up(dir)
  const second = await tearline(dir, "up", "--json")
  expect(second.exit).toBe(1)
  expect(JSON.parse(second.stderr)).toMatchObject({
    code: "already_running",
    message: `this node is already running, as process ${node.pid}`,
  })
  await expect.poll(() => stateOf(dir), soon).toBe("ready")
  node.signal("SIGTERM")
  expect(await node.ended).toBe(0)
})

test("when the launcher is killed its children end, and the next one takes over", async () => {
  const dir = await freshNode()
  const node = await up(dir)
  node.signal("SIGKILL")
  await node.ended
  await expect.poll(() => runs(node.pids.gateway) || runs(node.pids.exchange), soon).toBe(false)
  const next = await up(dir)
  await expect.poll(() => stateOf(dir), soon).toBe("ready")
  next.signal("SIGINT")
  expect(await next.ended).toBe(0)
  expect(runs(next.pids.postgres)).toBe(false)
})

test("a node runs on databases that it is given, under any length of path", async () => {
  const server = await startPostgres({ folder: `${work.path}/given` })
  try {
    const dir = `${work.path}/${"a-long-name-".repeat(10)}`
    const databases = await prepareRoles(server)
    await initNode({ dir, name: "Cedar", listen: { host: "127.0.0.1", port: 0 }, databases })
    const node = await up(dir)
    expect(node.pids.postgres).toBeUndefined()
    expect((await json<{ name: string }>(dir, "status")).name).toBe("Cedar")
    expect(existsSync(`${dir}/postgres`)).toBe(false)
    node.signal("SIGTERM")
    expect(await node.ended).toBe(0)
    expect(runs(server.pid)).toBe(true)
  } finally {
    await server.stop()
  }
})

test("a port that something else uses is said in words, and nothing is left running", async () => {
  const dir = await freshNode()
  const node = await up(dir)
  const other = await freshNode()
  const port = Number(new URL(node.endpoint).port)
  moveTo(other, port)
  const refused = await tearline(other, "up", "--json")
  expect(refused.exit).toBe(4)
  expect(JSON.parse(refused.stderr)).toMatchObject({
    code: "port_in_use",
    message: `something else listens on 127.0.0.1:${port}`,
  })
  expect(existsSync(`${other}/launcher.pid`)).toBe(false)
  node.signal("SIGTERM")
  await node.ended
})

function moveTo(dir: string, port: number): void {
  const config = JSON.parse(readFileSync(`${dir}/tearline.json`, "utf8")) as object
  const listen = { host: "127.0.0.1", port }
  writeFileSync(`${dir}/tearline.json`, JSON.stringify({ ...config, listen }))
}

interface Watched {
  readonly node: RunningNode
  readonly events: NodeEvent[]
}

async function watched(dir: string): Promise<Watched> {
  const events: NodeEvent[] = []
  const node = await launch({ dir, onEvent: (event) => events.push(event) })
  nodes.push(node)
  return { node, events }
}

test("after kill -9 of any process the node goes on by itself", async () => {
  const [alder, birch] = [await watched(await freshNode()), await watched(await freshNode())]
  for (const [one, other] of [
    [alder, birch],
    [birch, alder],
  ] as const) {
    const { invite, fingerprint } = await other.node.desk.invite()
    await one.node.desk.addPeer({ invite, fingerprint, officer: "ines", method: "in-person" })
  }
  for (const name of ["gateway", "exchange", "postgres"] as const) {
    const before = birch.node.pids[name] ?? 0
    birch.events.length = 0
    process.kill(before, "SIGKILL")
    const { threads } = await alder.node.desk.warn(warningTo(birch.node.org, name))
    const isBack = (): boolean =>
      birch.events.some((it) => it.process === name && it.kind === "ready")
    await expect.poll(isBack, soon).toBe(true)
    expect(birch.node.pids[name]).not.toBe(before)
    const ended = birch.events.filter((it) => it.kind === "exited" && it.process !== name)
    expect(ended, `no other process dies of the ${name}'s death`).toEqual([])
    const { thread } = threads[0] ?? { thread: "" }
    await expect
      .poll(async () => (await birch.node.desk.inbox()).lines.map((it) => it.thread), {
        ...soon,
        message: `the warning sent while the ${name} was dead`,
      })
      .toContain(thread)
  }
})

function warningTo(org: string, title: string) {
  const unknown = { state: "unknown" }
  const elements = { what: unknown, who: unknown, where: unknown, when: unknown, how: unknown }
  return {
    addressees: [{ org }],
    precedence: "FLASH",
    status: "test",
    officer: "ines",
    content: {
      title,
      threatToLife: false,
      elements: { ...elements, "how-sure": unknown, ask: unknown },
      marking: { tlp: "TLP:AMBER", pap: "PAP:AMBER" },
    },
  }
}
