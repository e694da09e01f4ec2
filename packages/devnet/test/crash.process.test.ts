/** Processes killed in the middle of an episode, and programs that are stopped. */

import { execFileSync } from "node:child_process"

import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { episodeOf, perform } from "@tearline/devnet"

import { newFolder, openTestNetwork, Program, removeFolder } from "./devnet-process.ts"

const episode = episodeOf("saint-petersburg-2017")
const startMs = Date.parse("2017-12-12T09:00:00+03:00")
const plainStyle = { bold: String, faint: String, alarm: String, good: String }

let folder = ""
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => removeFolder(folder))

/** Processes whose command line or environment names the folder, zombies aside. */
function left(): readonly string[] {
  const all = execFileSync("ps", ["-eo", "pid=,stat=,args="]).toString().split("\n")
  return all.filter((line) => line.includes(folder) && !/^\s*\d+ Z/.test(line))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    const stat = execFileSync("ps", ["-o", "stat=", "-p", String(pid)]).toString()
    return !stat.startsWith("Z")
  } catch {
    return false
  }
}

async function untilGone(pids: readonly number[]): Promise<void> {
  const { setTimeout: pause } = await import("node:timers/promises")
  while (pids.some(isAlive)) await pause(50)
}

describe("an episode ends closed", () => {
  it.each(["gateway", "exchange", "postgres"] as const)(
    "when a %s of each side is killed in the middle",
    async (victim) => {
      await using stack = new AsyncDisposableStack()
      const network = await openTestNetwork(folder, startMs)
      stack.defer(() => network.stop())
      const killed: number[] = []
      const kill = (party: "alder" | "birch") => {
        const pid = network.parties[party].node.pids[victim]
        if (pid === undefined) return
        killed.push(pid)
        process.kill(pid, "SIGKILL")
      }
      const { verdict } = await perform(network, {
        episode,
        style: plainStyle,
        columns: 80,
        print: (line) => {
          // A moment later, so that the next act is under way.
          if (line.includes("an owner takes it")) setTimeout(() => kill("birch"), 20)
          if (line.includes("proposes what the press")) setTimeout(() => kill("alder"), 20)
        },
      })
      expect(killed).toHaveLength(2)
      expect(verdict).toMatchObject({ state: "closed", overdue: 0 })
    },
  )
})

describe("the three organisations", () => {
  it("stay up after the episode, and Ctrl-C leaves nothing running", async () => {
    const network = await openTestNetwork(folder, startMs)
    await network.stop()
    const program = new Program("start", ["--dir", folder])
    await program.printed("tearline -- help")
    const running = childrenOf(program.child.pid ?? 0)
    expect(running.length).toBeGreaterThanOrEqual(6)
    program.child.kill("SIGINT")
    const { code, lines } = await program.ended
    expect(lines.at(-1)).toBe("stopped, nothing is left running")
    expect(code).toBe(0)
    expect(running.filter(isAlive)).toEqual([])
    expect(left()).toEqual([])
  })

  it("end by themselves when the program that started them is killed", async () => {
    const program = new Program("start", ["--dir", folder, "--no-episode"])
    await program.printed("tearline -- help")
    const running = childrenOf(program.child.pid ?? 0)
    program.child.kill("SIGKILL")
    await program.ended
    await untilGone(running)
    expect(running.filter(isAlive)).toEqual([])
    // Database servers outlive a killed launcher on purpose: the next start finds and ends them.
    const network = await openTestNetwork(folder, startMs)
    await network.stop()
    expect(left()).toEqual([])
  })

  it("refuse a second devnet on the same folder, and name the first", async () => {
    await using stack = new AsyncDisposableStack()
    const network = await openTestNetwork(folder, startMs)
    stack.defer(() => network.stop())
    const { code, errors } = await new Program("start", ["--dir", folder]).ended
    expect(errors).toContain(`already runs on ${folder}, as process ${process.pid}`)
    expect(code).toBe(1)
  })
})

/** Every process below, but the database servers, which on purpose outlive a launcher. */
function childrenOf(pid: number): readonly number[] {
  const all = execFileSync("ps", ["-eo", "pid=,ppid=,args="]).toString().trim().split("\n")
  const rows = all.map((line) => line.trim().split(/\s+/))
  const found: number[] = []
  const open = [pid]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const [child, parent, ...args] of rows) {
      if (Number(parent) !== at || args.join(" ").includes("postgres")) continue
      found.push(Number(child))
      open.push(Number(child))
    }
  }
  return found
}
