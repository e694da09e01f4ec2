/** "Be alive" as something owed: one sign of life each way, in the interval that was agreed. */

import type { OrgId } from "../ids.ts"
import type { Policy } from "../policy.ts"
import type { Obligation } from "../thread/obligation.ts"
import type { Link } from "./link.ts"

/** Owed on a link, about no message; it begins anew with every envelope that an exchange sealed. */
export interface LinkObligation extends Pick<
  Obligation,
  "id" | "owedBy" | "bearer" | "startMs" | "dueMs" | "end"
> {
  readonly rule: "be-alive"
  readonly peer: OrgId
}

export interface AliveTerms {
  readonly own: OrgId
  /** The more impatient of what the two sides agreed, in milliseconds. */
  readonly intervalMs: number
  readonly policy: Pick<Policy, "custodyMs">
}

/**
 * What each side owes the other on a link (spec/links.md 4): the next sign of life, by the interval
 * and the time that custody may take. The peer's comes first.
 */
export function beAliveOf(
  link: Link,
  terms: AliveTerms,
): readonly [LinkObligation, LinkObligation] {
  const { own, intervalMs, policy } = terms
  function owed(owedBy: OrgId, startMs: number): LinkObligation {
    return {
      id: `be-alive/${link.peer}/${owedBy}`,
      rule: "be-alive",
      owedBy,
      bearer: "exchange",
      peer: link.peer,
      startMs,
      dueMs: startMs + intervalMs + policy.custodyMs,
      end: null,
    }
  }
  // Nothing was ever said to refuse before anything was sealed: then this is when the link began.
  const begunMs = link.sealedAtMs === 0 ? link.refused.sinceMs : link.sealedAtMs
  return [owed(link.peer, link.heardAtMs), owed(own, begunMs)]
}

/**
 * The latest time at which anything was sealed, came in or was refused on any of the links: a node
 * that starts shows none that is earlier. What was restored from a backup knows of no later one.
 */
export function lastWrittenMs(links: Iterable<Link>): number {
  let lastMs = 0
  for (const { sealedAtMs, heardAtMs, refused } of links) {
    lastMs = Math.max(lastMs, sealedAtMs, heardAtMs, refused.unsaidAtMs ?? 0)
  }
  return lastMs
}
