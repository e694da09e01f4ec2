import type { DeskClient } from "@tearline/cli"

import type { Databases } from "./trial-node.ts"

/** What traffic and the reckoning need of a node, wherever its launcher runs. */
export interface Party {
  readonly name: string
  /** Organisation id in hexadecimal. */
  readonly org: string
  readonly desk: DeskClient
  databases(): Promise<Databases>
}
