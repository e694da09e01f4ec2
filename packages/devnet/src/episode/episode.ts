/**
 * An episode: a public, real event as data, with a public source for each fact in it.
 *
 * What is not public is not filled in: it is withheld or unknown in the messages, and a time that
 * no source gives is marked as staged. The contents are those that organisations exchange, held
 * against the same schemas, so that an episode that reads can be played.
 */

import * as v from "valibot"

import { kindRule, obligationRules, precedences, statuses } from "@tearline/core"

/** Who takes part; the third one must learn nothing. */
export const partyNames = ["alder", "birch", "cedar"] as const
export type PartyName = (typeof partyNames)[number]

const word = v.pipe(v.string(), v.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/))
const line = v.pipe(v.string(), v.minLength(1), v.maxLength(500))
const dayDate = v.pipe(v.string(), v.isoDate())
const sourceIds = v.optional(v.array(word), [])
const rules = v.optional(v.array(v.picklist(obligationRules)), [])

/** ISO 8601 with an offset, since a time without one is read elsewhere as another. */
const momentSchema = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/, "a time with seconds and offset"),
)

/** `public`: day and hour; `public-day`: the hour is ours; `staged`: day and hour are ours. */
const timingSchema = v.picklist(["public", "public-day", "staged"])

const stepEntries = {
  id: word,
  at: momentSchema,
  timing: timingSchema,
  /** What happens, for the timeline. */
  says: line,
  sources: sourceIds,
}

/** Something that the world saw and no message carries. */
const eventSchema = v.strictObject({ kind: v.literal("event"), ...stepEntries })

const actSchema = v.strictObject({
  kind: v.literal("act"),
  ...stepEntries,
  by: v.picklist(partyNames),
  /** A message kind, or `receipt`. */
  act: word,
  content: v.looseObject({}),
  /** The step whose message it answers; a warning answers none and names `to`, and how urgent. */
  answers: v.optional(word),
  to: v.optional(v.picklist(partyNames)),
  precedence: v.optional(v.picklist(precedences.codes)),
  status: v.optional(v.picklist(statuses.codes)),
  /** The obligations that it ends, and those that would not arise without it. */
  discharges: rules,
  starts: rules,
})

const episodeSchema = v.strictObject({
  format: v.literal(1),
  name: word,
  title: line,
  /** IANA name of the zone in which its times are shown. */
  timeZone: v.pipe(v.string(), v.check(isTimeZone, "an IANA time zone")),
  roles: v.record(v.picklist(partyNames), line),
  sources: v.array(
    v.strictObject({ id: word, title: line, address: v.pipe(v.string(), v.url()), date: dayDate }),
  ),
  facts: v.array(v.strictObject({ text: line, sources: v.pipe(v.array(word), v.minLength(1)) })),
  steps: v.pipe(v.array(v.variant("kind", [actSchema, eventSchema])), v.minLength(1)),
  /** The rules of which at least one obligation must have arisen. */
  expected: v.pipe(v.array(v.picklist(obligationRules)), v.minLength(1)),
})

export type Episode = v.InferOutput<typeof episodeSchema>
export type Step = Episode["steps"][number]
export type ActStep = v.InferOutput<typeof actSchema>

/** When a step happens, in milliseconds since 1970 UTC. */
export function momentOf(step: Step): number {
  return Date.parse(step.at)
}

/** The act of this id, if it is one. */
export function actOf(episode: Episode, id: string): ActStep | undefined {
  return episode.steps.find((it): it is ActStep => it.kind === "act" && it.id === id)
}

/**
 * Reads an episode's document.
 *
 * @throws Error naming the first place where it is not one.
 */
export function readEpisode(document: unknown): Episode {
  const read = v.safeParse(episodeSchema, document)
  if (!read.success) {
    const [issue] = read.issues
    throw new Error(`the episode's ${v.getDotPath(issue) ?? "document"}: ${issue.message}`)
  }
  const fault = faultOf(read.output)
  if (fault !== undefined) throw new Error(`the episode ${read.output.name}: ${fault}`)
  return read.output
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: name }).format(0) !== ""
  } catch {
    return false
  }
}

/** What a schema cannot say: order, sources that exist, and whether each act can be done. */
function faultOf(episode: Episode): string | undefined {
  const known = new Set(episode.sources.map((it) => it.id))
  const unknown = [...episode.facts, ...episode.steps]
    .flatMap((it) => it.sources)
    .find((it) => !known.has(it))
  if (unknown !== undefined) return `there is no source ${unknown}`
  const ids = episode.steps.map((it) => it.id)
  if (new Set(ids).size !== ids.length) return "two steps have one id"
  for (const [index, step] of episode.steps.entries()) {
    const before = episode.steps.slice(0, index)
    const fault = stepFault(step, before)
    if (fault !== undefined) return `step ${step.id}: ${fault}`
  }
  return undefined
}

function stepFault(step: Step, before: readonly Step[]): string | undefined {
  const last = before.at(-1)
  if (last !== undefined && momentOf(step) < momentOf(last)) return "it is before the one above it"
  if (step.timing !== "staged" && step.sources.length === 0) return "a public time needs a source"
  if (step.kind === "event") {
    return step.timing === "staged" ? "what the world saw has a public day" : undefined
  }
  return actFault(step, before)
}

function actFault(step: ActStep, before: readonly Step[]): string | undefined {
  const rule = kindRule(step.act)
  if (rule === undefined) return `there is no message of kind ${step.act}`
  // The message that a receipt is of gets its id when it is played.
  const content =
    step.act === "receipt" ? { ...step.content, of: "0".repeat(64) } : { ...step.content }
  const read = v.safeParse(rule.schema, content)
  if (!read.success) {
    return `its content's ${v.getDotPath(read.issues[0]) ?? "form"}: ${read.issues[0].message}`
  }
  if (step.discharges.length + step.starts.length === 0) return "it discharges and starts nothing"
  if (step.act === "warning") return warningFault(step)
  const answered = before.find((it) => it.kind === "act" && it.id === step.answers)
  return answered === undefined ? "it answers no step before it" : undefined
}

function warningFault({ to, by, precedence, status }: ActStep): string | undefined {
  if (to === undefined || to === by) return "a warning names another one to warn"
  if (precedence === undefined || status === undefined) return "a warning has precedence and status"
  return undefined
}
