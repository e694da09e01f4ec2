/** System calls that fail, out of `strace`: the call is not made, and whoever made it hears EIO. */

import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync, rmSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"

import { ran } from "./command.ts"

/** A call, and which of those that each process makes from now on is to fail. */
export interface Failing {
  readonly call: string
  readonly at: number
}

/**
 * The command before another that makes it, and all that it starts, fail so. `output`: a file for
 * what is seen, which `failuresIn` reads.
 */
export function failingFromTheStart(failing: Failing, output: string): readonly string[] {
  return ["strace", "-f", "--seccomp-bpf", "-qq", "-o", output, ...injecting(failing)]
}

/** How many calls have failed so, of those whose line holds `part`. */
export function failuresIn(output: string, part = ""): number {
  if (!existsSync(output)) return 0
  const lines = readFileSync(output, "utf8").split("\n")
  return lines.filter((it) => it.includes("(INJECTED)") && it.includes(part)).length
}

function injecting({ call, at }: Failing): readonly string[] {
  return ["-e", `trace=${call}`, "-e", `inject=${call}:error=EIO:when=${at}`]
}

/** Whether processes can be watched here at all. */
export function canInject(): boolean {
  try {
    ran("strace", "-qq", "-o", "/dev/null", ...injecting({ call: "fsync", at: 1 }), "true")
    return true
  } catch {
    return false
  }
}

const attachMsMax = 10_000

/** A watch on running processes that makes one call of theirs fail. */
export class IoFault implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #output: string

  private constructor(child: ChildProcess, output: string) {
    this.#child = child
    this.#output = output
  }

  /** Resolves when all of them are watched. `output`: a file for what is seen. */
  static async on(pids: readonly number[], failing: Failing, output: string): Promise<IoFault> {
    rmSync(output, { force: true })
    const each = pids.flatMap((pid) => ["-p", String(pid)])
    const child = spawn("strace", ["-y", "-o", output, ...injecting(failing), ...each], {
      stdio: ["ignore", "ignore", "pipe"],
    })
    let said = ""
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()))
    child.on("error", () => undefined)
    const fault = new IoFault(child, output)
    const endMs = performance.now() + attachMsMax
    // It says so of each; one that has ended since is of no more use to anybody.
    while (said.split("attached").length + said.split("attach:").length - 2 < pids.length) {
      if (performance.now() > endMs || child.exitCode !== null) break
      await pause(10)
    }
    return fault
  }

  /** How many calls have failed so on files whose path holds this. */
  hitsOn(part: string): number {
    return failuresIn(this.#output, part)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, "exit")
    this.#child.kill("SIGINT")
    await ended
  }
}
