/** All that was ever signed, by whom and for whom: what disks, wires and people are held against. */

import type { Digest, Lane, MessageId, OrgId, Part, Statement, ThreadId } from "@tearline/core"

import type { Sealing } from "../suite/suite.ts"

/** What was signed, by whom, for whom, and into which places of their lanes. */
export interface Said {
  readonly id: MessageId
  readonly statement: Statement
  /** The signed object, as its author's exchange wrote it. */
  readonly signed: string
  readonly atMs: number
  readonly to: ReadonlyMap<OrgId, Addressed>
}

/** What one addressee gets: its part, at a place of a lane. */
export interface Addressed {
  readonly epoch: number
  readonly lane: Lane
  readonly number: number
  readonly thread: ThreadId | null
  readonly part: Part
  readonly previousSlotHash: string | null
}

/** An envelope's name follows from its message's; stated a second time. */
const digestOf = (id: MessageId) => (id.slice(32) + id.slice(0, 32)) as Digest

export class Signed {
  readonly said = new Map<MessageId, Said>()
  readonly #byEnvelope = new Map<Digest, MessageId>()

  add({ id, statement, addressees, signed }: Sealing, atMs: number): void {
    const to = new Map(
      addressees.map(({ org, part, place }) => {
        return [org, { ...place, thread: part.subject?.thread ?? null, part }]
      }),
    )
    this.said.set(id, { id, statement, signed, atMs, to })
    this.#byEnvelope.set(digestOf(id), id)
  }

  /** What travels in this envelope. */
  of(digest: Digest): Said | undefined {
    const id = this.#byEnvelope.get(digest)
    return id === undefined ? undefined : this.said.get(id)
  }

  /** Where it stands in the lanes to this peer, and what the peer is told with it. */
  placeOf(digest: Digest, peer: OrgId): Addressed | undefined {
    return this.of(digest)?.to.get(peer)
  }

  /** Forgets what is older and in no thread that anybody keeps. */
  retire(beforeMs: number, isKept: (thread: ThreadId | null) => boolean): void {
    for (const [id, { atMs, to }] of this.said) {
      const stays = ({ part }: { part: Part }) => isKept(part.subject?.thread ?? null)
      if (atMs >= beforeMs || [...to.values()].some(stays)) continue
      this.said.delete(id)
      this.#byEnvelope.delete(digestOf(id))
    }
  }
}
