/**
 * `power-cut`: the power fails at a node, or at both, in the middle of traffic, again and again.
 *
 * Each node's state lies on a disk of its own whose power is cut; then every process is killed, the
 * disk is checked and mounted, and the node started as an operator would.
 */

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { setTimeout as pause } from "node:timers/promises"

import { Deck } from "../fault/deck.ts"
import { callerOfShutdown, LoopDisk, losesUnflushed } from "../fault/loop-disk.ts"
import { Traffic } from "../load/traffic.ts"
import { OutsideNode } from "../node/outside-node.ts"
import { introduce } from "../node/trial-node.ts"
import { judgement } from "../reckoning/judgement.ts"
import { Ledger } from "../reckoning/ledger.ts"
import type { Outcome, Run, Scenario } from "../scenario.ts"
import { enough } from "./enough.ts"
import { linuxOnly, programs, rootOnly } from "./needs.ts"

const diskMegabytes = 1_024
const width = 12
/** So long an act is waited for that is asked and not answered. */
const inHandMsMax = 10_000

interface Site {
  readonly node: OutsideNode
  readonly disk: LoopDisk
}

export const powerCut: Scenario = {
  name: "power-cut",
  says: "the power fails at one node or both, and unflushed writes are gone; nothing acknowledged is",
  counts: {
    rounds: { usual: 50, says: "power cuts" },
    acts: { usual: 30, says: "acts acknowledged before each cut" },
  },
  missing,
  limitMs: (count) => 300_000 + count("rounds") * (20_000 + 200 * count("acts")),
  run: cutting,
}

async function missing(): Promise<readonly string[]> {
  const lacks = [
    ...linuxOnly(),
    ...rootOnly("it mounts file systems and cuts their power"),
    ...programs("mkfs.ext4", "e2fsck", "mount", "umount"),
    ...(callerOfShutdown() === undefined ? ["perl or python3, to cut a file system's power"] : []),
  ]
  return lacks.length > 0 ? lacks : await canary()
}

async function canary(): Promise<readonly string[]> {
  const folder = mkdtempSync(`${tmpdir()}/tearline-canary-`)
  const need = "loop devices and an ext4 whose power can be cut"
  try {
    if (await losesUnflushed(folder)) return []
    return [`${need}: here a cut kept what was never flushed, or lost what was`]
  } catch (error) {
    const said = error instanceof Error ? error.message.trim().split("\n").at(-1) : ""
    return [`${need}: ${said ?? ""}`]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function cutting(run: Run): Promise<Outcome> {
  await using stack = new AsyncDisposableStack()
  const sites: Site[] = []
  for (const name of ["Alder", "Birch"]) {
    const disk = stack.use(LoopDisk.make(run.folder, name.toLowerCase(), diskMegabytes))
    const node = stack.use(new OutsideNode({ name, dir: `${disk.path}/node` }))
    sites.push({ node, disk })
  }
  run.progress("starting both")
  await Promise.all(sites.map(({ node }) => node.start()))
  const [alder, birch] = sites
  if (alder === undefined || birch === undefined) throw new RangeError("there are two sites")
  const nodes = [alder.node, birch.node] as const
  await introduce(nodes)
  const ledger = new Ledger()
  const traffic = new Traffic({ nodes, ledger, random: run.random.split("traffic"), width })
  const deck = new Deck([[alder], [birch], [alder, birch]], run.random.split("deck"))
  const wrong: string[] = []
  const inHand: number[] = []
  traffic.start()
  try {
    for (let round = 1; round <= run.count("rounds"); round += 1) {
      wrong.push(...(await enough(run, ledger)))
      // At no particular moment of a commit.
      await pause(run.random.below(200))
      const struck = deck.deal()
      inHand.push(await askedOf(run, traffic, struck))
      await Promise.all(struck.map((site) => strike(site)))
      const names = struck.map(({ node }) => node.name).join(" and ")
      const cuts = `${round} of ${run.count("rounds")} cuts`
      run.progress(`${cuts}, ${ledger.acknowledged} acknowledged: ${names}`)
    }
  } finally {
    await traffic.stop()
  }
  const idle = inHand.filter((it) => it === 0).length
  if (idle > 0) wrong.push(`${idle} cuts struck a node that nobody asked anything`)
  run.note(`acts in hand at a cut: ${Math.min(...inHand)} to ${Math.max(...inHand)}`)
  const what = `${run.count("rounds")} power cuts`
  return await judgement(run, { what, nodes, ledger, wrong, figures: { inHand } })
}

/** How many acts these have been asked for and not answered, once there is one. */
async function askedOf(run: Run, traffic: Traffic, struck: readonly Site[]): Promise<number> {
  const endMs = performance.now() + inHandMsMax
  for (;;) {
    run.signal.throwIfAborted()
    const count = struck.reduce((sum, { node }) => sum + traffic.asking(node), 0)
    if (count > 0 || performance.now() > endMs) return count
    await pause(1)
  }
}

async function strike({ node, disk }: Site): Promise<void> {
  // First the disk: whatever a process says between this and its death, it says without one.
  disk.cut()
  await node.kill()
  await disk.recover()
  await node.start()
}
