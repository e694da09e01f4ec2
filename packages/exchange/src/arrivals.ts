/**
 * Arrivals: the long answer of our gateway, frame by frame, into the core's intake.
 *
 * The gateway sends again whatever it was not told of, so that nothing is lost between the two
 * whenever either stops.
 */

import { hash } from "node:crypto"

import {
  ArrivalWindow,
  Intake,
  precedenceOf,
  unopenable,
  type Arrived,
  type Digest,
  type ExchangeAnswer,
  type ExchangeInput,
  type HeldUnit,
  type Lane,
  type MessageId,
  type OpenedEnvelope,
  type OrgId,
  type Unopenable,
} from "@tearline/core"
import { openCustody, type VerifyingKey } from "@tearline/crypto"
import { StoreError } from "@tearline/store"

import type { Diagnostics } from "./diagnostics.ts"
import { codeOf, ExchangeError } from "./exchange-error.ts"
import { type Frame, framesOf, readFrame } from "./frames.ts"
import type { InnerLine } from "./inner-line.ts"
import { laneOfUnit } from "./lane-of-unit.ts"
import type { Metrics } from "./metrics.ts"
import type { Content } from "./opener/exchanged.ts"
import type { Opener } from "./opener/opener.ts"
import { pause } from "./pause.ts"
import type { Peers } from "./peers.ts"
import { machineTimers } from "./timers.ts"

export interface ArrivalsParts {
  readonly own: OrgId
  readonly gatewayKey: VerifyingKey
  readonly line: InnerLine
  readonly opener: Opener
  readonly peers: Peers
  readonly submit: (input: ExchangeInput) => Promise<ExchangeAnswer>
  /** Something sealed by this peer has been taken in: its side is up. */
  readonly onHeard: (peer: OrgId) => void
  readonly onConnected: () => void
  readonly diagnostics: Diagnostics
  readonly metrics: Metrics
}

/**
 * So many keep the opener and the host loop at work, and no turn of the lower lanes grows so long
 * that a FLASH waits for its flush.
 */
const windowBase = 20
/** Organisations named at most of those that are no peers. */
const strangersMax = 64
const silenceMsMax = 40_000
const backOffMs = { min: 100, max: 5_000 }

/** Of the world, however long it lasts: anything else is about the message itself. */
function isOfTheWorld(error: unknown): boolean {
  return error instanceof StoreError || error instanceof ExchangeError
}

export class Arrivals {
  readonly #parts: ArrivalsParts
  readonly #intake: Intake
  readonly #sinceMs = new WeakMap<HeldUnit, number>()
  readonly #window = new ArrivalWindow(windowBase)
  readonly #strangers = new Set<OrgId>()
  #endStream: () => void = () => undefined
  #stop = new AbortController()
  #running: Promise<void> | undefined
  isConnected = false
  /** Frames of the present stream that are not what our gateway has signed for. */
  damaged = 0

