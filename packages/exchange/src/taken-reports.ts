/** Reports of what was taken, over the line to our gateway. */

import { TakenReports } from "@tearline/core"
import { encode } from "@tearline/crypto"

import type { Diagnostics } from "./diagnostics.ts"
import { codeOf } from "./exchange-error.ts"
import type { InnerLine } from "./inner-line.ts"
import { machineTimers } from "./timers.ts"

const answerMsMax = 10_000

export function takenReportsOf(line: InnerLine, diagnostics: Diagnostics): TakenReports {
  return new TakenReports({
    report: async (digests) => {
      const { status } = await line.ask({
        method: "POST",
        path: "/inner/v1/taken",
        body: encode([...digests]),
        isFlash: true,
        signal: AbortSignal.timeout(answerMsMax),
      })
      const isNoted = status === 204 || status === 200
      if (!isNoted) diagnostics("warn", "taken_not_told", { status })
      return isNoted
    },
    timers: machineTimers,
    onTrouble: (error) => diagnostics("warn", "taken_not_told", { code: codeOf(error) }),
  })
}
