/** Two real nodes, Alder and Birch, for the tests of one file; others may join them. */

import { basename } from "node:path"

import type { WarningMade } from "../src/index.ts"
import { json, type Up, up, workFolder } from "./node-process.ts"

export class TwoNodes {
  readonly path: string
  readonly alder: string
  readonly birch: string
  readonly #remove: () => void
  readonly #running = new Map<string, Up>()

  constructor() {
    const { path, remove } = workFolder()
    this.path = path
    this.alder = `${path}/alder`
    this.birch = `${path}/birch`
    this.#remove = remove
  }

  /** Makes and starts both; `flags` are those of `init`, for each of them. */
  async start(flags: Readonly<Record<"alder" | "birch", readonly string[]>> = none): Promise<void> {
    await this.join("Alder", flags.alder)
    await this.join("Birch", flags.birch)
  }

  /** Makes and starts one, and gives its state folder. */
  async join(name: string, flags: readonly string[] = []): Promise<string> {
    const dir = `${this.path}/${name.toLowerCase()}`
    await json(dir, "init", "--name", name, "--listen", "127.0.0.1:0", ...flags)
    await this.up(dir)
    return dir
  }

  async up(dir: string): Promise<void> {
    this.#running.set(dir, await up(dir))
  }

  async stop(dir: string): Promise<void> {
    const node = this.#running.get(dir)
    this.#running.delete(dir)
    node?.signal("SIGTERM")
    await node?.ended
  }

  /** The processes of one that runs, by name. */
  pidsOf(dir: string): Readonly<Record<string, number>> {
    return this.#running.get(dir)?.pids ?? {}
  }

  /** A peer's invite for one other, and the fingerprint that two people compare. */
  async inviteOf(
    peer: string,
    other: string,
  ): Promise<{ readonly invite: string; readonly fingerprint: string }> {
    const invite = `${peer}-for-${basename(other)}.invite`
    const words = ["peer", "export", "--out", invite]
    const { fingerprint } = await json<{ fingerprint: string }>(peer, ...words)
    return { invite, fingerprint }
  }

  /** Makes each know the other, as two people who met would. */
  async introduce(one: string = this.alder, other: string = this.birch): Promise<void> {
    for (const [dir, peer] of bothWays(one, other)) {
      const { invite, fingerprint } = await this.inviteOf(peer, dir)
      const how = ["--method", "in-person", "--fingerprint", fingerprint]
      await json(dir, "peer", "add", invite, ...how)
    }
  }

  /** Stops what runs, and leaves nothing behind. */
  async remove(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((dir) => this.stop(dir)))
    this.#remove()
  }
}

/** Each with its peer. */
export function bothWays(
  one: string,
  other: string,
): readonly (readonly [dir: string, peer: string])[] {
  return [
    [one, other],
    [other, one],
  ]
}

const none = { alder: [], birch: [] }

const usual = {
  precedence: "FLASH",
  status: "exercise",
  title: "Attack on a market",
  life: "yes",
  what: "explosives in a crowd",
  unknown: "who",
  where: "the market of Example Town",
  when: "the feast day",
  withheld: "how",
  "how-sure": "likely",
  assessment: "how-sure",
  ask: "protect the place",
  tlp: "TLP:AMBER",
  pap: "PAP:AMBER",
}

/** Words of a command line: `--name value` of each. */
export function wordsOf(flags: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])
}

/** Warns from one to the peer of that name, and gives the thread. `flags` stand over the usual. */
export async function warned(
  from: string,
  to: string,
  flags: Readonly<Record<string, string>> = {},
): Promise<string> {
  const made = await json<WarningMade>(from, "warn", ...wordsOf({ to, ...usual, ...flags }))
  return made.threads[0]?.thread ?? ""
}
