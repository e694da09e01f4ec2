/**
 * Who may read (TLP), how visibly one may act (PAP), and what may be told to whom (IEP).
 *
 * No one of the three says what another says: TLP does not govern action, PAP does not govern
 * readers. Their labels keep their published form in every language.
 */

import { codeList, type CodeList, type CodeOf } from "./code-list.ts"

const tlpEntries = {
  "TLP:RED": { label: "the named readers only" },
  "TLP:AMBER+STRICT": { label: "who needs it, inside the recipient's organisation only" },
  "TLP:AMBER": { label: "who needs it, inside the organisation and among those it serves" },
  "TLP:GREEN": { label: "the community, never in public" },
  "TLP:CLEAR": { label: "anyone", formerly: "TLP:WHITE" },
} as const

/** Narrowest first, so that a lower index is a tighter label. */
export const tlpLabels: CodeList<keyof typeof tlpEntries, { readonly formerly?: string }> =
  codeList(
    {
      name: "tlp",
      source: "FIRST, Traffic Light Protocol 2.0",
      standing: "public-source",
      form: "standard",
    },
    tlpEntries,
  )
export type TlpLabel = CodeOf<typeof tlpLabels>

const papEntries = {
  "PAP:RED": {
    label: "only what nobody outside can notice",
    plotters: "files and holdings only",
  },
  "PAP:AMBER": {
    label: "passive checks, with third parties too",
    plotters: "discreet enquiries and covert watch",
  },
  "PAP:GREEN": {
    label: "active measures",
    plotters: "open measures, questioning, arrests",
  },
  "PAP:CLEAR": {
    label: "no limit",
    plotters: "public announcement",
    formerly: "PAP:WHITE",
  },
} as const

/** What PAP, written for networks, comes to where plotters are people: what they may notice. */
export interface PapReading {
  readonly plotters: string
  readonly formerly?: string
}

/** Least visible first, so that a lower index is a tighter label. The reading is our own. */
export const papLabels: CodeList<keyof typeof papEntries, PapReading> = codeList(
  {
    name: "pap",
    source: "Permissible Actions Protocol, as in the MISP taxonomies",
    standing: "public-source",
    form: "standard",
  },
  papEntries,
)
export type PapLabel = CodeOf<typeof papLabels>

const iepSource = "FIRST, Information Exchange Policy 2.0, as in the MISP taxonomies"

const iepEncryptionEntries = {
  must: { label: "encrypted whenever it is passed on" },
  may: { label: "encryption in passing on is left to the recipient" },
} as const

export const iepEncryptions: CodeList<keyof typeof iepEncryptionEntries> = codeList(
  { name: "iep-encrypt-in-transit", source: iepSource, standing: "public-source" },
  iepEncryptionEntries,
)
export type IepEncryption = CodeOf<typeof iepEncryptions>

const iepActionEntries = {
  // The copy read gives it the words of the next one; the original is still to be read.
  none: { label: "no action at all", standing: "to-be-checked" },
  "contact-for-instruction": { label: "ask the provider before any action" },
  "internally-visible-actions": { label: "action that only one's own systems show" },
  "externally-visible-indirect-actions": { label: "action that outsiders may infer" },
  "externally-visible-direct-actions": { label: "action that outsiders see" },
} as const

export const iepActions: CodeList<keyof typeof iepActionEntries> = codeList(
  { name: "iep-permitted-action", source: iepSource, standing: "public-source" },
  iepActionEntries,
)
export type IepAction = CodeOf<typeof iepActions>

const iepNotificationEntries = {
  may: { label: "those affected may be told" },
  "must-not": { label: "those affected are not to be told" },
} as const

export const iepNotifications: CodeList<keyof typeof iepNotificationEntries> = codeList(
  { name: "iep-affected-party-notification", source: iepSource, standing: "public-source" },
  iepNotificationEntries,
)
export type IepNotification = CodeOf<typeof iepNotifications>

const iepAttributionEntries = {
  may: { label: "the provider may be named" },
  must: { label: "the provider is to be named" },
  "must-not": { label: "the provider is not to be named" },
} as const

export const iepAttributions: CodeList<keyof typeof iepAttributionEntries> = codeList(
  { name: "iep-attribution", source: iepSource, standing: "public-source" },
  iepAttributionEntries,
)
export type IepAttribution = CodeOf<typeof iepAttributions>

const iepResaleEntries = {
  may: { label: "may be sold on as it is" },
  "must-not": { label: "is not to be sold on as it is" },
} as const

export const iepResales: CodeList<keyof typeof iepResaleEntries> = codeList(
  { name: "iep-unmodified-resale", source: iepSource, standing: "public-source" },
  iepResaleEntries,
)
export type IepResale = CodeOf<typeof iepResales>