  constructor(parts: ArrivalsParts) {
    this.#parts = parts
    this.#intake = new Intake({
      open: (held) => this.#opened(held),
      submit: parts.submit,
      isOfTheWorld,
      timers: machineTimers,
      onTaken: (held, input, answer) => this.#tell(held, input, answer),
      onTrouble: ({ custody: { digest } }, error) => {
        const code = codeOf(error)
        parts.diagnostics("warn", "arrival_not_taken", { digest, code })
        // Of one thread or link: the others need not wait for it.
        if (code === "corrupt") this.#stays(digest)
      },
    })
  }

  /** Organisations of which something waits at our gateway, and that are no peers any more. */
  get strangers(): readonly OrgId[] {
    return [...this.#strangers].filter((it) => this.#parts.peers.find(it) === undefined)
  }

  get inHand(): number {
    return this.#intake.inHand
  }

  /** Arrivals taken in or refused, ever. */
  get done(): number {
    return this.#intake.done
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Opens another stream: whatever is not taken comes again, as when a peer has been added. */
  askAgain(): void {
    this.#endStream()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#intake.close()
    await this.#running
  }

  async #run(): Promise<void> {
    let failures = 0
    while (!this.#stop.signal.aborted) {
      try {
        await this.#stream(() => (failures = 0))
      } catch (error) {
        if (this.#stop.signal.aborted) return
        const code = codeOf(error)
        if (failures === 0) this.#parts.diagnostics("warn", "arrivals_interrupted", { code })
      }
      this.isConnected = false
      const delayMs = Math.min(backOffMs.max, backOffMs.min * 2 ** failures)
      failures += 1
      await pause(delayMs * (0.5 + Math.random() / 2), this.#stop.signal)
    }
  }

  async #stream(onAlive: () => void): Promise<void> {
    const silence = new AbortController()
    const timer = setTimeout(() => silence.abort(), silenceMsMax)
    const signal = AbortSignal.any([this.#stop.signal, silence.signal])
    this.#endStream = () => silence.abort()
    try {
      const path = `/inner/v1/arrivals?window=${this.#window.opened()}`
      const answer = await this.#parts.line.open({ method: "POST", path, signal })
      if (answer.statusCode !== 200) {
        answer.destroy()
        throw new ExchangeError("gateway_refused", `the gateway answers ${answer.statusCode}`)
      }
      this.isConnected = true
      // Whatever is not taken comes again on each stream, what is damaged too.
      this.damaged = 0
      this.#parts.onConnected()
      for await (const frame of framesOf(answer)) {
        timer.refresh()
        onAlive()
        if (frame !== null) this.#receive(frame)
      }
    } finally {
      clearTimeout(timer)
    }
  }

  #receive(bytes: Buffer): void {
    const { diagnostics } = this.#parts
    try {
      const held = this.#check(readFrame(bytes))
      this.#sinceMs.set(held, performance.now())
      this.#intake.receive(held)
    } catch (error) {
      this.damaged += 1
      diagnostics("error", "frame_refused", { code: codeOf(error) })
    }
  }

  /** Only what our own gateway has signed for is opened at all. */
  #check(frame: Frame): HeldUnit {
    const { own, gatewayKey } = this.#parts
    const custody = openCustody(frame.receipt, (id) =>
      Buffer.compare(id, gatewayKey.id) === 0 ? gatewayKey : undefined,
    )
    const isAboutThis =
      custody.recipient.toHex() === own &&
      Buffer.compare(custody.unitHash, hash("sha256", frame.unit, "buffer")) === 0
    if (!isAboutThis) {
      throw new ExchangeError("malformed_request", "the receipt is about another recipient or unit")
    }
    return {
      ...frame,
      custody: { digest: custody.digest.toHex() as Digest, by: own, atMs: custody.atMs },
      sender: custody.sender.toHex() as OrgId,
      lane: laneOfUnit(frame.unit),
    }
  }

  /** It is out and not taken for long: others are not to lack its place. */
  #stays(digest: Digest): void {
    if (this.#window.waits(digest)) this.askAgain()
  }

  #tell(held: HeldUnit, input: Arrived | Unopenable, answer: ExchangeAnswer): void {
    const { metrics, onHeard } = this.#parts
    this.#window.taken(held.custody.digest)
    const { lane } = held
    const outcome = answer.kind === "refused" ? answer.code : answer.kind
    metrics.count("tearline_exchange_arrivals_total", { lane, outcome })
    const nowMs = performance.now()
    const tookMs = nowMs - (this.#sinceMs.get(held) ?? nowMs)
    metrics.observeMs("tearline_exchange_arrival_seconds", { lane }, tookMs)
    if (input.kind === "arrived") onHeard(held.sender)
  }

  async #opened(held: HeldUnit): Promise<Arrived | Unopenable | undefined> {
    const { unit, receipt, custody, sender, lane } = held
    const peer = this.#parts.peers.find(sender)
    if (peer === undefined) {
      // Our gateway knows it and we do not: it stays there until the peer is added again.
      this.#parts.diagnostics("warn", "arrival_of_unknown_peer", { digest: custody.digest })
      if (this.#strangers.size < strangersMax) this.#strangers.add(sender)
      this.#stays(custody.digest)
      return undefined
    }
    const { current, operation } = peer.verified
    const opening = await this.#parts.opener.open(
      {
        unit,
        ownOrg: Uint8Array.fromHex(this.#parts.own),
        sender: Uint8Array.fromHex(sender),
        digest: Uint8Array.fromHex(custody.digest),
        gatewayKeys: [operation.gatewayPublicKey],
        exchangeKeys: [current.exchangePublicKey],
      },
      lane,
    )
    const from = { unit, custody, receipt }
    if (opening.kind === "opened") {
      return { kind: "arrived", ...from, opened: envelopeOf(opening.content) }
    }
    return unopenable(held, opening.code)
  }
}

function envelopeOf(content: Content): OpenedEnvelope {
  const { epoch, number } = content
  return {
    digest: content.digest.toHex() as Digest,
    id: content.messageId as MessageId,
    sender: content.sender.toHex() as OrgId,
    precedence: precedenceOf(content.precedence),
    kind: content.kind,
    statement: content.statement,
    part: content.privatePart,
    // The format admits these four lanes and no other.
    place: { epoch, lane: content.lane as Lane, number },
    signedBytes: content.signedObject,
    partBytes: content.privatePartBytes,
    openingBytes: content.openingBytes,
  }
}
