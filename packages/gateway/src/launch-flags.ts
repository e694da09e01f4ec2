/**
 * The flags under which a gateway runs, in the one place from which launcher and tests take them.
 *
 * Whoever takes a gateway over finds a process that may read its own code, use the network, and do
 * nothing else to the machine. Imports nothing, so that a launcher need not load a gateway.
 */

export interface GatewayGround {
  /** The folder above all packages and their libraries. State folders may lie beside those. */
  readonly codeRoot: string
}

/** Node's flags for a gateway's main, as arguments before it. */
export function gatewayFlags({ codeRoot }: GatewayGround): readonly string[] {
  return [
    "--permission",
    "--allow-net",
    // No folder for compiled code: who may write there owns whatever starts from it next.
    ...["packages", "node_modules", "package.json"].map(
      (name) => `--allow-fs-read=${codeRoot}/${name}`,
    ),
    // A sibling could otherwise wake the inspector by a signal and speak to it over the network.
    "--disable-sigusr1",
    "--disallow-code-generation-from-strings",
    // A second way to files, which a gateway does not need.
    "--no-experimental-sqlite",
    "--disable-proto=delete",
    "--max-semi-space-size=4",
    "--disable-warning=ExperimentalWarning",
  ]
}
