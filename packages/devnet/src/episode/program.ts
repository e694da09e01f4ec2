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

const help = `usage: ${usage}

Plays a public, real event on three organisations that it starts, counts what came of it from their
databases, and exits. The last line says whether every obligation was discharged in time.

  --without STEP  leave one act out, and see which obligation is lacking
  --list          name the episodes and their steps; with --json as one document
  --json          print one document instead of the timeline
  --dir FOLDER    where the state lies; else TEARLINE_DEVNET, else .devnet here

examples:
  npm run episode -- saint-petersburg-2017
  npm run episode -- saint-petersburg-2017 --without relay-thanks
  npm run -s episode -- saint-petersburg-2017 --json

exit codes: 0 closed, 1 not closed, refused or failed, 2 wrong usage,
4 this machine does not allow it, 5 a fault inside, 130 interrupted`

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
  if (values.help === true) return say(help)
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

async function play(episode: Episode, wanted: Wanted): Promise<number> {
  const { signal } = stopSignal(() => note("still stopping the three organisations"))
  try {
    return await played(episode, wanted, signal)
  } catch (error) {
    if (!signal.aborted) throw error
    note("interrupted; nothing is left running")
    return 130
  }
}

async function played(episode: Episode, wanted: Wanted, signal: AbortSignal): Promise<number> {
  const { without, isJson, folder } = wanted
  const [first] = episode.steps
  const startMs = first === undefined ? 0 : momentOf(first) - preludeMs
  const progress = (message: string): void => (isJson ? undefined : note(message))
  progress("starting Alder, Birch and Cedar; their databases are made anew at each start")
  const startedAt = performance.now()
  const network = await openNetwork({ folder, startMs, onProgress: progress, signal })
  progress(`ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`)
  try {
    const { document, verdict } = await perform(network, {
      episode,
      ...(without === undefined ? {} : { without }),
      style: styleFor(mayColour() && !isJson),
      columns: process.stdout.columns ?? 80,
      print: (line) => (isJson ? 0 : say(line)),
      signal,
    })
    if (isJson) say(JSON.stringify(document, undefined, 2))
    return verdict.state === "closed" ? 0 : 1
  } finally {
    await network.stop()
  }
}

/** Standard output is kept for the episode. */
function note(line: string): void {
  process.stderr.write(`${line}\n`)
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
