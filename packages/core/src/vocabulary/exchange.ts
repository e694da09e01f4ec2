/** The working codes of a thread: what is answered, doubted, done, reached, and said in the end. */

import { codeList, type CodeList, type CodeOf } from "./code-list.ts"

const own = { source: "own", standing: "own" } as const

const receiptEntries = {
  custody: { label: "the addressee's gateway holds it" },
  unsealed: { label: "the addressee's exchange opened it" },
  read: { label: "a person read it" },
  refused: { label: "it was refused, with a code" },
} as const

export const receiptSteps: CodeList<keyof typeof receiptEntries> = codeList(
  { name: "receipt-step", ...own },
  receiptEntries,
)
export type ReceiptStep = CodeOf<typeof receiptSteps>

const rejectEntries = {
  "not-competent": { label: "this desk cannot act on it; the right desk may be named" },
  unreadable: { label: "it cannot be read" },
  language: { label: "nobody here reads its language" },
  duplicate: { label: "it is here already" },
  "marking-unacceptable": { label: "its marking cannot be kept here" },
  "no-legal-basis": { label: "the law here does not allow it to be held" },
  "suspected-forgery": { label: "it is thought not to come from its sender" },
} as const

/** Why an acceptance says no. A rejection is a task for the originator, not an end. */
export const rejectCodes: CodeList<keyof typeof rejectEntries> = codeList(
  { name: "reject", ...own },
  rejectEntries,
)
export type RejectCode = CodeOf<typeof rejectCodes>

const reachEntries = {
  desk: { label: "the first desk" },
  agency: { label: "the desk's own agency" },
  "other-agency": { label: "another agency" },
  regional: { label: "regional or local forces" },
  prosecutor: { label: "a prosecutor or judge" },
  "front-line": { label: "people on the spot" },
  "venue-or-victim": { label: "the place or the person threatened" },
  public: { label: "the public" },
} as const

/** How far a warning has come inside the addressee's country. */
export const reachHops: CodeList<keyof typeof reachEntries> = codeList(
  { name: "reach", ...own },
  reachEntries,
)
export type ReachHop = CodeOf<typeof reachHops>

const verdictEntries = {
  confirmed: { label: "own checks confirm it" },
  "partly-confirmed": { label: "own checks confirm part of it" },
  "not-confirmed-by-our-checks": { label: "own checks found nothing for it" },
  contradicted: { label: "own checks speak against it" },
  "already-known": { label: "it was known here" },
  "cannot-assess": { label: "it cannot be assessed here" },
  "judged-deception": { label: "it is thought to be meant to deceive" },
} as const

/** What the addressee's own assessment says, beside the sender's and never over it. */
export const verdicts: CodeList<keyof typeof verdictEntries> = codeList(
  { name: "verdict", ...own },
  verdictEntries,
)
export type Verdict = CodeOf<typeof verdicts>

const doubtEntries = {
  "too-vague": { label: "too little in it to act on" },
  "sender-motive": { label: "why it was sent is in doubt" },
  stale: { label: "it may be out of date" },
  contradicted: { label: "other information speaks against it" },
  circular: { label: "it may be our own information coming back" },
  "possible-deception": { label: "somebody may want it believed" },
  "identity-uncertain": { label: "it is not clear who is meant" },
} as const

/** Why a warning is doubted; a doubt goes with a question or with a reason not to ask. */
export const doubts: CodeList<keyof typeof doubtEntries> = codeList(
  { name: "doubt", ...own },
  doubtEntries,
)
export type Doubt = CodeOf<typeof doubts>

const actionEntries = {
  arrest: { label: "arrest" },
  surveillance: { label: "watch kept on people or places" },
  search: { label: "search" },
  "protect-site": { label: "a place is guarded" },
  "cancel-event": { label: "an event is called off or moved" },
  "warn-victim": { label: "whoever is threatened is warned" },
  "public-alert": { label: "the public is warned" },
  "border-lookout": { label: "a look-out at the border" },
  "asset-freeze": { label: "money or goods are frozen" },
  "disrupt-other": { label: "the plot is hindered in another way" },
  "pass-on": { label: "passed to those who can act" },
  none: { label: "nothing is done, with a reason" },
} as const

export const actionCodes: CodeList<keyof typeof actionEntries> = codeList(
  { name: "action", ...own },
  actionEntries,
)
export type ActionCode = CodeOf<typeof actionCodes>

const noActionEntries = {
  "already-handled": { label: "it has been dealt with" },
  "not-competent": { label: "this organisation cannot act" },
  "insufficient-detail": { label: "too little in it to act on" },
  "would-expose-source": { label: "acting would give the source away" },
  resource: { label: "nobody is free to do it" },
  "legal-bar": { label: "the law does not allow it" },
  "not-believed": { label: "it is not believed" },
} as const

/** The reason that action `none` owes. */
export const noActionReasons: CodeList<keyof typeof noActionEntries> = codeList(
  { name: "no-action-reason", ...own },
  noActionEntries,
)
export type NoActionReason = CodeOf<typeof noActionReasons>

