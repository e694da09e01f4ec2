/**
 * The gateway's arrivals: check, give custody, hold. One envelope is one aggregate.
 *
 * It opens nothing and could not. What it has taken once it answers with the first receipt for
 * ever, so that a sender whose line broke after our flush learns the same custody time as we
 * remember.
 */

import type { Machine, Stepped } from "../host/host.ts"
import type { Clock } from "../host/ports.ts"
import type { Digest } from "../ids.ts"
import type {
  CheckedUnit,
  GatewayJournal,
  GatewaySuite,
  GatewayWrite,
  HeldArrival,
  UnitCheck,
} from "./ports.ts"

export interface ArrivalInput {
  readonly unit: Uint8Array
}

/**
 * What the peer's gateway is told: custody, a signed refusal, or (unsigned) only that it is
 * refused.
 */
export type ArrivalAnswer =
  | { readonly kind: "custody"; readonly receipt: Uint8Array }
  | { readonly kind: "refused"; readonly refusal: Uint8Array | null; readonly code: string }

/** An arrival is held: wake the stream to the exchange. */
export interface HeldOutput {
  readonly kind: "held"
  readonly arrival: HeldArrival
}

export interface GatewayPorts {
  readonly suite: GatewaySuite
  readonly journal: GatewayJournal
  readonly clock: Clock
  /** Called after the flush with what is newly held. */
  readonly onHeld: (arrival: HeldArrival) => void
}

type GatewayStepped = Stepped<GatewayWrite, HeldOutput, ArrivalAnswer>
export type GatewayMachine = Machine<ArrivalInput, GatewayWrite, HeldOutput, ArrivalAnswer>

function custodyAnswer(receipt: Uint8Array): ArrivalAnswer {
  return { kind: "custody", receipt }
}

function refuse(bad: Extract<UnitCheck, { kind: "bad" }>, ports: GatewayPorts): GatewayStepped {
  const { code, digest, sender, signed } = bad
  const atMs = ports.clock.nowMs()
  const isKnown = signed && digest !== null && sender !== null
  const refusal = isKnown ? ports.suite.refusal({ digest, sender, code }, atMs) : null
  // What nobody signed leaves no row: a stranger must not be able to fill the disk.
  const writes: GatewayWrite[] = isKnown ? [{ kind: "refused", digest, sender, code, atMs }] : []
  return { writes, outputs: [], answer: { kind: "refused", refusal, code } }
}

function hold(unit: CheckedUnit, bytes: Uint8Array, ports: GatewayPorts): HeldArrival {
  const atMs = ports.clock.nowMs()
  const custody = ports.suite.custody(unit, atMs)
  return { ...unit, unit: bytes, custody, atMs }
}

/** The machine that the gateway's host loop runs. */
export function gatewayMachine(ports: GatewayPorts): GatewayMachine {
  // Receipts of this turn, for the same envelope twice in one turn.
  let pending = new Map<Digest, Uint8Array>()
  return {
    async step({ unit: bytes }) {
      const check = ports.suite.check(bytes)
      if (check.kind === "bad") return refuse(check, ports)
      const { digest } = check.unit
      const first = pending.get(digest) ?? (await ports.journal.custodyOf(digest))
      if (first !== undefined) return { writes: [], outputs: [], answer: custodyAnswer(first) }
      const arrival = hold(check.unit, bytes, ports)
      pending.set(digest, arrival.custody)
      return {
        writes: [{ kind: "held", ...arrival }],
        outputs: [{ kind: "held", arrival }],
        answer: custodyAnswer(arrival.custody),
      }
    },
    async commit(writes) {
      await ports.journal.commit(writes)
      pending = new Map()
    },
    forget() {
      pending = new Map()
    },
    perform: ({ arrival }) => ports.onHeld(arrival),
  }
}
