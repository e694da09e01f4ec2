/** The list of peers on its way to our gateway, and what the gateway says of it. */

import type { OfferAnswer, OfferedList } from "@tearline/core"

import type { Diagnostics } from "./diagnostics.ts"
import { codeOf } from "./exchange-error.ts"
import type { Answered } from "./gateway-line.ts"
import type { InnerLine } from "./inner-line.ts"

const answerMsMax = 10_000
const nameForm = /^peers\/([0-9a-f]{32})\/([0-9]{1,15})$/
const seriesForm = /^[0-9a-f]{32}$/

/** What a list is called where its answer may come late: what it follows goes with its series. */
function nameOf({ series, number }: OfferedList): string {
  return `peers/${series}/${number}`
}

/** The list that an answer is about; undefined when it is about something else. */
export function listNamed(about: string): Pick<OfferedList, "series" | "number"> | undefined {
  const [, series, number] = nameForm.exec(about) ?? []
  return series === undefined ? undefined : { series, number: Number(number) }
}

/** Offers a list over the line; never throws. */
export function offerOf(line: InnerLine, diagnostics: Diagnostics) {
  return async (list: OfferedList, body: Uint8Array): Promise<OfferAnswer> => {
    const { series, number, over } = list
    const path = `/inner/v1/peers?series=${series}&number=${number}`
    try {
      const answered = await line.ask({
        method: "PUT",
        path: over === null ? path : `${path}&over=${over}`,
        body,
        about: nameOf(list),
        isFlash: true,
        signal: AbortSignal.timeout(answerMsMax),
      })
      const answer = readOffered(answered)
      const { status } = answered
      if (answer.kind === "failed") diagnostics("warn", "peers_not_told", { status })
      return answer
    } catch (error) {
      diagnostics("warn", "peers_not_told", { code: codeOf(error) })
      return { kind: "failed" }
    }
  }
}

/** What our gateway has answered to a list, at once or late. */
export function readOffered({ status, body }: Answered): OfferAnswer {
  switch (status) {
    case 200:
    case 204:
      return { kind: "taken" }
    case 202:
      return { kind: "waiting" }
    case 409: {
      const by = seriesIn(body)
      return by === undefined ? { kind: "failed" } : { kind: "superseded", by }
    }
    default:
      return { kind: "failed" }
  }
}

function seriesIn(body: Buffer): string | undefined {
  try {
    const { series } = JSON.parse(body.toString()) as { readonly series?: unknown }
    return typeof series === "string" && seriesForm.test(series) ? series : undefined
  } catch {
    return undefined
  }
}
