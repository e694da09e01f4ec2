/** One unit handed to our gateway, and what the answer means. */

import type { AnsweredUnit, Departed, Digest, OrgId, OutboxItem } from "@tearline/core"
import { CryptoError, openCustody, openRefusal, type VerifyingKey } from "@tearline/crypto"

import { codeOf } from "./exchange-error.ts"
import type { Answered } from "./gateway-line.ts"
import type { InnerLine } from "./inner-line.ts"

export interface DepartureParts {
  readonly own: OrgId
  readonly line: InnerLine
  /** The key with which the peer's gateway signs. */
  readonly gatewayKeyOf: (peer: OrgId) => VerifyingKey | undefined
}

const answerMsMax = 20_000

/** Never throws: what went wrong is an answer with a code. */
export async function depart(
  { own, line, gatewayKeyOf }: DepartureParts,
  item: OutboxItem,
): Promise<Departed> {
  const { peer, lane, unit } = item
  try {
    const answered = await line.ask({
      method: "POST",
      path: `/inner/v1/departures?to=${peer}&lane=${lane}`,
      body: unit,
      isFlash: lane === 0,
      lane,
      about: item.id,
      signal: AbortSignal.timeout(answerMsMax),
    })
    return readAnswered({ own, gatewayKeyOf }, item, answered)
  } catch (error) {
    return failed(error instanceof CryptoError ? "bad_receipt" : codeOf(error))
  }
}

/** What our gateway has answered to one unit, at once or late. */
export function readAnswered(
  parts: Pick<DepartureParts, "own" | "gatewayKeyOf">,
  { peer, digest }: Pick<OutboxItem, "peer" | "digest">,
  answered: Answered,
): Departed {
  const { status, body } = answered
  if (status === 202) return { kind: "waiting" }
  if (status !== 200 && status !== 422) return failed(codeIn(answered))
  const kind = status === 200 ? "custody" : "refusal"
  return readCarried(parts, { peer, digest, answer: { kind, bytes: new Uint8Array(body) } })
}

function failed(code: string): Departed {
  return { kind: "failed", code }
}

/**
 * A peer's answer, by whatever it came; never throws. It counts only if the peer's own gateway
 * signed it, about this envelope of ours.
 */
export function readCarried(
  { own, gatewayKeyOf }: Pick<DepartureParts, "own" | "gatewayKeyOf">,
  answer: AnsweredUnit,
): Departed {
  const key = gatewayKeyOf(answer.peer)
  if (key === undefined) return failed("unknown_peer")
  try {
    return read(answer, own, key)
  } catch (error) {
    return failed(error instanceof CryptoError ? "bad_receipt" : codeOf(error))
  }
}

function read(answered: AnsweredUnit, own: OrgId, key: VerifyingKey): Departed {
  const { digest, peer, answer } = answered
  const { kind, bytes } = answer
  const keyOf = (id: Uint8Array) => (Buffer.compare(id, key.id) === 0 ? key : undefined)
  const signed = kind === "custody" ? openCustody(bytes, keyOf) : openRefusal(bytes, keyOf)
  const isAboutThis =
    signed.digest.toHex() === digest &&
    signed.recipient.toHex() === peer &&
    signed.sender.toHex() === own
  if (!isAboutThis) return failed("foreign_receipt")
  const { atMs } = signed
  if ("code" in signed) return { kind: "refused", code: signed.code, atMs }
  const custody = { digest: signed.digest.toHex() as Digest, by: peer, atMs }
  return { kind: "custody", custody, receipt: bytes }
}

function codeIn({ status, body }: Answered): string {
  try {
    const { code } = JSON.parse(body.toString()) as { code?: unknown }
    if (typeof code === "string" && /^[a-z_]{1,64}$/.test(code)) return code
  } catch {
    // A gateway of another version may answer in another form: the number says enough.
  }
  return `http_${status}`
}
