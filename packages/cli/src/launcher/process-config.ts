/** What each process is told at its start: its own keys and its own database, nothing of others. */

import { existsSync } from "node:fs"

import type { GatewayConfig, TlsIdentity } from "@tearline/gateway"
import type { RoleUrls } from "@tearline/postgres"

import type { NodeConfig, NodeFolder } from "../state/folder.ts"

interface PinnedIdentity extends TlsIdentity {
  readonly pin: string
}

interface Seed {
  readonly seed: string
}

const tlsOf = (folder: NodeFolder, name: string): PinnedIdentity =>
  folder.readSecret(name) as PinnedIdentity

const containerOf = ({ certificate, privateKey }: TlsIdentity): TlsIdentity => ({
  certificate,
  privateKey,
})

/** The gateway's document. `innerPort`: 0 at first, then the one that it was given. */
export function gatewayConfig(
  folder: NodeFolder,
  urls: RoleUrls,
  innerPort: number,
): GatewayConfig {
  const { org, listen } = folder.config()
  return {
    org,
    gatewayKey: (folder.readSecret("gateway") as Seed).seed,
    outer: { ...listen, tls: containerOf(tlsOf(folder, "tls-outer")) },
    inner: {
      host: "127.0.0.1",
      port: innerPort,
      tls: containerOf(tlsOf(folder, "tls-inner-gateway")),
      exchangePin: tlsOf(folder, "tls-inner-exchange").pin,
      courierPin: tlsOf(folder, "tls-inner-courier").pin,
    },
    databaseUrl: urls.gateway,
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")

function innerLineOf(folder: NodeFolder, innerPort: number): object {
  return {
    endpoint: `https://127.0.0.1:${innerPort}`,
    pins: [tlsOf(folder, "tls-inner-gateway").pin],
    tls: containerOf(tlsOf(folder, "tls-inner-exchange")),
  }
}

/** The mover's document: for a node with folders between its halves. */
export function moverConfig(folder: NodeFolder, innerPort: number): object {
  return { folders: folder.config().seam?.gateway, gateway: innerLineOf(folder, innerPort) }
}

function insideOf({ exchange, silentAfterMinutes }: NonNullable<NodeConfig["seam"]>): object {
  if (silentAfterMinutes === undefined) return exchange
  return { ...exchange, silentAfterMs: silentAfterMinutes * 60_000 }
}

/** The exchange's document. */
export function exchangeConfig(folder: NodeFolder, urls: RoleUrls, innerPort: number): object {
  const { org, name, seam } = folder.config()
  const isRestored = existsSync(folder.statement("restore"))
  return {
    org,
    name,
    ...(isRestored ? { restore: base64(folder.readStatement("restore")) } : {}),
    identity: [base64(folder.readStatement("identity"))],
    operations: base64(folder.readStatement("operations")),
    exchangeKey: (folder.readSecret("exchange") as Seed).seed,
    kemSeeds: [(folder.readSecret("kem") as Seed).seed],
    gateway: innerLineOf(folder, innerPort),
    ...(seam === undefined ? {} : { seam: insideOf(seam) }),
    databaseUrl: urls.exchange,
    desk: { socket: folder.deskSocket(), token: folder.deskToken() },
  }
}
