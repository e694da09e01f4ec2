/** Organisations as people type them: a peer's name, or a beginning of its id. */

import { CliError } from "../cli-error.ts"
import { nearestHint } from "../nearest.ts"
import { plain } from "../terminal/plain.ts"
import type { Peer } from "./answers.ts"

/** The one peer that is meant. Throws `unknown_name` or `ambiguous_name`. */
export function peerOf(typed: string, peers: readonly Peer[]): Peer {
  const lower = typed.toLowerCase()
  const isId = /^[0-9a-f]{4,32}$/.test(lower)
  const meant = peers.filter(
    ({ org, name }) => name.toLowerCase() === lower || (isId && org.startsWith(lower)),
  )
  const [only, another] = meant
  if (only !== undefined && another === undefined) return only
  if (only === undefined) {
    const names = peers.map(({ name }) => name)
    throw new CliError("unknown_name", `there is no peer "${plain(typed)}"`, {
      hint: nearestHint(typed, names, "see them all with: tearline peer list"),
    })
  }
  throw new CliError("ambiguous_name", `"${plain(typed)}" is ${meant.length} peers`, {
    hint: `name one by its id: ${meant.map(({ org }) => org).join(", ")}`,
  })
}

/** What people call an organisation; its id where nobody told us. */
export function nameOf(org: string, peers: readonly Peer[]): string {
  const name = peers.find((peer) => peer.org === org)?.name
  return name === undefined ? org.slice(0, 8) : plain(name)
}
