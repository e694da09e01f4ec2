/**
 * What officers try now and then and must not get done: acts of the other side, answers to nothing,
 * steps that only machines take, warnings to nobody. Each is to be refused at home (I5).
 */

import type { ExchangeInput, OrgId, Party } from "@tearline/core"

interface Misfit {
  /** The kind of message before the officer. */
  readonly on: string
  readonly as: Party
  readonly act: string
  readonly content: Readonly<Record<string, unknown>>
}

const accepted = { verdict: "accepted", owner: "desk" }
const closed = { decision: "closed", reason: "it is over" }

export const misfits: readonly Misfit[] = [
  misfit("warning", "addressee", "mend", { how: "dropped", ground: "not ours to say" }),
  misfit("warning", "addressee", "read-back-reply", { verdict: "agreed" }),
  misfit("warning", "addressee", "window-dissent", { reason: "not ours to say" }),
  misfit("warning", "addressee", "thanks-reply", { result: "relayed" }),
  misfit("warning", "addressee", "warning", {}),
  misfit("warning", "addressee", "heartbeat", { held: [] }),
  misfit("warning", "addressee", "receipt", { step: "unsealed" }),
  misfit("warning", "addressee", "acceptance", { verdict: "accepted" }),
  misfit("warning", "addressee", "action", { actions: ["none"] }),
  misfit("warning", "addressee", "public-line-reply", { verdict: "agree" }),
  misfit("acceptance", "originator", "acceptance", accepted),
  misfit("acceptance", "originator", "reach", { reached: "yes" }),
  misfit("acceptance", "originator", "window-decision", closed),
  misfit("acceptance", "originator", "thanks", { level: "chief", text: "to ourselves" }),
  misfit("acceptance", "originator", "outcome", { point: "24h", result: "prevented-arrest" }),
  misfit("acceptance", "originator", "read-back-reply", { verdict: "agreed" }),
  misfit("read-back", "originator", "read-back", { understood: { where: "here" } }),
  misfit("read-back", "originator", "thanks-reply", { result: "relayed" }),
  misfit("thanks", "originator", "window-dissent", { reason: "no decision was taken" }),
]

function misfit(on: string, as: Party, act: string, content: Misfit["content"]): Misfit {
  return { on, as, act, content }
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
