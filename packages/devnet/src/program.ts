/** `npm start`: three organisations, an episode, and then a network to talk to until Ctrl-C. */

import { relative } from "node:path"

import { type NodeEvent, styleFor } from "@tearline/cli"

import { devnetFolder, mayColour, parsed, tellError } from "./command-line.ts"
import { episodeNames, episodeOf } from "./episode/catalogue.ts"
import { preludeMs } from "./episode/director.ts"
import { type Episode, momentOf, type PartyName, partyNames } from "./episode/episode.ts"
import { perform } from "./episode/performance.ts"
import { titleOf } from "./episode/timeline.ts"
import { type Network, openNetwork } from "./node/network.ts"
import { type Stopping, stopSignal } from "./node/stopping.ts"

const usage = "npm start -- [--episode NAME | --no-episode] [--dir FOLDER]"

const help = `usage: ${usage}

Starts Alder, Birch and Cedar on this machine, plays an episode, and stays up until Ctrl-C.

  --episode NAME  the episode to play; npm run episode -- --list names them
  --no-episode    play none: three organisations that have said nothing yet
  --dir FOLDER    where their state lies; else TEARLINE_DEVNET, else .devnet here.
                  Keys are kept from one start to the next, databases are made anew

examples:
  npm start
  npm start -- --no-episode --dir /tmp/three

exit codes: 0 stopped when asked to, 1 refused or failed, 2 wrong usage,
4 this machine does not allow it, 5 a fault inside`

const options = {
  episode: { type: "string" },
  "no-episode": { type: "boolean" },
  dir: { type: "string" },
  help: { type: "boolean" },
} as const

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Runs until it is asked to stop. Never throws; gives the exit code. */
export async function runDevnet(args: readonly string[]): Promise<number> {
  try {
    return await run(args)
  } catch (error) {
    return tellError(error)
  }
}

async function run(args: readonly string[]): Promise<number> {
  const { values } = parsed({ args: [...args], options } as const, usage)
  if (values.help === true) {
    print(help)
    return 0
  }
  const [usual] = episodeNames()
  const name = values["no-episode"] === true ? undefined : (values.episode ?? usual)
  const episode = name === undefined ? undefined : episodeOf(name)
  const stopping = stopSignal(() => print("still stopping the three organisations"))
  const { signal } = stopping
  print("starting Alder, Birch and Cedar; their databases are made anew at each start")
  const startedAt = performance.now()
  const opening = openNetwork({
    folder: devnetFolder(values.dir),
    startMs: startOf(episode),
    onProgress: print,
    onEvent: tell,
    signal,
  })
  const network = await opening.catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  if (network !== undefined) {
    print(`ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`)
    await runUntilStopped(network, episode, stopping)
  }
  print("stopped, nothing is left running")
  return 0
}

async function runUntilStopped(
  network: Network,
  episode: Episode | undefined,
  { signal, asked }: Stopping,
): Promise<void> {
  try {
    if (episode !== undefined) await play(network, episode, signal)
    await network.time.run()
    for (const line of await guide(network)) print(line)
    await asked
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    print("stopping…")
    await network.stop()
  }
}

function startOf(episode: Episode | undefined): number {
  const [first] = episode?.steps ?? []
  return first === undefined ? Date.now() : momentOf(first) - preludeMs
}

async function play(network: Network, episode: Episode, signal: AbortSignal): Promise<void> {
  const style = styleFor(mayColour())
  const columns = process.stdout.columns ?? 80
  await perform(network, { episode, style, columns, print, signal })
}

function tell(party: PartyName, event: NodeEvent): void {
  if (event.kind === "exited" && event.code !== 0) {
    print(`${titleOf(party)}: the ${event.process} ended; starting it again`)
  }
}

/** How to talk to each of them, to be copied as it stands. */
async function guide({ parties }: Network): Promise<readonly string[]> {
  const each = partyNames.map(async (name) => {
    const { title, dir, node } = parties[name]
    const at = quoted(nearPath(dir))
    const [thread] = await node.desk.threads()
    const id = thread === undefined ? [] : [thread.id.slice(0, 12)]
    return [
      "",
      `${title} (${node.endpoint}, organisation ${node.org})`,
      ...["inbox", "status", ...id.map((it) => `show ${it}`)].map(
        (command) => `  npm run -s tearline -- ${command} --dir ${at}`,
      ),
      `  diagnostics: ${quoted(nearPath(`${dir}/logs`))}`,
    ]
  })
  return [
    "",
    "The clocks run on in real time from here. All three stay up until Ctrl-C.",
    "In this repository's folder, in another terminal:",
    ...(await Promise.all(each)).flat(),
    "",
    "See every command with: npm run -s tearline -- help",
  ]
}

/** From the repository's folder, where npm runs its scripts; whole when it lies elsewhere. */
function nearPath(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith("..") ? path : near
}

function quoted(path: string): string {
  return /^[\w./+-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`
}
