/**
 * The diagnostics of one process: lines of JSON in a file that never grows beyond its bound.
 *
 * What a process writes otherwise, such as the trace of a crash, may quote content. Of that only
 * the kind of error and the places in the code are kept.
 */

import { appendFileSync, renameSync, statSync, truncateSync } from "node:fs"

import { systemCode } from "../cli-error.ts"

/** The present file and the one before it have at most this many bytes each. */
const fileBytesMax = 4 * 1024 * 1024
const lineCharactersMax = 8_192

export interface Diagnostic {
  readonly at: string
  readonly level: string
  readonly event: string
  readonly [more: string]: unknown
}

export class BoundedLog {
  readonly #path: string
  #bytes: number

  constructor(path: string) {
    this.#path = path
    this.#bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  }

  /** Keeps a line that a process wrote, as far as it may be kept; gives what was kept. */
  take(line: string): Diagnostic | undefined {
    const kept = diagnosticOf(line) ?? traceOf(line)
    if (kept !== undefined) this.write(kept)
    return kept
  }

  /** A full disk must not end the node that it threatens: the line is lost. */
  write(diagnostic: Diagnostic): void {
    const line = Buffer.from(`${JSON.stringify(diagnostic)}\n`)
    try {
      if (this.#bytes + line.length > fileBytesMax) this.#turnOver()
      appendFileSync(this.#path, line, { mode: 0o600 })
      this.#bytes += line.length
    } catch (error) {
      if (systemCode(error) === undefined) throw error
      this.#dropTorn()
    }
  }

  /** A disk may fill up in the middle of a line, which the next one would then be glued to. */
  #dropTorn(): void {
    try {
      truncateSync(this.#path, this.#bytes)
    } catch (error) {
      if (systemCode(error) === undefined) throw error
    }
  }

  #turnOver(): void {
    renameSync(this.#path, `${this.#path}.1`)
    this.#bytes = 0
  }
}

function diagnosticOf(line: string): Diagnostic | undefined {
  if (!line.startsWith("{") || line.length > lineCharactersMax) return undefined
  try {
    const value = JSON.parse(line) as Partial<Diagnostic>
    const { at, level, event } = value
    const isOne = typeof at === "string" && typeof level === "string" && typeof event === "string"
    return isOne ? { ...value, at, level, event } : undefined
  } catch {
    return undefined
  }
}

const errorName = /^(?:Uncaught )?([A-Z]\w{0,60}(?:Error|Exception))\b/
const errorCode = /^\s+code: '([A-Za-z_0-9]{1,60})'/
const frame = /^\s+at (?:.{0,200} \()?((?:file:\/\/|node:)[^\s()]{1,400})\)?$/

function traceOf(line: string): Diagnostic | undefined {
  const found = {
    error: errorName.exec(line)?.[1],
    code: errorCode.exec(line)?.[1],
    place: frame.exec(line)?.[1],
  }
  const said = Object.entries(found).filter(([, value]) => value !== undefined)
  if (said.length === 0) return undefined
  const head = { at: new Date().toISOString(), level: "error", event: "trace" }
  return { ...head, ...Object.fromEntries(said) }
}
