/** Whole organisations for tests: keys, statements and configurations of both their processes. */

import { execFileSync } from "node:child_process"
import { createHash, randomBytes } from "node:crypto"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"

import { kinds, type OrgId } from "@tearline/core"
import {
  fingerprint,
  generateKemSeed,
  generateSigningKey,
  kemKeyFromSeed,
  seedOfSigningKey,
  signIdentity,
  signOperations,
  type SigningKey,
} from "@tearline/crypto"
import { prepareRoles, startPostgres } from "@tearline/postgres"
import { migrate } from "@tearline/store"

import type { ExchangeConfig } from "../src/index.ts"

interface Tls {
  readonly certificate: string
  readonly privateKey: string
  readonly pin: string
}

const root = new URL("../../..", import.meta.url).pathname

/** Certificates as the launcher makes them, by the gateway's own code in a process of its own. */
function tlsIdentities(count: number): Tls[] {
  const program =
    `import { selfSignedIdentity } from "${root}packages/gateway/src/index.ts"\n` +
    `console.log(JSON.stringify(Array.from({ length: ${count} }, () => selfSignedIdentity())))`
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", program]
  return JSON.parse(execFileSync(process.execPath, flags, { encoding: "utf8" })) as Tls[]
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")
const seed = (key: SigningKey): string => base64(seedOfSigningKey(key))

/** What it takes to seal as an organisation, and to one. */
export interface Keys {
  readonly org: OrgId
  readonly exchangeKey: SigningKey
  readonly gatewayKey: SigningKey
  readonly kemSeed: Uint8Array
}

export function keys(rootKey: SigningKey = generateSigningKey()): Keys {
  return {
    org: rootKey.verifying.id.toHex() as OrgId,
    exchangeKey: generateSigningKey(),
    gatewayKey: generateSigningKey(),
    kemSeed: generateKemSeed(),
  }
}

export interface Organisation extends Keys {
  readonly rootKey: SigningKey
  readonly name: string
  readonly fingerprint: string
  readonly outerPort: number
  /** Everything but the database and the ports. */
  readonly parts: {
    readonly identity: Uint8Array
    readonly operations: Uint8Array
    readonly outer: Tls
    readonly inner: Tls
    readonly exchange: Tls
  }
}

export interface OrganisationOptions {
  readonly name?: string
  readonly heartbeatSeconds?: number
  /** What the statement says, instead of a key that opens. */
  readonly kemPublicKey?: Uint8Array
}

export async function organisation(options: OrganisationOptions = {}): Promise<Organisation> {
  const { name = "Alder", heartbeatSeconds = 3600 } = options
  const rootKey = generateSigningKey()
  const own = keys(rootKey)
  const { exchangeKey, gatewayKey, kemSeed } = own
  const [outer, inner, exchange] = tlsIdentities(3) as [Tls, Tls, Tls]
  const outerPort = await freePort()
  const nowSeconds = Math.floor(Date.now() / 1000)
  const org = rootKey.verifying.id
  const identity = signIdentity(rootKey, {
    org,
    name,
    version: 1,
    previousHash: null,
    rootPublicKey: rootKey.verifying.publicKey,
    nextRootHash: createHash("sha256").update("next").digest(),
    exchangePublicKey: exchangeKey.verifying.publicKey,
    notBefore: nowSeconds - 86_400,
    notAfter: nowSeconds + 86_400_000,
    status: "active",
    reason: null,
  })
  const operations = signOperations(exchangeKey, {
    org,
    version: 1,
    issuedSeconds: nowSeconds,
    gatewayPublicKey: gatewayKey.verifying.publicKey,
    tlsPin: Buffer.from(outer.pin, "hex"),
    nextTlsPin: null,
    fallbackKemPublicKey: options.kemPublicKey ?? (await kemKeyFromSeed(kemSeed)).public.publicKey,
    endpoints: [`https://127.0.0.1:${outerPort}`],
    carriers: ["https"],
    kinds: Object.fromEntries(Object.keys(kinds).map((kind) => [kind, [1]])),
    heartbeatSeconds,
    dutyTelephone: "+00 0000",
  })
  return {
    ...own,
    rootKey,
    name,
    fingerprint: fingerprint(rootKey.verifying.publicKey),
    outerPort,
    parts: { identity, operations, outer, inner, exchange },
  }
}

export interface Database {
  readonly gateway: string
  readonly exchange: string
  end(): Promise<void>
}

/** A real server with both databases of a node. */
export async function nodeDatabase(): Promise<Database> {
  const folder = mkdtempSync(`${tmpdir()}/tearline-exchange-`)
  const server = await startPostgres({ folder })
  const urls = await prepareRoles(server)
  await migrate({ url: urls.gatewayOwner, database: "gateway" })
  await migrate({ url: urls.deskOwner, database: "desk" })
  return {
    gateway: urls.gateway,
    exchange: urls.exchange,
    async end() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function container({ certificate, privateKey }: Tls): Omit<Tls, "pin"> {
  return { certificate, privateKey }
}

/** The document that the launcher would give the gateway. */
export function gatewayDocument(own: Organisation, database: Database, innerPort: number): object {
  const { outer, inner, exchange } = own.parts
  const host = "127.0.0.1"
  return {
    org: own.org,
    gatewayKey: seed(own.gatewayKey),
    outer: { host, port: own.outerPort, tls: container(outer) },
    inner: { host, port: innerPort, tls: container(inner), exchangePin: exchange.pin },
    databaseUrl: database.gateway,
  }
}

export interface ExchangeOptions {
  readonly innerPort?: number
  readonly socket?: string
}

/** The document that the launcher would give the exchange. */
export function exchangeDocument(
  own: Organisation,
  databaseUrl: string,
  { innerPort = 1, socket = deskSocket() }: ExchangeOptions = {},
): ExchangeConfig {
  const { identity, operations, inner, exchange } = own.parts
  const { certificate, privateKey } = exchange
  return {
    org: own.org,
    name: own.name,
    identity: [base64(identity)],
    operations: base64(operations),
    exchangeKey: seed(own.exchangeKey),
    kemSeeds: [base64(own.kemSeed)],
    gateway: {
      endpoint: `https://127.0.0.1:${innerPort}`,
      pins: [inner.pin],
      tls: { certificate, privateKey },
    },
    databaseUrl,
    desk: { socket, token: randomBytes(32).toString("base64url") },
  }
}

/** A path for a desk's socket, in a private folder. */
function deskSocket(): string {
  return `${mkdtempSync(`${tmpdir()}/tl-desk-`)}/desk.sock`
}
