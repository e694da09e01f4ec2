/**
 * The flags under which a gateway runs, in the one place from which launcher and tests take them.
 *
 * Whoever takes a gateway over finds a process that may read its own code, use the network, and do
 * nothing else to the machine. Imports nothing, so that a launcher need not load a gateway.
 */

export interface GatewayGround {
  /** The folder above all packages and their libraries: all that a gateway may read. */
  readonly codeRoot: string
  /** Where Node keeps compiled code between starts; without it each start compiles anew. */
  readonly codeCache?: string
}

/** Node's flags for a gateway's main, as arguments before it. */
export function gatewayFlags({ codeRoot, codeCache }: GatewayGround): readonly string[] {
  return [
    "--permission",
    "--allow-net",
    `--allow-fs-read=${codeRoot}`,
    // The right to write is given up before it listens: `giveUpWriting`.
    ...(codeCache === undefined
      ? []
      : [`--allow-fs-read=${codeCache}`, `--allow-fs-write=${codeCache}`]),
    "--disallow-code-generation-from-strings",
    // A second way to files, which a gateway does not need.
    "--no-experimental-sqlite",
    "--disable-proto=delete",
    "--max-semi-space-size=4",
    "--disable-warning=ExperimentalWarning",
  ]
}
