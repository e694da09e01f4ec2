/** The gateway as a courier meets it: over the inner listener, with a pin that may only carry. */

import {
  type Brought,
  type CourierDoor,
  type OrgId,
  type Taken,
  type TakePage,
  dropBytesMax,
} from "@tearline/core"
import { encode } from "@tearline/crypto"
import { type ExchangeError, GatewayLine } from "@tearline/exchange/carrier"
import type { TlsIdentity } from "@tearline/gateway"

import { CliError } from "../cli-error.ts"
import type { NodeFolder } from "../state/folder.ts"
import { readBrought, readOpened, readTaken } from "./answers.ts"

/** A page is at most one file of the largest size over a few megabytes. */
const pageBytesMax = 2 * dropBytesMax + 8 * 1024 * 1024
const answerMsMax = 60_000

export interface OpenDoor extends CourierDoor {
  hangUp(): void
}

/** Throws `not_running` where no gateway has said where it listens. */
export function courierDoor(folder: NodeFolder): OpenDoor {
  const { certificate, privateKey } = folder.readSecret("tls-inner-courier") as TlsIdentity
  const { pin } = folder.readSecret("tls-inner-gateway") as { readonly pin: string }
  const line = new GatewayLine({
    endpoint: `https://127.0.0.1:${folder.innerPort()}`,
    pins: [pin],
    tls: { certificate, privateKey },
  })
  const ask = async (path: string, body: Uint8Array) => {
    const signal = AbortSignal.timeout(answerMsMax)
    try {
      return await line.ask({ method: "POST", path, body, signal, answerBytesMax: pageBytesMax })
    } catch (error) {
      throw notRunning(folder, error as ExchangeError)
    }
  }
  return {
    async open(): Promise<number> {
      const { status, body } = await ask("/courier/v1/open", new Uint8Array())
      if (status !== 200) throw refused(status)
      return readOpened(body)
    },
    async close(openedMs: number, from: readonly OrgId[]): Promise<void> {
      const { status } = await ask("/courier/v1/close", encode([openedMs, [...from]]))
      if (status !== 204) throw refused(status)
    },
    async take({ to, after }: TakePage): Promise<Taken> {
      const place = after && [after.lane, after.atMs, after.digest, after.peer, after.kind]
      const { status, body } = await ask("/courier/v1/take", encode([to, place]))
      if (status !== 200) throw refused(status)
      return readTaken(body, pageBytesMax)
    },
    async bring(file: Uint8Array): Promise<Brought> {
      const { status, body } = await ask("/courier/v1/bring", file)
      if (status !== 200) throw refused(status)
      return readBrought(body)
    },
    hangUp: () => line.close(),
  }
}

function notRunning(folder: NodeFolder, cause: ExchangeError): CliError {
  return new CliError("not_running", "the gateway of this node does not answer", {
    hint: `start it with: tearline up --dir ${folder.dir}`,
    cause,
  })
}

function refused(status: number): CliError {
  if (status === 503) {
    return new CliError("no_answer", "the gateway cannot write at the moment", {
      hint: "run it again in a while; what is on the stick stays there",
    })
  }
  return new CliError("refused", `the gateway refused the courier (${status})`, {
    hint: "gateway and command are of different versions: install both again",
  })
}
