/**
 * An HTTPS server around a Hono application, with the limits that keep a slow or silent caller from
 * holding anything for long.
 */

import { createServer, type Server } from "node:https"
import type { AddressInfo } from "node:net"
import type { TLSSocket } from "node:tls"

import { getRequestListener, type HttpBindings } from "@hono/node-server"
import { Hono } from "hono"

import type { ListenerConfig } from "./config.ts"
import { Handshakes } from "./handshakes.ts"
import { listenerTls } from "./tls.ts"

export type App = Hono<{ Bindings: HttpBindings }>

export function newApp(): App {
  return new Hono<{ Bindings: HttpBindings }>()
}

export interface RunningListener {
  readonly port: number
  /** Stops accepting, lets requests in hand finish, then closes every connection. */
  close(): Promise<void>
}

export interface ListenerOptions {
  readonly config: ListenerConfig
  readonly app: App
  /** Of those whose handshake is done; the others are counted apart. */
  readonly connectionsMax: number
  /** Called once a connection's handshake is done; may destroy it. */
  readonly onConnection: (socket: TLSSocket) => void
}

const limits = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  // Longer than the callers' own idle limit, so that it is they who close.
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 8192,
}
const closingSweepMs = 20
const closingMsMax = 3000

export async function startListener(options: ListenerOptions): Promise<RunningListener> {
  const { config, app } = options
  const listener = getRequestListener(app.fetch)
  const server = createServer({ ...listenerTls(config.tls), ...limits }, (incoming, outgoing) => {
    void listener(incoming, outgoing)
  })
  const handshakes = new Handshakes(() => performance.now())
  watchConnections(server, handshakes, options)
  await listening(server, config)
  return {
    port: (server.address() as AddressInfo).port,
    close: () => closed(server, handshakes),
  }
}

function watchConnections(server: Server, handshakes: Handshakes, options: ListenerOptions): void {
  const { connectionsMax, onConnection } = options
  let established = 0
  server.on("connection", (socket) => handshakes.started(socket))
  server.on("secureConnection", (socket) => {
    handshakes.finished(socket)
    // A reset is no event of ours; without a listener it would end the process.
    socket.on("error", () => socket.destroy())
    if (established >= connectionsMax) {
      socket.destroy()
      return
    }
    established += 1
    socket.once("close", () => {
      established -= 1
    })
    onConnection(socket)
  })
}

function listening(server: Server, { host, port }: ListenerConfig): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once("error", reject)
  server.listen({ host, port }, () => {
    server.removeListener("error", reject)
    resolve()
  })
  return promise
}

async function closed(server: Server, handshakes: Handshakes): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  handshakes.close()
  // A kept connection becomes idle when its request ends, and then nothing else would close it.
  const sweep = setInterval(() => server.closeIdleConnections(), closingSweepMs)
  const limit = setTimeout(() => server.closeAllConnections(), closingMsMax)
  await promise
  clearInterval(sweep)
  clearTimeout(limit)
}
