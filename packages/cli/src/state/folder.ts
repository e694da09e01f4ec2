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
  /** Folders between exchange and gateway, where there is no line; each side's own, absolute. */
  readonly seam?: SeamConfig
}

interface SeamConfig {
  readonly exchange: SeamSide
  readonly gateway: SeamSide
  /** When nothing has come from the gateway's side for so long, the status says it; 2 if absent. */
  readonly silentAfterMinutes?: number
}

/** What one side writes into, and what it reads. */
interface SeamSide {
  readonly out: string
  readonly in: string
}

/** What each secret holds, all of it text. Of the others only their being objects is checked. */
const secretFields: Readonly<Record<string, readonly string[]>> = {
  gateway: ["seed"],
  exchange: ["seed"],
  kem: ["seed"],
  desk: ["token"],
  "tls-outer": ["certificate", "privateKey", "pin"],
  "tls-inner-gateway": ["certificate", "privateKey", "pin"],
  "tls-inner-exchange": ["certificate", "privateKey", "pin"],
  "tls-inner-courier": ["certificate", "privateKey", "pin"],
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

  /** Says where the gateway's inner listener is, while it runs. */
  get innerRecord(): string {
    return `${this.run}/inner-port`
  }

  /** Throws `not_running` where no launcher has written it. */
  innerPort(): number {
    const text = existsSync(this.innerRecord) ? this.#reading(this.innerRecord).toString() : ""
    if (/^\d{1,5}$/.test(text)) return Number(text)
    throw new CliError("not_running", `the node in ${this.dir} is not running`, {
      hint: `start it with: tearline up --dir ${this.dir}`,
    })
  }

  secret(name: string): string {
    return `${this.dir}/secrets/${name}.json`
  }

  statement(name: string): string {
    return `${this.dir}/statements/${name}.cbor`
  }

  config(): NodeConfig {
    const found = this.#json(this.configFile)
    mustHold(found, ["version"], this.configFile)
    if (found["version"] === 1) {
      mustHold(found, ["name", "org", "listen", "endpoint", "database"], this.configFile)
      mustHold(found["listen"], ["host", "port"], `${this.configFile}, at listen,`)
      if (found["seam"] !== undefined) mustHoldSeam(found["seam"], `${this.configFile}, at seam,`)
      return found as unknown as NodeConfig
    }
    const message = `${this.configFile} is of version ${JSON.stringify(found["version"])}`
    const hint = "this Tearline reads version 1; use the one that wrote it, or a newer one"
    throw new CliError("not_a_node", message, { hint })
  }

  deskToken(): string {
    return (this.readSecret("desk") as { token: string }).token
  }

  /** Throws `not_a_node` where it does not hold what it should; says nothing of what it holds. */
  readSecret(name: string): unknown {
    const path = this.secret(name)
    const found = parsedSecret(this.#reading(path).toString("utf8"), path)
    const fields = secretFields[name] ?? []
    mustHold(found, fields, path)
    for (const field of fields) if (!isText(found[field])) throw damaged(path, field)
    return found
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

const isText = (value: unknown): boolean => typeof value === "string" && value !== ""

function parsedSecret(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // The parser's own message quotes the text.
    throw new CliError("not_a_node", `${path} is not JSON`, { hint: restoreHint })
  }
}

const restoreHint = "restore the file from a backup of this node"

function mustHoldSeam(seam: unknown, at: string): void {
  mustHold(seam, ["exchange", "gateway"], at)
  const { exchange, gateway } = seam as { readonly exchange: unknown; readonly gateway: unknown }
  for (const side of [exchange, gateway]) mustHold(side, ["out", "in"], at)
  const { silentAfterMinutes: minutes = 2 } = seam as { readonly silentAfterMinutes?: unknown }
  if (typeof minutes !== "number" || minutes <= 0) throw damaged(at, "silentAfterMinutes")
}

function mustHold(
  value: unknown,
  fields: readonly string[],
  path: string,
): asserts value is Readonly<Record<string, unknown>> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value)
  if (!isObject) throw new CliError("not_a_node", `${path} is no object`, { hint: restoreHint })
  const missing = fields.find((it) => !Object.hasOwn(value, it))
  if (missing !== undefined) throw damaged(path, missing)
}

function damaged(path: string, field: string): CliError {
  const message = `${path} has no ${field}, or one of another form`
  return new CliError("not_a_node", message, { hint: restoreHint })
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
      hint: `name its folder with --dir, bring back its tearline.json from the backup, or make a new node with: tearline init --name NAME --dir ${folder.dir}`,
      cause: error,
    })
  }
  return folder
}
