/**
 * Why a link does not work yet, or any more, and what to do: a line for each peer that has not been
 * heard or does not take what waits for it. A peer that one side alone has added looks like any
 * other silence, and two people would wait for each other.
 */

import type { LinkStatus } from "./desk/answers.ts"
import { plain } from "./terminal/plain.ts"

/** What waits to leave, by precedence: `1 FLASH`. */
export function waitingOf({ outbox }: LinkStatus): readonly string[] {
  return Object.entries(outbox)
    .filter(([, count]) => count > 0)
    .map(([precedence, count]) => `${count} ${precedence}`)
}

/** A line for each link of which there is something to say, with the command where one helps. */
export function linkReasons(links: readonly LinkStatus[]): readonly string[] {
  return links.flatMap((link) => {
    const reason = reasonOf(link)
    return reason === undefined ? [] : [`${plain(link.name)} ${reason}`]
  })
}

function reasonOf(link: LinkStatus): string | undefined {
  if (link.failing !== null) return failingWords(link, link.failing)
  if (link.heardAtMs !== null) return undefined
  if (link.sealedAtMs === null) return "was added; the first sign of life goes within seconds"
  if (waitingOf(link).length === 0) {
    return "has what was sent in its gateway; its exchange has not answered yet"
  }
  return link.carrier === "file" ? "is reached by file: carry it with tearline carry" : undefined
}

/** Of a node that was never heard the likeliest is that nobody has added ours there. */
function failingWords({ heardAtMs }: LinkStatus, code: string): string {
  const isNew = heardAtMs === null
  switch (code) {
    case "peer_refused":
      return isNew
        ? "does not know this node: it must add it too, with the invite of tearline peer export"
        : "turns this node away, and knew it once: ask there, and exchange invites again"
    case "peer_unreachable":
      return "does not answer at its address; it is tried again by itself"
    case "peer_untrusted":
      return "shows another key than its invite named: ask there, and exchange invites again"
    case "peer_busy":
    case "timeout":
      return "has no time for this node now; it is tried again by itself"
    default:
      return `does not get what waits for it (${plain(code)}); it is tried again by itself`
  }
}