const questionEntries = {
  identity: { label: "who is it" },
  "photo-compare": { label: "is it the person in this picture" },
  place: { label: "where" },
  time: { label: "when" },
  means: { label: "with what" },
  group: { label: "who is behind it" },
  "source-access": { label: "was the source in a position to know, yes or no" },
  "may-we-pass-to": { label: "may we pass it to somebody" },
  "may-we-act": { label: "may we act on it" },
  "still-valid": { label: "does it still hold" },
} as const

export const questionCodes: CodeList<keyof typeof questionEntries> = codeList(
  { name: "question", ...own },
  questionEntries,
)
export type QuestionCode = CodeOf<typeof questionCodes>

const answerStateEntries = {
  open: { label: "not answered yet" },
  partly: { label: "answered in part, the rest is still owed" },
  answered: { label: "answered" },
  "refused-source": { label: "not answered, to protect a source" },
  "refused-legal": { label: "not answered, the law forbids it" },
  "unknown-to-us": { label: "not known here" },
  overdue: { label: "not answered in time" },
  withdrawn: { label: "no longer asked" },
} as const

export const answerStates: CodeList<keyof typeof answerStateEntries> = codeList(
  { name: "answer-state", ...own },
  answerStateEntries,
)
export type AnswerState = CodeOf<typeof answerStates>

const windowEndEntries = {
  extended: { label: "protection goes on" },
  "stepped-down": { label: "protection goes on, with less" },
  closed: { label: "protection ends" },
  undecided: { label: "nothing has been decided, protection goes on" },
} as const

export const windowEnds: CodeList<keyof typeof windowEndEntries> = codeList(
  { name: "window-end", ...own },
  windowEndEntries,
)
export type WindowEnd = CodeOf<typeof windowEnds>

const outcomeEntries = {
  "prevented-arrest": { label: "prevented, by arrests" },
  "prevented-deterred": { label: "prevented, the plotters gave up" },
  "attempt-failed": { label: "tried, and failed" },
  "attack-occurred-as-warned": { label: "it happened as warned" },
  "attack-occurred-otherwise": { label: "it happened otherwise than warned" },
  "no-sign": { label: "nothing was seen of it" },
  "shown-false": { label: "it proved false" },
  unknown: { label: "not known" },
} as const

export const outcomeCodes: CodeList<keyof typeof outcomeEntries> = codeList(
  { name: "outcome", ...own },
  outcomeEntries,
)
export type OutcomeCode = CodeOf<typeof outcomeCodes>

const elementResultEntries = {
  right: { label: "proved right" },
  near: { label: "came near" },
  wrong: { label: "proved wrong" },
  untested: { label: "nothing showed whether it was right" },
} as const

/** How one element of the tearline stood the test of what came of it. */
export const elementResults: CodeList<keyof typeof elementResultEntries> = codeList(
  { name: "element-result", ...own },
  elementResultEntries,
)
export type ElementResult = CodeOf<typeof elementResults>

const publicStanceEntries = {
  attribute: { label: "the partner is named" },
  "partner-unnamed": { label: "a partner is mentioned, not named" },
  "neither-confirm-nor-deny": { label: "neither confirmed nor denied" },
  "no-comment": { label: "no comment" },
  "own-work-only": { label: "only one's own part is spoken of" },
} as const

export const publicStances: CodeList<keyof typeof publicStanceEntries> = codeList(
  { name: "public-stance", ...own },
  publicStanceEntries,
)
export type PublicStance = CodeOf<typeof publicStances>

const thanksLevelEntries = {
  desk: { label: "from the desk" },
  chief: { label: "from the head of the organisation" },
  minister: { label: "from a minister" },
  "head-of-state": { label: "from the head of state or government" },
} as const

export const thanksLevels: CodeList<keyof typeof thanksLevelEntries> = codeList(
  { name: "thanks-level", ...own },
  thanksLevelEntries,
)
export type ThanksLevel = CodeOf<typeof thanksLevels>

const thanksResultEntries = {
  received: { label: "arrived, not relayed yet" },
  relayed: { label: "relayed to those who obtained it" },
  "not-relayable": { label: "cannot be relayed" },
  declined: { label: "not accepted" },
} as const

/** What became of thanks; none of the four says whether there is a human source. */
export const thanksResults: CodeList<keyof typeof thanksResultEntries> = codeList(
  { name: "thanks-result", ...own },
  thanksResultEntries,
)
export type ThanksResult = CodeOf<typeof thanksResults>

const mistreatmentRiskEntries = {
  "none-seen": { label: "no risk seen" },
  "below-threshold": { label: "some risk, under the legal threshold" },
  "real-or-substantial-mitigable": { label: "real or substantial risk that can be lowered" },
  "real-or-substantial-not-mitigable": {
    label: "real or substantial risk that cannot be lowered",
  },
  "known-or-believed": { label: "mistreatment is known or believed to follow" },
} as const

/** In rising order; stated before mitigations, and again after them. */
export const mistreatmentRisks: CodeList<keyof typeof mistreatmentRiskEntries> = codeList(
  { name: "mistreatment-risk", ...own },
  mistreatmentRiskEntries,
)
export type MistreatmentRisk = CodeOf<typeof mistreatmentRisks>
