/** The desk's client against a node that closes kept connections, as nodes do with idle ones. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"

import { expect, test } from "vitest"

import { DeskClient } from "../src/desk/client.ts"
import { NodeFolder } from "../src/state/folder.ts"

const answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]"

test("a question on a connection that the node has just closed is asked again", async () => {
  const dir = mkdtempSync(`${tmpdir()}/tearline-desk-`)
  mkdirSync(`${dir}/run`)
  mkdirSync(`${dir}/secrets`)
  writeFileSync(`${dir}/secrets/desk.json`, JSON.stringify({ token: "t".repeat(43) }))
  let asked = 0
  // Answers the first question of each connection as if it would keep it, and dies at the second.
  const server = createServer((socket) => {
    let isFirst = true
    socket.on("error", () => undefined)
    socket.on("data", () => {
      asked += 1
      if (isFirst) socket.write(answer)
      else socket.destroy()
      isFirst = false
    })
  })
  const folder = new NodeFolder(dir)
  const listening = Promise.withResolvers<void>()
  server.listen(folder.deskSocket(), listening.resolve)
  await listening.promise
  const desk = new DeskClient(folder)
  try {
    expect(await desk.peers()).toEqual([])
    expect(await desk.peers()).toEqual([])
    expect(asked).toBe(3)
  } finally {
    desk.close()
    server.close()
    rmSync(dir, { recursive: true, force: true })
  }
})
