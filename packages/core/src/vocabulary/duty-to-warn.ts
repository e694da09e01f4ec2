/**
 * Codes of the duty-to-warn record: was the test met, who is to be warned, and if not, on what
 * ground. Approver, bodies consulted, method and time are fields of the record, not codes.
 */

import { codeList, type CodeList, type CodeOf } from "./code-list.ts"

const icd191 = {
  source: "ICD 191, as described in public",
  standing: "public-source",
} as const

const harmEntries = {
  "intentional-killing": { label: "somebody is to be killed" },
  "serious-bodily-injury": { label: "somebody is to be badly hurt" },
  kidnapping: { label: "somebody is to be carried off" },
} as const

export const harms: CodeList<keyof typeof harmEntries> = codeList(
  { name: "duty-to-warn-harm", ...icd191 },
  harmEntries,
)
export type Harm = CodeOf<typeof harms>

const warningTestEntries = {
  credible: { label: "the information can be believed" },
  specific: { label: "it says who or what is threatened" },
  impending: { label: "the harm is near" },
} as const

/** The parts of the test, each answered yes or no. */
export const warningTests: CodeList<keyof typeof warningTestEntries> = codeList(
  { name: "duty-to-warn-test", ...icd191 },
  warningTestEntries,
)
export type WarningTest = CodeOf<typeof warningTests>

const victimEntries = {
  person: { label: "one person" },
  group: { label: "a group of people" },
  institution: { label: "an institution" },
  "place-of-business": { label: "a place of business" },
  structure: { label: "a building or structure" },
  location: { label: "a place" },
} as const

export const victims: CodeList<keyof typeof victimEntries> = codeList(
  { name: "duty-to-warn-victim", ...icd191 },
  victimEntries,
)
export type Victim = CodeOf<typeof victims>

const warnedEntries = {
  "intended-victim": { label: "whoever is threatened" },
  protectors: { label: "those who have to protect whoever is threatened" },
} as const

export const warnedParties: CodeList<keyof typeof warnedEntries> = codeList(
  { name: "duty-to-warn-warned-party", ...icd191 },
  warnedEntries,
)
export type WarnedParty = CodeOf<typeof warnedParties>

const decisionEntries = {
  warn: { label: "warn" },
  waive: { label: "do not warn, on a ground that is recorded" },
  "partly-waive": { label: "warn some or say less, on a ground that is recorded", standing: "own" },
} as const

export const warnDecisions: CodeList<keyof typeof decisionEntries> = codeList(
  { name: "duty-to-warn-decision", ...icd191 },
  decisionEntries,
)
export type WarnDecision = CodeOf<typeof warnDecisions>

const waiverGroundEntries = {
  "endangers-personnel": { label: "it would put own people in undue danger" },
  "endangers-sources": { label: "it would put sources in undue danger" },
  "endangers-methods": { label: "it would put methods in undue danger" },
  "endangers-intelligence-operation": { label: "it would endanger an intelligence operation" },
  "endangers-defence-operation": { label: "it would endanger a defence operation" },
  "victim-terrorist": { label: "the victim is believed to be a terrorist" },
  "victim-terrorist-supporter": { label: "the victim is believed to support terrorists directly" },
  "victim-assassin": { label: "the victim is believed to be an assassin" },
  "victim-trafficker": { label: "the victim is believed to be a drug trafficker" },
  "victim-violent-criminal": { label: "the victim is believed to be a violent criminal" },
  "victim-insurgent": { label: "the victim is at risk only by taking part in an insurgency" },
  "victim-aware": { label: "the victim already knows", standing: "to-be-checked" },
  "victim-protected": {
    label: "those who protect the victim already have the information",
    standing: "to-be-checked",
  },
  "own-lawful-action": {
    label: "the threat is a lawful act of one's own side",
    standing: "to-be-checked",
  },
} as const

export const waiverGrounds: CodeList<keyof typeof waiverGroundEntries> = codeList(
  { name: "duty-to-warn-waiver-ground", ...icd191 },
  waiverGroundEntries,
)
export type WaiverGround = CodeOf<typeof waiverGrounds>
