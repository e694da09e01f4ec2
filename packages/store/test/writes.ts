/** One maker per noun, with every field defaulted, so that a test states only what it is about. */

import { createHash } from "node:crypto"

import type {
  Digest,
  ExchangeWrite,
  HeldArrival,
  Link,
  MessageId,
  Obligation,
  OrgId,
  OutboxItem,
  ThreadId,
} from "@tearline/core"

/** 32 bytes of hexadecimal that depend on the name alone. */
export function hash(name: string): string {
  return createHash("sha256").update(name).digest("hex")
}

const org = (name: string): OrgId => hash(name).slice(0, 32) as OrgId
export const threadId = (name: string): ThreadId => hash(name).slice(0, 32) as ThreadId
export const digest = (name: string): Digest => hash(name) as Digest
export const messageId = (name: string): MessageId => hash(name) as MessageId
export const bytes = (text: string): Uint8Array => Buffer.from(text)

export const alder = org("Alder")
export const birch = org("Birch")
export const cedar = org("Cedar")

export function held(name: string, options: Partial<HeldArrival> = {}): HeldArrival {
  return {
    digest: digest(name),
    sender: birch,
    lane: 3,
    unit: bytes(`unit ${name}`),
    custody: bytes(`custody ${name}`),
    atMs: 1_000,
    ...options,
  }
}

type WriteOf<Kind extends ExchangeWrite["kind"]> = Extract<ExchangeWrite, { kind: Kind }>

export function threadWrite(
  name: string,
  options: Partial<Omit<WriteOf<"thread">, "kind">> = {},
): WriteOf<"thread"> {
  const id = threadId(name)
  return {
    kind: "thread",
    thread: { id, originator: alder, addressee: birch, status: "actual" },
    peer: birch,
    expectedVersion: null,
    version: 1,
    viewHash: hash(`view of ${name}`),
    isClosed: false,
    ...options,
  }
}

export interface MessageOptions {
  readonly thread?: ThreadId | null
  readonly peer?: OrgId
  readonly precedence?: "FLASH" | "ROUTINE"
  readonly signed?: Uint8Array
  readonly slotNumber?: number
}

export function messageWrite(name: string, options: MessageOptions = {}): WriteOf<"message"> {
  const { thread = threadId("t"), peer = birch, precedence = "ROUTINE" } = options
  return {
    kind: "message",
    thread,
    peer,
    direction: "out",
    message: {
      id: messageId(name),
      digest: digest(name),
      statement: {
        version: 1,
        kind: "warning",
        author: alder,
        atMs: 1_000,
        status: "actual",
        precedence,
        evidence: "signed",
        policy: hash("policy"),
        answers: [],
        content: {},
      } as unknown as WriteOf<"message">["message"]["statement"],
      part: {
        subject: thread === null ? null : { thread },
        epoch: 1,
        number: 1,
        previous: null,
        asks: [],
        releasableTo: [],
        policy: hash("policy"),
        held: [],
      } as unknown as WriteOf<"message">["message"]["part"],
    },
    signed: options.signed ?? bytes(`signed ${name}`),
    part: bytes(`part ${name}`),
    opening: bytes(`opening ${name}`),
    slotNumber: options.slotNumber ?? 1,
    learnedAtMs: 1_001,
  }
}

export function arrivalWrite(name: string, code: string | null = null): WriteOf<"arrival"> {
  const unit = bytes(`unit ${name}`)
  return { kind: "arrival", digest: digest(name), sender: birch, code, unit, atMs: 1_002 }
}

export function custodyWrite(name: string, thread: ThreadId | null): WriteOf<"custody"> {
  const custody = { digest: digest(name), by: birch, atMs: 1_003 }
  return { kind: "custody", thread, custody, receipt: bytes(`receipt ${name}`) }
}

export function refusalWrite(name: string, thread: ThreadId | null): WriteOf<"refusal"> {
  const refusal = { digest: digest(name), by: birch, code: "cannot_open", atMs: 1_004 }
  return { kind: "refusal", thread, refusal }
}

export function link(options: Partial<Link> = {}): Link {
  const lane = { number: 0, slotHash: null }
  return {
    peer: birch,
    epoch: 1,
    out: [lane, lane, lane, lane],
    held: [],
    sealedAtMs: 0,
    heardAtMs: 0,
    refused: { sinceMs: 0, count: 0 },
    ...options,
  }
}

export function linkWrite(options: Partial<Omit<WriteOf<"link">, "kind">> = {}): WriteOf<"link"> {
  return { kind: "link", link: link(), expectedVersion: null, version: 1, ...options }
}

export function obligationWrite(
  thread: ThreadId,
  options: Partial<Obligation> = {},
): WriteOf<"obligation"> {
  const obligation: Obligation = {
    id: "read",
    rule: "read",
    owedBy: alder,
    bearer: "officer",
    about: messageId("w"),
    startMs: 1_000,
    dueMs: 2_000,
    end: null,
    ...options,
  }
  return { kind: "obligation", thread, obligation }
}

export function item(name: string, options: Partial<OutboxItem> = {}): OutboxItem {
  return {
    id: `${digest(name)}:${birch}`,
    peer: birch,
    lane: 3,
    digest: digest(name),
    thread: threadId("t"),
    unit: bytes(`unit ${name}`),
    createdAtMs: 1_000,
    ...options,
  }
}
