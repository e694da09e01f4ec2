import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Server } from "node:net"

import { afterEach, beforeEach, expect, test } from "vitest"

import { Random } from "@tearline/sim"

import { BadLine, fates } from "../src/fault/bad-line.ts"

let echo: Server

beforeEach(async () => {
  echo = createServer((socket) => {
    socket.on("error", () => undefined)
    socket.pipe(socket)
  })
  echo.listen(0, "127.0.0.1")
  await once(echo, "listening")
})
afterEach(() => echo.close())

async function lineOf(seed: string): Promise<BadLine> {
  const line = await BadLine.listen(new Random(seed))
  line.leadTo((echo.address() as AddressInfo).port)
  return line
}

/** What comes back of what is said, until either side has had enough. */
async function echoed(line: BadLine, said: Buffer): Promise<Buffer> {
  const socket = connect(Number(new URL(line.endpoint).port), "127.0.0.1")
  const chunks: Buffer[] = []
  socket.on("error", () => undefined)
  socket.on("data", (chunk: Buffer) => chunks.push(chunk))
  socket.end(said)
  await once(socket, "close")
  return Buffer.concat(chunks)
}

test("a line that is good hands on every byte, both ways", async () => {
  await using line = await lineOf("good")
  const said = Buffer.alloc(300_000, "all of it ")
  expect(Buffer.compare(await echoed(line, said), said)).toBe(0)
  expect([...line.drawn].filter(([, count]) => count > 0)).toEqual([["good", 1]])
})

async function fatesOf(seed: string): Promise<unknown> {
  await using line = await lineOf(seed)
  line.turnBad()
  for (let count = 0; count < 12; count += 1) {
    const socket = connect(Number(new URL(line.endpoint).port), "127.0.0.1")
    socket.on("error", () => undefined)
    await once(socket, "connect")
    socket.destroy()
  }
  await expect.poll(() => [...line.drawn.values()].reduce((sum, it) => sum + it, 0)).toBe(12)
  return [...line.drawn].filter(([, count]) => count > 0)
}

test("a line that is bad draws the same fates out of the same seed", async () => {
  expect(await fatesOf("bad")).toEqual(await fatesOf("bad"))
})

test("a fate counts as met where it has struck, not where a connection has drawn it", async () => {
  await using line = await lineOf("struck")
  line.turnBad()
  // Each of the ten once; what is said is too short for those that strike later.
  for (let count = 0; count < fates.length; count += 1) await echoed(line, Buffer.from("short"))
  expect([...line.drawn.values()]).toEqual(fates.map(() => 1))
  const struck = fates.filter((it) => line.struck.get(it) === 1)
  expect(struck).toEqual(["good", "late", "dripping", "said twice"])
})
