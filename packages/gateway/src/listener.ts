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
import { type ConnectionLimits, Connections } from "./connections.ts"
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
  /** Of connections whose handshake is done; the others are counted apart. */
  readonly connections: ConnectionLimits
  /** The pin that it shows, where that is known; asked once, when its handshake is done. */
  readonly knownPinOf: (socket: TLSSocket) => string | undefined
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
  const connections = new Connections(options.connections)
  const server = createServer({ ...listenerTls(config.tls), ...limits }, (incoming, outgoing) => {
    const { socket } = incoming
    connections.begun(socket)
    outgoing.once("close", () => connections.ended(socket))
    void listener(incoming, outgoing)
  })
  const handshakes = new Handshakes(() => performance.now())
  server.on("connection", (socket) => handshakes.started(socket))
  server.on("secureConnection", (socket) => {
    handshakes.finished(socket)
    // A reset is no event of ours; without a listener it would end the process.
    socket.on("error", () => socket.destroy())
    connections.established(socket, options.knownPinOf(socket))
  })
  await listening(server, config)
  return {
    port: (server.address() as AddressInfo).port,
    close: () => closed(server, handshakes),
  }
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
