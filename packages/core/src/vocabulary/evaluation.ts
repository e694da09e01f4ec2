/**
 * Grades of a source and, apart from it, of what it said.
 *
 * A grade travels in the sender's own scheme, together with the scheme's code, and is never
 * converted silently: the schemes do not say the same. "Cannot be judged" (F, 6, X) means untried,
 * not bad.
 */

import { codeList, type CodeList, type CodeOf } from "./code-list.ts"

const schemeEntries = {
  admiralty: { label: "NATO, the Admiralty code" },
  "europol-4x4": { label: "Europol 4x4" },
  "uk-3x5x2": { label: "United Kingdom 3x5x2" },
  "uk-5x5x5": { label: "United Kingdom 5x5x5, historic" },
} as const

export const evaluationSchemes: CodeList<keyof typeof schemeEntries> = codeList(
  { name: "evaluation-scheme", source: "own names of published schemes", standing: "own" },
  schemeEntries,
)
export type EvaluationScheme = CodeOf<typeof evaluationSchemes>

const admiraltySourceEntries = {
  A: { label: "completely reliable" },
  B: { label: "usually reliable" },
  C: { label: "fairly reliable" },
  D: { label: "not usually reliable" },
  E: { label: "unreliable" },
  F: { label: "reliability cannot be judged: untried, not bad" },
} as const

export const admiraltySources: CodeList<keyof typeof admiraltySourceEntries> = codeList(
  {
    name: "admiralty-source",
    source: "STANAG 2511, in public copies",
    standing: "public-source",
    form: "standard",
  },
  admiraltySourceEntries,
)
export type AdmiraltySource = CodeOf<typeof admiraltySources>

const admiraltyInformationEntries = {
  "1": { label: "confirmed by other sources" },
  "2": { label: "probably true" },
  "3": { label: "possibly true" },
  "4": { label: "doubtful" },
  "5": { label: "improbable" },
  "6": { label: "truth cannot be judged: untried, not bad" },
} as const

export const admiraltyInformation: CodeList<keyof typeof admiraltyInformationEntries> = codeList(
  {
    name: "admiralty-information",
    source: "STANAG 2511, in public copies",
    standing: "public-source",
    form: "standard",
  },
  admiraltyInformationEntries,
)
export type AdmiraltyInformation = CodeOf<typeof admiraltyInformation>

const europolSourceEntries = {
  A: { label: "no doubt about the source, or reliable every time" },
  B: { label: "reliable most times" },
  C: { label: "unreliable most times" },
  X: { label: "cannot be assessed" },
} as const

export const europolSources: CodeList<keyof typeof europolSourceEntries> = codeList(
  {
    name: "europol-4x4-source",
    source: "EU guidelines on law-enforcement information exchange, public copy of 2018",
    standing: "public-source",
    form: "standard",
  },
  europolSourceEntries,
)
export type EuropolSource = CodeOf<typeof europolSources>

const europolInformationEntries = {
  "1": { label: "no doubt that it is accurate" },
  "2": { label: "known to the source at first hand, not to the official" },
  "3": { label: "not known to the source at first hand, but backed by other information" },
  "4": {
    label: "not known to the source at first hand, and cannot be backed",
    standing: "to-be-checked",
  },
} as const

export const europolInformation: CodeList<keyof typeof europolInformationEntries> = codeList(
  {
    name: "europol-4x4-information",
    source: "EU guidelines on law-enforcement information exchange, public copy of 2018",
    standing: "public-source",
    form: "standard",
  },
  europolInformationEntries,
)
export type EuropolInformation = CodeOf<typeof europolInformation>

const uk3x5x2SourceEntries = {
  "1": { label: "reliable" },
  "2": { label: "untested" },
  "3": { label: "not reliable" },
} as const

export const uk3x5x2Sources: CodeList<keyof typeof uk3x5x2SourceEntries> = codeList(
  {
    name: "uk-3x5x2-source",
    source: "College of Policing, authorised professional practice",
    standing: "public-source",
    form: "standard",
  },
  uk3x5x2SourceEntries,
)
export type Uk3x5x2Source = CodeOf<typeof uk3x5x2Sources>

const uk3x5x2InformationEntries = {
  A: { label: "known to the source at first hand" },
  B: { label: "known to the source at second hand, but backed" },
  C: { label: "known to the source at second hand" },
  D: { label: "how the source knows is not known" },
  E: { label: "suspected to be false" },
} as const

export const uk3x5x2Information: CodeList<keyof typeof uk3x5x2InformationEntries> = codeList(
  {
    name: "uk-3x5x2-information",
    source: "College of Policing, authorised professional practice",
    standing: "public-source",
    form: "standard",
  },
  uk3x5x2InformationEntries,
)
export type Uk3x5x2Information = CodeOf<typeof uk3x5x2Information>

const uk5x5x5SourceEntries = {
  A: { label: "always reliable" },
  B: { label: "mostly reliable" },
  C: { label: "sometimes reliable" },
  D: { label: "unreliable" },
  E: { label: "untested" },
} as const

export const uk5x5x5Sources: CodeList<keyof typeof uk5x5x5SourceEntries> = codeList(
  {
    name: "uk-5x5x5-source",
    source: "United Kingdom 5x5x5 form, public copy; words from memory",
    standing: "to-be-checked",
    form: "standard",
  },
  uk5x5x5SourceEntries,
)
export type Uk5x5x5Source = CodeOf<typeof uk5x5x5Sources>

const uk5x5x5InformationEntries = {
  "1": { label: "known to be true" },
  "2": { label: "known to the source at first hand, not to the officer" },
  "3": { label: "not known to the source at first hand, but backed" },
  "4": { label: "cannot be judged" },
  "5": { label: "suspected to be false" },
} as const

export const uk5x5x5Information: CodeList<keyof typeof uk5x5x5InformationEntries> = codeList(
  {
    name: "uk-5x5x5-information",
    source: "United Kingdom 5x5x5 form, public copy; words from memory",
    standing: "to-be-checked",
    form: "standard",
  },
  uk5x5x5InformationEntries,
)
export type Uk5x5x5Information = CodeOf<typeof uk5x5x5Information>

/** The two lists of each scheme, to check a grade against the scheme that travels with it. */
export const evaluationGrades: Readonly<
  Record<
    EvaluationScheme,
    { readonly source: CodeList<string>; readonly information: CodeList<string> }
  >
> = {
  admiralty: { source: admiraltySources, information: admiraltyInformation },
  "europol-4x4": { source: europolSources, information: europolInformation },
  "uk-3x5x2": { source: uk3x5x2Sources, information: uk3x5x2Information },
  "uk-5x5x5": { source: uk5x5x5Sources, information: uk5x5x5Information },
}

/**
 * How an Admiralty grade of a source may be shown to a reader of 4x4: beside the sender's own
 * grade, called approximate, never in its place and never stored as a grade. `undefined`: nothing
 * in 4x4 comes near. Grades of information have no crosswalk at all, since 4x4 asks how the source
 * knows and Admiralty asks whether it is true.
 */
export const admiraltySourceAsEuropol: {
  readonly approximate: true
  readonly nearest: Readonly<Record<AdmiraltySource, EuropolSource | undefined>>
} = {
  approximate: true,
  nearest: { A: "A", B: "B", C: undefined, D: undefined, E: "C", F: "X" },
}
