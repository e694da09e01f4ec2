/** What a reader may do with what was received, in the codes of several communities and our own. */

import { codeList, type CodeList, type CodeOf } from "./code-list.ts"

const europolHandlingEntries = {
  H0: { label: "only to prevent and fight crime, under the law that applies" },
  H1: { label: "not before a court without the provider's leave" },
  H2: { label: "not passed on without the provider's leave" },
  H3: { label: "other limits, stated in words beside it" },
} as const

export const europolHandling: CodeList<keyof typeof europolHandlingEntries> = codeList(
  {
    name: "europol-handling",
    source: "EU guidelines on law-enforcement information exchange, public copy of 2018",
    standing: "public-source",
    form: "standard",
  },
  europolHandlingEntries,
)
export type EuropolHandling = CodeOf<typeof europolHandling>

const uk3x5x2HandlingEntries = {
  P: { label: "may be shared where that is lawful" },
  C: { label: "may be shared where that is lawful, under stated conditions" },
} as const

export const uk3x5x2Handling: CodeList<keyof typeof uk3x5x2HandlingEntries> = codeList(
  {
    name: "uk-3x5x2-handling",
    source: "College of Policing, authorised professional practice",
    standing: "public-source",
    form: "standard",
  },
  uk3x5x2HandlingEntries,
)
export type Uk3x5x2Handling = CodeOf<typeof uk3x5x2Handling>

const uk5x5x5HandlingEntries = {
  "1": { label: "to law enforcement at home" },
  "2": { label: "also to bodies that do not prosecute" },
  "3": { label: "to law enforcement abroad" },
  "4": { label: "inside the originating agency only" },
  "5": { label: "no further: ask the originator" },
} as const

export const uk5x5x5Handling: CodeList<keyof typeof uk5x5x5HandlingEntries> = codeList(
  {
    name: "uk-5x5x5-handling",
    source: "United Kingdom 5x5x5 form, from memory",
    standing: "to-be-checked",
    form: "standard",
  },
  uk5x5x5HandlingEntries,
)
export type Uk5x5x5Handling = CodeOf<typeof uk5x5x5Handling>

const disseminationControlEntries = {
  ORCON: { label: "beyond the first readers only with the originator's leave" },
  "REL TO": { label: "to the countries that are listed beside it" },
  NOFORN: { label: "not to foreign nationals" },
  RELIDO: { label: "a designated official may release it without asking the originator" },
  PROPIN: { label: "holds a firm's own information" },
  IMCON: { label: "imagery under control" },
} as const

export const disseminationControls: CodeList<keyof typeof disseminationControlEntries> = codeList(
  {
    name: "dissemination-control",
    source: "United States marking manual, public extract",
    standing: "public-source",
    form: "standard",
  },
  disseminationControlEntries,
)
export type DisseminationControl = CodeOf<typeof disseminationControls>

const thirdPartyConsentEntries = {
  none: { label: "nothing in it comes from a third party" },
  asked: { label: "the third party has been asked" },
  granted: { label: "the third party agrees" },
  refused: { label: "the third party does not agree" },
  withdrawn: { label: "the third party agreed and no longer does" },
} as const

/** State of the consent of an originator whose words a tearline derives from. */
export const thirdPartyConsents: CodeList<keyof typeof thirdPartyConsentEntries> = codeList(
  { name: "third-party-consent", source: "own", standing: "own" },
  thirdPartyConsentEntries,
)
export type ThirdPartyConsent = CodeOf<typeof thirdPartyConsents>

const lifeSavingActEntries = {
  no: { label: "ask before any act beyond the marking" },
  "line-only": { label: "say the line agreed at release, no more" },
  "act-and-tell-after": { label: "act to save life, and tell the originator afterwards" },
} as const

/** What the originator allows, at release, where lives are at stake. */
export const lifeSavingActs: CodeList<keyof typeof lifeSavingActEntries> = codeList(
  { name: "life-saving-act", source: "own", standing: "own" },
  lifeSavingActEntries,
)
export type LifeSavingAct = CodeOf<typeof lifeSavingActs>

const courtUseEntries = {
  no: { label: "never before a court" },
  ask: { label: "before a court with the originator's leave" },
  yes: { label: "may stand before a court" },
} as const

export const courtUses: CodeList<keyof typeof courtUseEntries> = codeList(
  { name: "court-use", source: "own", standing: "own" },
  courtUseEntries,
)
export type CourtUse = CodeOf<typeof courtUses>
