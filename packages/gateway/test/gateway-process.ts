import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import type { Readable, Writable } from "node:stream"

import type { GatewayConfig } from "../src/index.ts"
import { gatewayFlags } from "../src/launch-flags.ts"

const codeRoot = new URL("../../..", import.meta.url).pathname.replace(/\/$/, "")
const realMain = new URL("../src/main.ts", import.meta.url).pathname

export interface StartOptions {
  /** A program to run instead; for a test of what the process may do. */
  readonly main?: string
}

export interface GatewayProcess {
  readonly child: ChildProcess
  readonly outerPort: number
  readonly innerPort: number
  /** Everything that it has written: standard output, then diagnostics. */
  readonly output: string[]
  readonly diagnostics: string[]
  /** Ends the pipe by which the process knows that its launcher is there. */
  leave(): void
  kill(signal: "SIGTERM" | "SIGKILL"): Promise<number | null>
}

/** Starts the gateway as the launcher does, under the permission flags, and waits until ready. */
export async function startGateway(
  config: GatewayConfig,
  { main = realMain }: StartOptions = {},
): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [...gatewayFlags({ codeRoot }), main], {
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
    env: {},
  })
  const [, stdout, stderr, configuration, launcher] = child.stdio as unknown as [
    null,
    Readable,
    Readable,
    Writable,
    Writable,
  ]
  launcher.on("error", () => undefined)
  const output: string[] = []
  const diagnostics: string[] = []
  createInterface(stderr).on("line", (line) => diagnostics.push(line))
  const lines = createInterface(stdout)
  lines.on("line", (line) => output.push(line))
  configuration.end(JSON.stringify(config))
  const ended = once(child, "exit").then(() => undefined)
  const ready = (await Promise.race([once(lines, "line"), ended])) as [string] | undefined
  if (ready === undefined) throw new Error(`the gateway has ended: ${diagnostics.join("\n")}`)
  const ports = JSON.parse(ready[0]) as { outerPort: number; innerPort: number }
  return {
    child,
    output,
    diagnostics,
    ...ports,
    leave: () => launcher.destroy(),
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      child.kill(signal)
      await ended
      return child.exitCode
    },
  }
}
