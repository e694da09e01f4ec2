/**
 * Every target there is, in the order in which bytes meet the decoders. What a target needs is
 * loaded when it is opened, and not before: its supervisor has no need of keys.
 */

import type { TargetEntry } from "../target.ts"

type Openers<Name extends string> = Readonly<Record<Name, TargetEntry["open"]>>

/** A target out of a module that is loaded late. */
function entry<Name extends string>(
  name: string,
  module: () => Promise<Openers<Name>>,
  open: Name,
): TargetEntry {
  return { name, open: async () => (await module())[open]() }
}

const parts = () => import("./envelope-parts.ts")
const sealed = () => import("./sealed-targets.ts")
const signed = () => import("./signed-statements.ts")
const messages = () => import("./message-targets.ts")
const listeners = () => import("./listener-targets.ts")
const inner = () => import("./inner-targets.ts")
const requests = () => import("./inner-request-targets.ts")
const past = () => import("./past-target.ts")
const seam = () => import("./seam-targets.ts")

/** Every target; what a target is made of is loaded when it is opened. */
export const catalogue: readonly TargetEntry[] = [
  entry("canonical", () => import("./canonical-target.ts"), "openCanonical"),
  entry("header", parts, "openHeader"),
  entry("slot", parts, "openSlotTarget"),
  entry("unit", parts, "openUnitTarget"),
  entry("unit-check", sealed, "openUnitCheckTarget"),
  entry("slot-content", sealed, "openSlotContentTarget"),
  entry("body", sealed, "openBodyTarget"),
  entry("audience", sealed, "openAudienceTarget"),
  entry("envelope", sealed, "openEnvelopeTarget"),
  entry("signed", signed, "openSignedTarget"),
  entry("message", signed, "openMessageTarget"),
  entry("statement", messages, "openStatementTarget"),
  entry("part", messages, "openPartTarget"),
  entry("held", messages, "openHeldTarget"),
  entry("custody", signed, "openCustodyTarget"),
  entry("refusal", signed, "openRefusalTarget"),
  entry("identity", signed, "openIdentityTarget"),
  entry("operations", signed, "openOperationsTarget"),
  entry("prekeys", signed, "openPrekeysTarget"),
  entry("restore", past, "openRestore"),
  entry("returned", past, "openReturned"),
  entry("conversation", () => import("./conversation-target.ts"), "openConversation"),
  entry("invite", inner, "openInvite"),
  entry("frames", inner, "openFrames"),
  entry("opener-answer", inner, "openOpenerAnswer"),
  entry("peer-list", inner, "openPeersTarget"),
  entry("desk", inner, "openDesk"),
  entry("drop", () => import("./drop-target.ts"), "openDrop"),
  entry("taken", requests, "openTaken"),
  entry("settled", requests, "openSettled"),
  entry("answers", requests, "openAnswers"),
  entry("courier-page", requests, "openCourierPage"),
  entry("courier-closed", requests, "openCourierClosed"),
  entry("courier-answer", requests, "openCourierAnswer"),
  entry("readiness", requests, "openReadiness"),
  entry("invite-file", requests, "openInviteFile"),
  entry("seam-inside", seam, "openSeamInside"),
  entry("seam-outside", seam, "openSeamOutside"),
  entry("outer-listener", listeners, "openOuterListener"),
  entry("peer-answer", listeners, "openPeerAnswer"),
  entry("gateway-answer", listeners, "openGatewayAnswer"),
]

/** As the command line takes them, in the order of the catalogue. */
export const targetNames: readonly string[] = catalogue.map((it) => it.name)

/** The entry of a target that is known to be there. */
export function entryOf(name: string): TargetEntry {
  const found = catalogue.find((it) => it.name === name)
  if (found === undefined) throw new RangeError(`there is no target ${name}`)
  return found
}
