/** A line to a gateway that can be cut: connections go through it, are refused, or fall silent. */

import { connect, createServer, type Server, type Socket } from "node:net"

export type Cut = "none" | "refusing" | "silent"

export class Line implements AsyncDisposable {
  readonly #sockets = new Set<Socket>()
  readonly #waiting: Socket[] = []
  #server: Server | undefined
  #port = 0
  #target = 0
  #cut: Cut = "none"

  /** `https://host:port` for peers. */
  get endpoint(): string {
    return `https://127.0.0.1:${this.#port}`
  }

  /** Takes connections from now on; they wait until it leads somewhere. */
  async open(): Promise<void> {
    const server = createServer({ pauseOnConnect: true }, (socket) => this.#take(socket))
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    server.once("error", reject)
    server.listen(this.#port, "127.0.0.1", resolve)
    await promise
    const address = server.address()
    if (typeof address === "object" && address !== null) this.#port = address.port
    this.#server = server
  }

  leadTo(port: number): void {
    this.#target = port
    this.#pass()
  }

  /** Connections that there are end where it refuses, and stand still where it is silent. */
  async cut(how: Cut): Promise<void> {
    const before = this.#cut
    this.#cut = how
    if (how === "refusing") {
      this.#server?.close()
      this.#server = undefined
      for (const socket of this.#sockets) socket.destroy()
    }
    if (how === "silent") for (const socket of this.#sockets) socket.pause()
    if (how !== "none") return
    if (before === "refusing") await this.open()
    for (const socket of this.#sockets) socket.resume()
    this.#pass()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server?.close()
    for (const socket of this.#sockets) socket.destroy()
    for (const socket of this.#waiting) socket.destroy()
  }

  #take(socket: Socket): void {
    socket.on("error", () => socket.destroy())
    this.#waiting.push(socket)
    this.#pass()
  }

  #pass(): void {
    if (this.#cut !== "none" || this.#target === 0) return
    for (const socket of this.#waiting.splice(0)) this.#join(socket)
  }

  #join(near: Socket): void {
    const far = connect(this.#target, "127.0.0.1")
    const both = [near, far] as const
    for (const socket of both) {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on("error", () => socket.destroy())
      socket.once("close", () => {
        this.#sockets.delete(socket)
        for (const it of both) it.destroy()
      })
    }
    // By hand, since a pipe would start a paused stream again.
    near.on("data", (bytes) => far.write(bytes))
    far.on("data", (bytes) => near.write(bytes))
    near.resume()
  }
}
