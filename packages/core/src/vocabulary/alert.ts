/**
 * CAP 1.2 and EDXL-DE, the public-alert end of the chain. Codes keep the standards' spelling.
 *
 * CAP's `Expected` means within the hour, far shorter than a threat window: it is never the word
 * for "within days".
 */

import { codeList, type CodeList, type CodeOf } from "./code-list.ts"

const cap = {
  source: "OASIS, Common Alerting Protocol 1.2",
  standing: "public-source",
  form: "standard",
} as const

const capMessageTypeEntries = {
  Alert: { label: "a first alert" },
  Update: { label: "replaces an earlier one" },
  Cancel: { label: "withdraws an earlier one" },
  Ack: { label: "received and taken over" },
  Error: { label: "refused" },
} as const

export const capMessageTypes: CodeList<keyof typeof capMessageTypeEntries> = codeList(
  { name: "cap-message-type", ...cap },
  capMessageTypeEntries,
)
export type CapMessageType = CodeOf<typeof capMessageTypes>

const capStatusEntries = {
  Actual: { label: "real" },
  Exercise: { label: "for those who exercise" },
  System: { label: "about the network itself" },
  Test: { label: "a technical trial" },
  Draft: { label: "not yet in force" },
} as const

export const capStatuses: CodeList<keyof typeof capStatusEntries> = codeList(
  { name: "cap-status", ...cap },
  capStatusEntries,
)
export type CapStatus = CodeOf<typeof capStatuses>

const capScopeEntries = {
  Public: { label: "for anyone" },
  Restricted: { label: "for readers under a stated rule" },
  Private: { label: "for the stated addresses only" },
} as const

export const capScopes: CodeList<keyof typeof capScopeEntries> = codeList(
  { name: "cap-scope", ...cap },
  capScopeEntries,
)
export type CapScope = CodeOf<typeof capScopes>

const capUrgencyEntries = {
  Immediate: { label: "act at once" },
  Expected: { label: "act within the hour" },
  Future: { label: "act before long" },
  Past: { label: "no longer to be acted upon" },
  Unknown: { label: "not known" },
} as const

export const capUrgencies: CodeList<keyof typeof capUrgencyEntries> = codeList(
  { name: "cap-urgency", ...cap },
  capUrgencyEntries,
)
export type CapUrgency = CodeOf<typeof capUrgencies>

const capSeverityEntries = {
  Extreme: { label: "extraordinary danger" },
  Severe: { label: "great danger" },
  Moderate: { label: "possible danger" },
  Minor: { label: "little danger" },
  Unknown: { label: "not known" },
} as const

export const capSeverities: CodeList<keyof typeof capSeverityEntries> = codeList(
  { name: "cap-severity", ...cap },
  capSeverityEntries,
)
export type CapSeverity = CodeOf<typeof capSeverities>

const capCertaintyEntries = {
  Observed: { label: "happened or happening" },
  Likely: { label: "over about one half" },
  Possible: { label: "under about one half" },
  Unlikely: { label: "not expected" },
  Unknown: { label: "not known" },
} as const

export const capCertainties: CodeList<keyof typeof capCertaintyEntries> = codeList(
  { name: "cap-certainty", ...cap },
  capCertaintyEntries,
)
export type CapCertainty = CodeOf<typeof capCertainties>

const capResponseEntries = {
  Shelter: { label: "take cover where you are" },
  Evacuate: { label: "leave the place" },
  Prepare: { label: "make ready" },
  Execute: { label: "do what was planned" },
  Avoid: { label: "stay away" },
  Monitor: { label: "keep informed" },
  Assess: { label: "look into it" },
  AllClear: { label: "the danger is over" },
  None: { label: "nothing to do" },
} as const

export const capResponses: CodeList<keyof typeof capResponseEntries> = codeList(
  { name: "cap-response-type", ...cap },
  capResponseEntries,
)
export type CapResponse = CodeOf<typeof capResponses>

const capCategoryEntries = {
  Geo: { label: "the ground" },
  Met: { label: "the weather" },
  Safety: { label: "general safety" },
  Security: { label: "police, military and private security" },
  Rescue: { label: "rescue" },
  Fire: { label: "fire" },
  Health: { label: "health" },
  Env: { label: "environment" },
  Transport: { label: "transport" },
  Infra: { label: "infrastructure" },
  CBRNE: { label: "chemical, biological, radiological, nuclear or explosive danger" },
  Other: { label: "anything else" },
} as const

export const capCategories: CodeList<keyof typeof capCategoryEntries> = codeList(
  { name: "cap-category", ...cap },
  capCategoryEntries,
)
export type CapCategory = CodeOf<typeof capCategories>

const edxl = {
  source: "OASIS, EDXL Distribution Element 2.0",
  standing: "to-be-checked",
  form: "standard",
} as const

const edxlKindEntries = {
  Report: { label: "tells of something", standing: "public-source" },
  Update: { label: "replaces an earlier one" },
  Cancel: { label: "withdraws an earlier one" },
  Request: { label: "asks for something" },
  Response: { label: "answers a request" },
  Dispatch: { label: "sends somebody or something" },
  Ack: { label: "received" },
  Error: { label: "refused" },
  SensorConfiguration: { label: "how a sensor is set up" },
  SensorControl: { label: "an order to a sensor" },
  SensorStatus: { label: "the state of a sensor" },
  SensorDetection: { label: "what a sensor found" },
} as const

export const edxlKinds: CodeList<keyof typeof edxlKindEntries> = codeList(
  { name: "edxl-distribution-kind", ...edxl },
  edxlKindEntries,
)
export type EdxlKind = CodeOf<typeof edxlKinds>

const edxlStatusEntries = {
  Actual: { label: "real", standing: "public-source" },
  Exercise: { label: "for those who exercise" },
  System: { label: "about the network itself" },
  Test: { label: "a technical trial" },
} as const

export const edxlStatuses: CodeList<keyof typeof edxlStatusEntries> = codeList(
  { name: "edxl-distribution-status", ...edxl },
  edxlStatusEntries,
)
export type EdxlStatus = CodeOf<typeof edxlStatuses>
