/** The core's carriage of what came back by file, over the line to our gateway. */

import {
  type AnsweredUnit,
  CarriedAnswers,
  type CarriedAnswersParts,
  type Diagnostics,
  type Digest,
  type OrgId,
} from "@tearline/core"
import { decode, encode } from "@tearline/crypto"

import { codeOf, ExchangeError } from "./exchange-error.ts"
import type { InnerLine } from "./inner-line.ts"
import { machineTimers } from "./timers.ts"

interface LineParts extends Pick<CarriedAnswersParts, "isNeeded" | "read" | "settle"> {
  readonly line: InnerLine
  readonly diagnostics: Diagnostics
}

const answerMsMax = 10_000
/** 256 answers of at most 16 KiB. */
const answerBytesMax = 4 * 1024 * 1024 + 65_536

export function carriedAnswersOf({ line, diagnostics, ...parts }: LineParts): CarriedAnswers {
  const post = async (what: "answers" | "settled", wanted: number, body: Uint8Array) => {
    const signal = AbortSignal.timeout(answerMsMax)
    const path = `/inner/v1/${what}`
    const asked = await line.ask({ method: "POST", path, body, signal, answerBytesMax })
    if (asked.status === wanted) return asked.body
    throw new ExchangeError("gateway_refused", `the gateway answers ${asked.status}`)
  }
  return new CarriedAnswers({
    ...parts,
    async answers() {
      return readAnswers(await post("answers", 200, new Uint8Array()))
    },
    async settled(units) {
      await post("settled", 204, encode(units.map(({ peer, digest }) => [peer, digest])))
    },
    timers: machineTimers,
    onRefused: ({ peer, digest }, code) =>
      diagnostics("warn", "carried_answer_refused", { peer, digest, code }),
    onTrouble: (error) => diagnostics("warn", "answers_not_asked", { code: codeOf(error) }),
  })
}

/** A page of what came back by file. Throws `malformed_request`, or the codes of `decode`. */
export function readAnswers(bytes: Uint8Array): readonly AnsweredUnit[] {
  const list: unknown = decode(bytes, { bytesMax: answerBytesMax })
  if (!Array.isArray(list)) throw notAnswers()
  return list.map(answerOf)
}

const orgForm = /^[0-9a-f]{32}$/
const digestForm = /^[0-9a-f]{64}$/

function answerOf(value: unknown): AnsweredUnit {
  const items: unknown[] = Array.isArray(value) && value.length === 4 ? value : []
  const [peer, digest, isCustody, bytes] = items
  const isAnswer =
    typeof peer === "string" &&
    orgForm.test(peer) &&
    typeof digest === "string" &&
    digestForm.test(digest) &&
    typeof isCustody === "boolean" &&
    bytes instanceof Uint8Array
  if (!isAnswer) throw notAnswers()
  const kind = isCustody ? "custody" : "refusal"
  return { peer: peer as OrgId, digest: digest as Digest, answer: { kind, bytes } }
}

function notAnswers(): ExchangeError {
  return new ExchangeError("malformed_request", "answers are [peer, digest, is custody, bytes]")
}
