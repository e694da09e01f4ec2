/** `npm run episode -- NAME`: plays an episode and exits. */

import { CliError, nearestHint, styleFor } from "@tearline/cli"

import { devnetFolder, mayColour, parsed, tellError } from "../command-line.ts"
import { openNetwork } from "../node/network.ts"
import { stopSignal } from "../node/stopping.ts"
import { episodeNames, episodeOf } from "./catalogue.ts"
import { preludeMs } from "./director.ts"
import { actOf, type Episode, momentOf } from "./episode.ts"
import { perform } from "./performance.ts"

const usage = "npm run episode -- NAME [--without STEP] [--json] [--dir FOLDER] | --list"

const options = {
  without: { type: "string" },
  list: { type: "boolean" },
  json: { type: "boolean" },
  dir: { type: "string" },
  help: { type: "boolean" },
} as const

/** Runs it. Never throws; gives the exit code: 0 closed, 1 not closed, 2 wrong usage. */
export async function runEpisode(args: readonly string[]): Promise<number> {
  try {
    return await run(args)
  } catch (error) {
    return tellError(error)
  }
}

async function run(args: readonly string[]): Promise<number> {
  const config = { args: [...args], options, allowPositionals: true } as const
  const { values, positionals } = parsed(config, usage)
  if (values.help === true) return say(`usage: ${usage}`)
  if (values.list === true) return list(values.json === true)
  const [name, ...more] = positionals
  if (name === undefined || more.length > 0) {
    const hint = `usage: ${usage}; there are: ${episodeNames().join(", ")}`
    throw new CliError("wrong_usage", "name one episode", { hint })
  }
  const episode = episodeOf(name)
  mustHaveAct(episode, values.without)
  return play(episode, {
    without: values.without,
    isJson: values.json === true,
    folder: devnetFolder(values.dir),
  })
}

interface Wanted {
  readonly without: string | undefined
  readonly isJson: boolean
  readonly folder: string
}

async function play(episode: Episode, { without, isJson, folder }: Wanted): Promise<number> {
  const print = (line: string) => {
    if (!isJson) process.stdout.write(`${line}\n`)
  }
  const stopping = stopSignal(() => note("still stopping the three organisations"))
  const [first] = episode.steps
  const startMs = first === undefined ? 0 : momentOf(first) - preludeMs
  if (!isJson) note("starting Alder, Birch and Cedar; their databases are made anew")
  const network = await openNetwork({
    folder,
    startMs,
    onProgress: (message) => (isJson ? undefined : note(message)),
    signal: stopping.signal,
  })
  try {
    const performed = await perform(network, {
      episode,
      ...(without === undefined ? {} : { without }),
      style: styleFor(mayColour() && !isJson),
      columns: process.stdout.columns ?? 80,
      print,
      signal: stopping.signal,
    })
    if (isJson) say(JSON.stringify(performed.document, undefined, 2))
    return performed.verdict.state === "closed" ? 0 : 1
  } catch (error) {
    if (!stopping.signal.aborted) throw error
    note("interrupted; nothing is left running")
    return 130
  } finally {
    await network.stop()
  }
}

function note(line: string): void {
  process.stderr.write(`devnet: ${line}\n`)
}

function mustHaveAct(episode: Episode, id: string | undefined): void {
  if (id === undefined || actOf(episode, id) !== undefined) return
  const acts = episode.steps.flatMap((it) => (it.kind === "act" ? [it.id] : []))
  const hint = nearestHint(id, acts, `its acts are: ${acts.join(", ")}`)
  const message = `the episode ${episode.name} has no act "${id}"`
  throw new CliError("wrong_usage", message, { hint })
}

function list(isJson: boolean): number {
  const episodes = episodeNames().map(episodeOf)
  if (isJson) return say(JSON.stringify(episodes.map(brief), undefined, 2))
  for (const episode of episodes) {
    say(`${episode.name}  ${episode.title}`)
    for (const step of episode.steps) {
      const who = step.kind === "act" ? step.by : "(event)"
      say(`  ${step.at}  ${who.padEnd(7)}  ${step.id}`)
    }
  }
  return 0
}

function brief({ name, title, steps }: Episode): object {
  return { name, title, steps: steps.map(({ id, at, kind, timing }) => ({ id, at, kind, timing })) }
}

function say(line: string): 0 {
  process.stdout.write(`${line}\n`)
  return 0
}
