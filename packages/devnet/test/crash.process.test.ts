/** Processes killed in the middle of an episode, and programs that are stopped. */

import { execFileSync } from "node:child_process"

import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { episodeOf, perform } from "@tearline/devnet"

import { newFolder, openTestNetwork, Program, removeFolder } from "./devnet-process.ts"
import { Killer } from "./killer.ts"

const episode = episodeOf("saint-petersburg-2017")
const startMs = Date.parse("2017-12-12T09:00:00+03:00")
const plainStyle = { bold: String, faint: String, alarm: String, good: String }

/** Seventeen restarts in a row; only there to stop a hang on a machine that has other work. */
const playMsMax = 600_000
const ended = { timeout: 60_000, interval: 50 }

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

/** Every process that an act goes through; each act takes the next of them. */
const victims = (["gateway", "exchange", "postgres"] as const).flatMap((process) =>
  (["alder", "birch"] as const).map((party) => ({ party, process })),
)
const acts = episode.steps.filter((step) => step.kind === "act")

describe("an episode ends closed when at every act a process is killed at its work", () => {
  it.each([0, 3])(
    "the victims in turn, beginning with number %i",
    async (first) => {
      await using stack = new AsyncDisposableStack()
      const network = await openTestNetwork(folder, startMs)
      stack.defer(() => network.stop())
      const killers = victims.map((victim) => new Killer(network, victim))
      const killed: string[] = []
      const kills: Promise<void>[] = []
      const { verdict } = await perform(network, {
        episode,
        style: plainStyle,
        columns: 80,
        print: () => undefined,
        onAsking: ({ id }) => {
          const killer = killers[(first + acts.findIndex((act) => act.id === id)) % killers.length]
          kills.push(killer?.atWork().then(() => void killed.push(id)) ?? Promise.resolve())
        },
      })
      expect(killed).toEqual(acts.map(({ id }) => id))
      await Promise.all(kills)
      expect(verdict).toMatchObject({ state: "closed", overdue: 0 })
    },
    playMsMax,
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

  // Each line is a moment of the start: before anything runs, keys, databases, links, all is up.
  it.each([
    ["starting Alder", "SIGINT"],
    ["making keys", "SIGTERM"],
    ["creating the database", "SIGINT"],
    ["introducing", "SIGTERM"],
    ["ready after", "SIGINT"],
  ] as const)('leave nothing running when asked to stop at "%s" by %s', async (moment, name) => {
    const program = new Program("start", ["--dir", folder, "--no-episode"])
    await program.printed(moment)
    program.child.kill(name)
    const { code, lines } = await program.ended
    expect(lines.at(-1)).toBe("stopped, nothing is left running")
    expect(code).toBe(0)
    expect(left()).toEqual([])
  })

  it.each(["making keys", "creating the database", "introducing"])(
    'leave nothing running when an episode is interrupted at "%s"',
    async (moment) => {
      const program = new Program("episode", [episode.name, "--dir", folder])
      await program.printed(moment)
      program.child.kill("SIGINT")
      const { code, errors } = await program.ended
      expect(errors.trimEnd().split("\n").at(-1)).toBe("interrupted; nothing is left running")
      expect(code).toBe(130)
      expect(left()).toEqual([])
    },
  )

  it("end by themselves when the program that started them is killed", async () => {
    const program = new Program("start", ["--dir", folder, "--no-episode"])
    await program.printed("tearline -- help")
    const running = childrenOf(program.child.pid ?? 0)
    program.child.kill("SIGKILL")
    await program.ended
    // Nobody but a parent hears that a process has ended, and theirs is dead: there is no event.
    await expect.poll(() => running.filter(isAlive), ended).toEqual([])
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
