/** A message as people read it: the tearline element by element, everything else field by field. */

import { elementNames } from "@tearline/core"

import type { ThreadMessage } from "./desk/answers.ts"
import { plain, plainLines } from "./terminal/plain.ts"
import type { Style } from "./terminal/style.ts"
import { table } from "./terminal/table.ts"
import { absolute, ago } from "./terminal/time.ts"

export interface Reading {
  readonly style: Style
  readonly nowMs: number
  readonly name: (org: string) => string
}

/** A fact about the release, which no obligation of the thread follows. */
const reviewWords = "released by one officer alone; a second officer's review belongs to it"

/** Fields that read wrongly in the order in which they are signed; all others follow as they come. */
const firstFields: readonly string[] = [
  "earliestMs",
  "latestMs",
  "bestGuessMs",
  "verdict",
  "decision",
  "point",
  "result",
  "reached",
  "level",
  "final",
]

const idDigits = 12

type Fields = Readonly<Record<string, unknown>>

/** The head of a message and its content. Text of peers is made safe for a terminal. */
export function messageLines(message: ThreadMessage, reading: Reading): readonly string[] {
  const { style, nowMs, name } = reading
  const when = `${absolute(message.atMs)} (${ago(message.atMs, nowMs)})`
  const head = `${style.bold(plain(message.kind))} by ${name(message.author)}, ${when}`
  const { content } = message
  const lines = message.kind === "warning" ? warningLines(content) : fieldLines(content)
  const id = style.faint(
    `  message ${plain(message.id.slice(0, idDigits))}, number ${message.number}`,
  )
  return [head, id, ...lines.map((line) => `  ${line}`)]
}

/**
 * One line for a receipt of a step well taken, so that the numbers of a thread show no hole;
 * `undefined` for everything that has more to say.
 */
export function receiptLine(message: ThreadMessage, reading: Reading): string | undefined {
  const { kind, author, atMs, number, content } = message
  if (kind !== "receipt") return undefined
  const who = reading.name(author)
  const when = `${absolute(atMs)} (number ${number})`
  if (content["step"] === "read") return reading.style.faint(`read by ${who}, ${when}`)
  if (content["step"] !== "unsealed") return undefined
  return reading.style.faint(`opened by ${who}'s exchange, ${when}`)
}

function warningLines(content: Fields): readonly string[] {
  const { title, threatToLife, reviewOwed, elements, ...rest } = content
  const life = threatToLife === true ? ["THREAT TO LIFE"] : []
  const review = reviewOwed === true ? [reviewWords] : []
  return [
    plain(wordOf(title)),
    ...life,
    ...review,
    ...elementNames.flatMap((name) => elementLines(name, fieldOf(elements, name))),
    ...fieldLines(unknownIn(elements)),
    ...fieldLines(rest),
  ]
}

/** The text and its marks; below, whatever else is in it, which is known to be there and no more. */
function elementLines(name: string, element: Fields = {}): readonly string[] {
  const { state, ...inside } = element
  const { text, basis, language, tlp, grade, ...others } = inside
  const isFilled = state === "filled"
  const { marks, rest } = gradeOf(grade)
  const [first = "", ...more] = isFilled ? plainLines(wordOf(text)) : [plain(wordOf(state))]
  const shown = [basis, language, tlp, ...marks].filter((it) => it !== undefined)
  const below = [
    ...more,
    ...(isFilled ? [`[${shown.map((it) => plain(wordOf(it))).join(", ")}]`] : []),
    ...fieldLines(isFilled ? { ...rest, ...others } : inside),
  ]
  return [`${name.padEnd(9)} ${first}`, ...below.map((it) => `${" ".repeat(10)}${it}`)]
}

/** `B2 (admiralty)` for what is known of a grade, and the rest of it. */
function gradeOf(grade: unknown): { readonly marks: readonly string[]; readonly rest: Fields } {
  if (!isFields(grade)) return { marks: [], rest: grade === undefined ? {} : { grade } }
  const { source, information, scheme, ...rest } = grade
  const mark = `${wordOf(source)}${wordOf(information)} (${wordOf(scheme)})`
  return { marks: [mark], rest: { grade: rest } }
}

/** Of the elements, what is none of those that are known. */
function unknownIn(elements: unknown): Fields {
  if (!isFields(elements)) return { elements }
  const known: readonly string[] = elementNames
  return Object.fromEntries(
    Object.entries(elements).filter(([name, it]) => !known.includes(name) || !isFields(it)),
  )
}

function fieldLines(content: Fields): readonly string[] {
  const rows = inReadingOrder(content).flatMap(([key, value]) => fieldRows(key, value))
  return table(rows)
}

function fieldRows(key: string, value: unknown): readonly (readonly string[])[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value) && value.length === 0) return []
  if (isFields(value)) {
    return inReadingOrder(value).flatMap(([inner, it]) => fieldRows(`${key} ${inner}`, it))
  }
  const [first = "", ...more] = valueLines(key, value)
  return [[labelOf(key), first], ...more.map((line) => ["", line])]
}

function inReadingOrder(fields: Fields): readonly (readonly [string, unknown])[] {
  return Object.entries(fields).toSorted(([a], [b]) => placeOf(a) - placeOf(b))
}

function placeOf(key: string): number {
  const at = firstFields.indexOf(key)
  return at === -1 ? firstFields.length : at
}

/** `window latestMs` as `window latest`, `mayTell` as `may tell`. */
function labelOf(key: string): string {
  const words = key.replace(/Ms$/, "").replaceAll(/[a-z](?=[A-Z])/g, "$& ")
  return plain(words.toLowerCase())
}

function fieldOf(value: unknown, name: string): Fields | undefined {
  const field = isFields(value) ? value[name] : undefined
  return isFields(field) ? field : undefined
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function valueLines(key: string, value: unknown): readonly string[] {
  if (key.endsWith("Ms") && typeof value === "number") return [absolute(value)]
  if (Array.isArray(value)) return value.flatMap((it) => valueLines("", it))
  if (typeof value === "string") return plainLines(value)
  if (isFields(value)) {
    const parts = Object.entries(value).map(([inner, it]) => `${inner} ${wordOf(it)}`)
    return plainLines(parts.join(", "))
  }
  return [plain(wordOf(value))]
}

function wordOf(value: unknown): string {
  if (typeof value === "string") return value
  return value === undefined ? "" : JSON.stringify(value)
}
