/**
 * What officers try now and then and must not get done: acts of the other side, answers to what
 * cannot be answered so, contents without their reason, steps that only machines take, warnings to
 * nobody. Each is to be refused at home (I5).
 */

import type { ExchangeInput, OrgId, Party } from "@tearline/core"

import type { Content, Kind } from "./kind.ts"
import { mayAnswer, maySay, repertoire, usualContent } from "./repertoire.ts"

interface Misfit {
  readonly act: string
  readonly content: Content
}

/** What of this kind must not get done by `party` about a message of the kind `read`. */
function misfitsOf(kind: Kind, { read, party, nowMs }: Reading): readonly Misfit[] {
  const { kind: act, nonsense = [] } = kind
  const isInPlace = maySay(party, act) && mayAnswer(kind, read)
  const contents = isInPlace ? nonsense : [usualContent(kind, nowMs)]
  return contents.map((content) => ({ act, content }))
}

/** Which end has read what, and when. */
interface Reading {
  readonly read: string
  readonly party: Party
  readonly nowMs: number
}

/** Everything that must not get done by whoever has just read this. */
export function misfitsOn(reading: Reading): readonly Misfit[] {
  return repertoire.flatMap((it) => misfitsOf(it, reading))
}

type Released = Extract<ExchangeInput, { readonly kind: "released" }>

/** Ways in which a release in good order is spoilt. */
export const spoilt: readonly ((good: Released, own: OrgId) => Partial<Released>)[] = [
  () => ({ addressees: [] }),
  (_good, own) => ({ addressees: [{ org: own }] }),
  ({ addressees }) => ({ addressees: [...addressees, ...addressees] }),
  ({ content }) => ({ precedence: "ROUTINE", content: { ...content, threatToLife: true } }),
  ({ content }) => ({ precedence: "PRIORITY", content: { ...content, threatToLife: true } }),
  ({ content }) => ({ content: { ...content, title: "harmless \u202E lless" } }),
  ({ content }) => ({ content: { ...content, elements: {} } }),
  ({ content }) => ({
    content: {
      ...content,
      window: { earliestMs: 2, latestMs: 1, basis: "x", timeZone: "UTC", atEnd: "x" },
    },
  }),
]
