/**
 * Who may import whom: the one table that the linter, the tidy test and the reader share.
 *
 * Top to bottom is inside to outside. A package sees itself and what its line names, nothing else.
 * A package named here need not import everything that it may.
 */
export const layers: Readonly<Record<string, readonly string[]>> = {
  core: ["valibot"],
  log: ["@tearline/core"],
  crypto: ["@tearline/core", "@tearline/log", "hpke", "cborg", "cborg/*", "node:crypto"],
  postgres: ["pg", "node:*", "node:*/*"],
  store: ["@tearline/core", "@tearline/log", "pg", "kysely", "node:*", "node:*/*"],
  gateway: [
    "@tearline/core",
    "@tearline/crypto",
    "@tearline/log",
    "@tearline/store",
    "@tearline/store/gateway",
    "hono",
    "hono/*",
    "@hono/node-server",
    "node:*",
    "node:*/*",
  ],
  exchange: [
    "@tearline/core",
    "@tearline/crypto",
    "@tearline/log",
    "@tearline/store",
    "@tearline/store/exchange",
    "hono",
    "hono/*",
    "@hono/node-server",
    "valibot",
    "node:*",
    "node:*/*",
  ],
  cli: [
    "@tearline/core",
    "@tearline/crypto",
    "@tearline/log",
    "@tearline/postgres",
    "@tearline/store",
    "@tearline/gateway",
    "@tearline/gateway/launch-flags",
    "@tearline/exchange",
    "node:*",
    "node:*/*",
  ],
  sim: ["@tearline/core", "@tearline/log", "node:*", "node:*/*"],
  devnet: [
    "@tearline/core",
    "@tearline/cli",
    "@tearline/postgres",
    "@tearline/store",
    "@tearline/store/exchange",
    "@tearline/store/gateway",
    "@tearline/gateway",
    "@tearline/exchange",
    "valibot",
    "node:*",
    "node:*/*",
  ],
  torture: [
    "@tearline/cli",
    "@tearline/core",
    "@tearline/crypto",
    "@tearline/postgres",
    "@tearline/sim",
    "pg",
    "node:*",
    "node:*/*",
  ],
}

/** The layers that are pure: time, randomness and IO reach them only as inputs. */
export const pureLayers: readonly string[] = ["core", "log"]
