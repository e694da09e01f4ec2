/**
 * Where the product decodes what it wrote itself, or what its own operator gave it: no target need
 * reach these. Everything else that decodes is somebody else's bytes, until a line here says
 * whose.
 */

export interface OwnBytes {
  readonly path: string
  /** Words of the one line that is meant; all of the file without them. */
  readonly words?: string
  readonly whose: string
}

const configuration = "the launcher's, through an inherited pipe"
const database = "our own database's, where every byte was verified before it was written"
const desk = "our own exchange's, over the private socket of the desk"
const installation = "the installation's own"
const officer = "an officer's, which the desk has read before: target desk"

export const ownBytes: readonly OwnBytes[] = [
  { path: "cli/src/desk/client.ts", whose: desk },
  { path: "cli/src/desk/events.ts", whose: desk },
  { path: "cli/src/json-file.ts", whose: "a file that the person at this terminal names" },
  { path: "cli/src/launcher/bounded-log.ts", whose: "diagnostics of our own processes" },
  { path: "cli/src/launcher/child.ts", whose: "what our own processes say when they are ready" },
  { path: "cli/src/program.ts", whose: installation },
  { path: "cli/src/state/folder.ts", whose: "the node's own folder" },
  { path: "cli/src/state/high-water.ts", whose: "the node's own folder" },
  { path: "core/src/exchange/acts.ts", whose: officer },
  { path: "core/src/exchange/releasing.ts", whose: officer },
  { path: "exchange/src/config.ts", whose: configuration },
  {
    path: "exchange/src/desk/thread-report.ts",
    whose: "the beginning of an id that an officer types",
  },
  { path: "exchange/src/journal.ts", whose: database },
  {
    path: "exchange/src/opener/pipe.ts",
    words: "as unknown as ToOpener",
    whose: "the exchange's, whom the opener believes; the unit in it: target envelope",
  },
  { path: "exchange/src/own-keys.ts", whose: configuration },
  { path: "exchange/src/peers.ts", whose: database },
  { path: "exchange/src/seam/config.ts", whose: configuration },
  { path: "gateway/src/config.ts", whose: configuration },
  { path: "postgres/src/binary.ts", whose: installation },
  { path: "postgres/src/library-folder.ts", whose: installation },
  { path: "postgres/src/secrets.ts", whose: "the node's own folder" },
  { path: "store/src/exchange/link.ts", whose: database },
]
