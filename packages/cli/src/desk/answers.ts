/** What the exchange's desk interface answers, as JSON. All times in milliseconds since 1970 UTC. */

export type { Inbox, InboxLine, InboxPage } from "@tearline/exchange"

export interface LinkStatus {
  readonly peer: string
  readonly name: string
  /** When anything sealed by the peer's exchange last arrived; null before the first. */
  readonly heardAtMs: number | null
  readonly sealedAtMs: number | null
  readonly isSilent: boolean
  /** Numbers of the peer's that are missing here, and of ours that are missing there. */
  readonly gaps: number
  readonly unheld: number
  /** `https` or `file`. */
  readonly carrier: string
  /** What waits for custody, by precedence. */
  readonly outbox: Readonly<Record<string, number>>
  /** Why the latest of it did not get there: `peer_refused`, `peer_unreachable` and others. */
  readonly failing: string | null
}

/** What a person must be told unasked. */
export interface NodeAlarm {
  /**
   * `clock-suspect`, `storage`, `conflict`, `unknown-policy`, `link-silent`, `seam-silent`, `gaps`,
   * `damaged`, `restored-without-epoch`, `restored-too-often`, `link-damaged`, `peer-unknown`;
   * others may come.
   */
  readonly kind: string
  readonly peer?: string
  readonly peerName?: string
  readonly thread?: string
  readonly sinceMs?: number
  /** Of `restored-without-epoch`: a newer epoch of this node that the peer knows, if it does. */
  readonly laterEpoch?: number
  /** Of `restored-too-often`: when giving back goes on. */
  readonly untilMs?: number
  /** Of `link-silent`: false where nothing was heard since the peer was added. */
  readonly wasHeard?: boolean
  readonly missing?: number
  readonly unheld?: number
  /** Of `storage`: whose database it is, and what it says. */
  readonly process?: string
  readonly code?: string
}

export interface NodeStatus {
  readonly org: string
  readonly name: string
  readonly status: string
  readonly nowMs: number
  readonly alarms: readonly NodeAlarm[]
  readonly links: readonly LinkStatus[]
  readonly threads: { readonly open: number; readonly closed: number }
  readonly obligations: { readonly open: number; readonly overdue: number }
  readonly quarantined: number
  /** The newest restore of this node, and the peers that have not given back everything yet. */
  readonly restored: { readonly atMs: number; readonly waitingFor: readonly string[] } | null
}

export interface Invite {
  /** Base64 of the canonical CBOR of the identity and operations statements. */
  readonly invite: string
  readonly fingerprint: string
}

export interface Peer {
  readonly org: string
  readonly name: string
  readonly [more: string]: unknown
}

export interface ThreadMessage {
  readonly id: string
  readonly kind: string
  readonly author: string
  readonly mine: boolean
  readonly atMs: number
  readonly number: number
  readonly answers: readonly string[]
  readonly content: Readonly<Record<string, unknown>>
  readonly custodyAtMs: number | null
}

/** An obligation in a thread, as `core` has it. */
export interface ThreadObligation {
  readonly id: string
  readonly rule: string
  readonly owedBy: string
  readonly bearer: string
  readonly about: string
  readonly startMs: number
  readonly dueMs: number
  readonly end: { readonly kind: string; readonly by: string; readonly atMs: number } | null
}

/** A thread in the list of all. */
export interface ThreadSummary {
  readonly id: string
  readonly peer: string
  readonly peerName: string
  /** Whether this organisation is the originator. */
  readonly mine: boolean
  readonly status: string
  readonly isClosed: boolean
  /** Absent while the warning is not here yet. */
  readonly title?: string
  readonly [more: string]: unknown
}

export interface ThreadDocument {
  readonly thread: {
    readonly id: string
    readonly peer: string
    readonly peerName: string
    readonly originator: string
    readonly addressee: string
    readonly status: string
  }
  /** Absent while the warning is not here yet. */
  readonly title?: string
  readonly precedence?: string
  readonly version: number
  readonly viewHash: string
  readonly isClosed: boolean
  readonly messages: readonly ThreadMessage[]
  readonly obligations: readonly ThreadObligation[]
  readonly conflicts: readonly unknown[]
  readonly waiting: readonly unknown[]
  readonly refusals: readonly unknown[]
  readonly [more: string]: unknown
}

export interface AddresseeChoice {
  readonly org: string
  readonly asks?: readonly string[]
  readonly releasableTo?: readonly string[]
}

export interface WarningOrder {
  readonly addressees: readonly AddresseeChoice[]
  readonly precedence: string
  readonly status: string
  readonly content: unknown
  readonly officer: string
}

export interface WarningMade {
  readonly message: string
  readonly threads: readonly { readonly org: string; readonly thread: string }[]
  /** Who could not be warned now, and the code of why: `restored_without_epoch`, `link_damaged`. */
  readonly leftOut: readonly { readonly org: string; readonly code: string }[]
}

export interface Act {
  readonly kind: string
  readonly content: unknown
  readonly answers?: readonly string[]
  readonly officer: string
}

export interface PeerOrder {
  readonly invite: string
  readonly fingerprint: string
  readonly officer: string
  /** How the two people compared: by voice, by QR code, in person. */
  readonly method: string
}

/** A hint that something changed: ids and codes only. */
export interface DeskEvent {
  readonly kind: string
  readonly [more: string]: unknown
}
