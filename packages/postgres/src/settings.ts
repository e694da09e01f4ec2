/**
 * How the embedded server is set: small, on a private socket, and silent about content.
 *
 * `tearline.conf` and `pg_hba.conf` are ours and written at each start. `postgresql.conf` is made
 * once and then the operator's: it includes ours, and what stands after it wins. What may not be
 * tuned away is checked at each start (safety.ts) or given on the command line (server.ts).
 */

import { type Account } from "./account.ts"
import { writeDurably } from "./durable-file.ts"
import { type RoleName } from "./secrets.ts"

/** Connections of each role. Together they fit, so that no role can starve another. */
export const connectionsMax: Readonly<Record<RoleName, number>> = {
  tl_owner: 6,
  tl_gateway: 16,
  tl_exchange: 16,
  tl_home: 8,
  tl_bridge: 4,
}

/** Slots that only the supervisor may take; the three reserved ones are among them. */
const adminConnections = 6

const connections = Object.values(connectionsMax).reduce((sum, it) => sum + it, adminConnections)

const settings: Readonly<Record<string, string | number>> = {
  // Durability, stated although these are the defaults: they are what the self-check reads.
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  // The default flush of macOS leaves the data in the drive's cache.
  ...(process.platform === "darwin" ? { wal_sync_method: "fsync_writethrough" } : {}),
  // An online backup needs `replica`; for small rows it costs nothing over `minimal`.
  wal_level: "replica",
  max_wal_senders: 0,
  max_replication_slots: 0,
  min_wal_size: "32MB",
  max_wal_size: "512MB",

  // Memory: a whole node is to stay under 300 MB.
  shared_buffers: "16MB",
  max_connections: connections,
  io_method: "sync",
  max_worker_processes: 2,
  max_parallel_workers: 0,
  max_parallel_workers_per_gather: 0,
  max_parallel_maintenance_workers: 0,
  max_logical_replication_workers: 0,
  autovacuum: "on",
  autovacuum_worker_slots: 2,
  autovacuum_max_workers: 1,
  jit: "off",
  huge_pages: "off",

  // Diagnostics hold no content: no statement, no parameter, no DETAIL line with a key's value.
  logging_collector: "off",
  log_destination: "'stderr'",
  log_min_messages: "warning",
  log_min_error_statement: "panic",
  log_statement: "'none'",
  log_min_duration_statement: -1,
  log_parameter_max_length: 0,
  log_parameter_max_length_on_error: 0,
  log_error_verbosity: "terse",
  log_checkpoints: "off",
  log_autovacuum_min_duration: -1,
  log_line_prefix: "'%m [%p] '",
  log_timezone: "'UTC'",

  timezone: "'UTC'",
  datestyle: "'iso, ymd'",
  default_text_search_config: "'pg_catalog.simple'",
  password_encryption: "'scram-sha-256'",
}

const operatorsOwn = `# Made once, then yours. Settings after the include win over those of Tearline,
# which are in tearline.conf and written again at each start. The node refuses to
# start on fsync, full_page_writes or synchronous_commit off.
include 'tearline.conf'
`

/** The files of a fresh cluster that stay as they are afterwards. */
export function writeOperatorSettings(data: string, account: Account): void {
  writeDurably(`${data}/postgresql.conf`, operatorsOwn, account)
}

/** The files that are ours, as this version wants them. */
export function writeSettings(data: string, account: Account): void {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
  const notice = "# Written at each start; put changes into postgresql.conf."
  writeDurably(`${data}/tearline.conf`, `${[notice, ...lines].join("\n")}\n`, account)
  writeDurably(`${data}/pg_hba.conf`, "local all all scram-sha-256\n", account)
  writeDurably(`${data}/pg_ident.conf`, "", account)
}
