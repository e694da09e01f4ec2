/** Who is let in by TLS, and whom we send a byte to. */

import { once } from "node:events"
import { createServer, request } from "node:https"
import type { AddressInfo } from "node:net"
import { type ConnectionOptions, type TLSSocket, connect } from "node:tls"

import { expect, onTestFinished, test } from "vitest"

import { pinOfCertificate, selfSignedIdentity } from "../src/index.ts"
import { type RunningListener, newApp, startListener } from "../src/listener.ts"
import { PinnedAgent, pinOfSocket } from "../src/tls.ts"

const server = selfSignedIdentity()
const client = selfSignedIdentity()

interface Listening extends RunningListener {
  readonly pins: (string | undefined)[]
}

async function listening(): Promise<Listening> {
  const pins: (string | undefined)[] = []
  const app = newApp()
  app.all("*", (c) => {
    pins.push(pinOfSocket(c.env.incoming.socket))
    return c.text("seen")
  })
  const config = { host: "127.0.0.1", port: 0, tls: server }
  const listener = await startListener({
    config,
    app,
    connections: { countMax: 10, ownerCountMax: 10, strangerCountMax: 10 },
    knownPinOf: () => undefined,
  })
  onTestFinished(() => listener.close())
  return { ...listener, pins }
}

/** Connects with other options than ours, and gives the code of the error, or the socket. */
async function dial(port: number, options: ConnectionOptions): Promise<TLSSocket | string> {
  const socket = connect({
    host: "127.0.0.1",
    port,
    rejectUnauthorized: false,
    cert: client.certificate,
    key: client.privateKey,
    ...options,
  })
  onTestFinished(() => void socket.destroy())
  try {
    await once(socket, "secureConnect")
    return socket
  } catch (error) {
    return (error as { code: string }).code
  }
}

function agentTrusting(pin: string): PinnedAgent {
  const isTrusted = (it: string) => it === pin
  const agent = new PinnedAgent({ identity: client, isTrusted, socketsMax: 1 })
  onTestFinished(() => agent.destroy())
  return agent
}

async function ask(port: number, agent: PinnedAgent): Promise<string> {
  const outgoing = request({ host: "127.0.0.1", port, agent })
  outgoing.end()
  try {
    const [answer] = (await once(outgoing, "response")) as [NodeJS.ReadableStream]
    answer.resume()
    await once(answer, "end")
    return "answered"
  } catch (error) {
    return (error as { code: string }).code
  }
}

test("TLS 1.2, or a key exchange without ML-KEM, is refused (M-CAR-1)", async () => {
  const { port } = await listening()
  expect(await dial(port, { maxVersion: "TLSv1.2" })).toMatch(/^ERR_SSL_.*PROTOCOL_VERSION$/)
  expect(await dial(port, { ecdhCurve: "X25519" })).toBe("ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE")
  const socket = await dial(port, { ecdhCurve: "X25519MLKEM768" })
  expect(socket).toMatchObject({ authorized: false })
})

test("both sides see the pin of the other, and the pin is that of the key", async () => {
  const { port, pins } = await listening()
  expect(await ask(port, agentTrusting(server.pin))).toBe("answered")
  expect(pins).toEqual([client.pin])
  expect(pinOfCertificate(client.certificate)).toBe(client.pin)
})

test("a server with another key than the pinned one gets no request (M-CAR-2)", async () => {
  const { port, pins } = await listening()
  expect(await ask(port, agentTrusting(client.pin))).toBe("peer_untrusted")
  expect(pins).toEqual([])
})

test("a server without our group gets no request (M-CAR-1)", async () => {
  const plain = createServer(
    { cert: server.certificate, key: server.privateKey, ecdhCurve: "X25519" },
    (_, outgoing) => outgoing.end(),
  )
  plain.listen(0, "127.0.0.1")
  await once(plain, "listening")
  onTestFinished(() => void plain.close())
  const { port } = plain.address() as AddressInfo
  expect(await ask(port, agentTrusting(server.pin))).toMatch(/^ERR_SSL|^ECONNRESET/)
})

test("a resumed session still shows its pin to the server (M-CAR-2)", async () => {
  const { port, pins } = await listening()
  const options = { ecdhCurve: "X25519MLKEM768", ALPNProtocols: ["http/1.1"] }
  const first = (await dial(port, options)) as TLSSocket
  first.resume()
  const [session] = (await once(first, "session")) as [Buffer]
  const second = (await dial(port, { ...options, session })) as TLSSocket
  second.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n")
  await once(second, "data")
  expect(second.isSessionReused(), "the test is void if it was not resumed").toBe(true)
  expect(pins).toEqual([client.pin])
})

test("our own connections are never resumed, so that each shows its certificate (M-CAR-2)", async () => {
  const { port } = await listening()
  for (let count = 0; count < 3; count += 1) {
    const agent = agentTrusting(server.pin)
    expect(await ask(port, agent)).toBe("answered")
    agent.destroy()
  }
  const agent = agentTrusting(server.pin)
  const reused: boolean[] = []
  agent.on("free", (socket: TLSSocket) => {
    reused.push(socket.isSessionReused())
    socket.destroy()
  })
  await ask(port, agent)
  await ask(port, agent)
  expect(reused).toEqual([false, false])
})
