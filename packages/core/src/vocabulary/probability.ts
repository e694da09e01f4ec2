/**
 * Words for likelihood, with the numbers that each yardstick gives them, and confidence apart.
 *
 * "Unlikely" is not the same number in London and in Washington, hence the yardstick travels with
 * the word. Likelihood and confidence are two fields and never share a sentence.
 */

import { codeList, type CodeList, type CodeOf } from "./code-list.ts"

const yardstickEntries = {
  "icd-203": { label: "United States, ICD 203" },
  phia: { label: "United Kingdom, PHIA probability yardstick" },
} as const

export const yardsticks: CodeList<keyof typeof yardstickEntries> = codeList(
  { name: "yardstick", source: "own names of published yardsticks", standing: "own" },
  yardstickEntries,
)
export type Yardstick = CodeOf<typeof yardsticks>

/** Lower and upper bound of a word, in percent. */
export type RangePercent = readonly [low: number, high: number]

/** A word's numbers; `row` tells ICD 203's two rows apart, which one text may not mix. */
export interface Likelihood {
  readonly rangePercent: RangePercent
  readonly row?: 1 | 2
}

const icd203Entries = {
  "almost-no-chance": { label: "almost no chance", rangePercent: [1, 5], row: 1 },
  remote: { label: "remote", rangePercent: [1, 5], row: 2 },
  "very-unlikely": { label: "very unlikely", rangePercent: [5, 20], row: 1 },
  "highly-improbable": { label: "highly improbable", rangePercent: [5, 20], row: 2 },
  unlikely: { label: "unlikely", rangePercent: [20, 45], row: 1 },
  improbable: { label: "improbable", rangePercent: [20, 45], row: 2 },
  "roughly-even-chance": { label: "roughly even chance", rangePercent: [45, 55], row: 1 },
  "roughly-even-odds": { label: "roughly even odds", rangePercent: [45, 55], row: 2 },
  likely: { label: "likely", rangePercent: [55, 80], row: 1 },
  probable: { label: "probable", rangePercent: [55, 80], row: 2 },
  "very-likely": { label: "very likely", rangePercent: [80, 95], row: 1 },
  "highly-probable": { label: "highly probable", rangePercent: [80, 95], row: 2 },
  "almost-certain": { label: "almost certain", rangePercent: [95, 99], row: 1 },
  "nearly-certain": { label: "nearly certain", rangePercent: [95, 99], row: 2 },
} as const

/** Ranges touch: the upper bound of one is the lower bound of the next. */
export const icd203Words: CodeList<keyof typeof icd203Entries, Likelihood> = codeList(
  {
    name: "icd-203-word",
    source: "ICD 203, as re-listed in public",
    standing: "public-source",
  },
  icd203Entries,
)
export type Icd203Word = CodeOf<typeof icd203Words>

const phiaEntries = {
  "remote-chance": { label: "remote chance", rangePercent: [0, 5] },
  "highly-unlikely": { label: "highly unlikely", rangePercent: [10, 20] },
  unlikely: { label: "unlikely", rangePercent: [25, 35] },
  "realistic-possibility": { label: "realistic possibility", rangePercent: [40, 50] },
  likely: { label: "likely", rangePercent: [55, 75] },
  probable: { label: "probable", rangePercent: [55, 75] },
  "highly-likely": { label: "highly likely", rangePercent: [80, 90] },
  "almost-certain": { label: "almost certain", rangePercent: [95, 100] },
} as const

/**
 * Ranges are approximate and leave gaps on purpose. Upper bounds of the first four were seen in
 * public; the others are to be checked, so every entry says so.
 */
export const phiaWords: CodeList<keyof typeof phiaEntries, Likelihood> = codeList(
  {
    name: "phia-word",
    source: "PHIA probability yardstick, 2025; bounds in part from memory",
    standing: "to-be-checked",
  },
  phiaEntries,
)
export type PhiaWord = CodeOf<typeof phiaWords>

/** The words of each yardstick, to read a word with the yardstick that travels beside it. */
export const likelihoodWords: Readonly<Record<Yardstick, CodeList<string, Likelihood>>> = {
  "icd-203": icd203Words,
  phia: phiaWords,
}

const confidenceEntries = {
  low: { label: "little or weak ground for the judgement" },
  moderate: { label: "sound ground, but open to another reading" },
  high: { label: "strong ground from good information" },
} as const

export const confidences: CodeList<keyof typeof confidenceEntries> = codeList(
  {
    name: "confidence",
    source: "ICD 203 and PHIA, analytical confidence",
    standing: "public-source",
  },
  confidenceEntries,
)
export type Confidence = CodeOf<typeof confidences>
