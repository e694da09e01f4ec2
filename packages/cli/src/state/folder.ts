/**
 * Where everything of a node lies.
 *
 * Public configuration apart from secrets, and secrets apart from each other, so that the root key
 * can be moved offline and a backup of the configuration gives nothing away.
 */

import { existsSync, readFileSync } from "node:fs"
import { resolve } from "node:path"

import { CliError, fileError } from "../cli-error.ts"
import { parseJson } from "../json-file.ts"

/** Public configuration of a node: `tearline.json`. Holds no secret. */
export interface NodeConfig {
  readonly version: 1
  readonly name: string
  /** Organisation id, in hexadecimal. */
  readonly org: string
  /** Where the gateway listens for other gateways. */
  readonly listen: { readonly host: string; readonly port: number }
  /** What peers are told: https://host:port. */
  readonly endpoint: string
  /** `embedded`, or `external` with the URLs in `secrets/database.json`. */
  readonly database: "embedded" | "external"
}

/** Longest path of a Unix socket that every platform takes, in bytes. */
const socketPathBytesMax = 103

/** The state folder of a node, read when asked. */
export class NodeFolder {
  /** Absolute. */
  readonly dir: string

  constructor(dir: string) {
    this.dir = resolve(dir)
  }

  get configFile(): string {
    return `${this.dir}/tearline.json`
  }

  get lockFile(): string {
    return `${this.dir}/launcher.pid`
  }

  get postgres(): string {
    return `${this.dir}/postgres`
  }

  get logs(): string {
    return `${this.dir}/logs`
  }

  get run(): string {
    return `${this.dir}/run`
  }

  /** Names the folder of the desk's socket when `run` has too long a path for one. */
  get socketRecord(): string {
    return `${this.run}/socket-folder`
  }

  secret(name: string): string {
    return `${this.dir}/secrets/${name}.json`
  }

  statement(name: string): string {
    return `${this.dir}/statements/${name}.cbor`
  }

  config(): NodeConfig {
    const config = this.#json(this.configFile) as NodeConfig
    if (config.version === 1) return config
    const message = `${this.configFile} is of version ${String(config.version)}`
    const hint = "this Tearline reads version 1; use the one that wrote it, or a newer one"
    throw new CliError("not_a_node", message, { hint })
  }

  deskToken(): string {
    return (this.readSecret("desk") as { token: string }).token
  }

  readSecret(name: string): unknown {
    return this.#json(this.secret(name))
  }

  readStatement(name: string): Uint8Array {
    return this.#reading(this.statement(name))
  }

  /** The desk's socket: in `run`, or where the launcher recorded that it is. */
  deskSocket(): string {
    const usual = `${this.run}/desk.sock`
    if (Buffer.byteLength(usual) <= socketPathBytesMax) return usual
    if (!existsSync(this.socketRecord)) return usual
    return `${this.#reading(this.socketRecord).toString("utf8").trim()}/desk.sock`
  }

  /** Whether a socket fits into `run`. */
  get hasShortPath(): boolean {
    return Buffer.byteLength(`${this.run}/desk.sock`) <= socketPathBytesMax
  }

  #json(path: string): unknown {
    return parseJson(this.#reading(path).toString("utf8"), path)
  }

  #reading(path: string): Buffer {
    try {
      return readFileSync(path)
    } catch (error) {
      throw fileError(error, path, "read")
    }
  }
}

/** The folder of a node that `tearline init` has made. Throws `not_a_node`. */
export function openNodeFolder(dir: string): NodeFolder {
  const folder = new NodeFolder(dir)
  try {
    readFileSync(folder.configFile)
  } catch (error) {
    const said = fileError(error, folder.configFile, "read")
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw said
    throw new CliError("not_a_node", `there is no node in ${folder.dir}`, {
      hint: `make one with: tearline init --name NAME --dir ${folder.dir}, or name its folder with --dir`,
      cause: error,
    })
  }
  return folder
}
