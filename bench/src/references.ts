/**
 * What others need for the same: measured once by us on a like machine, and not part of this run.
 *
 * Two cores, 24 GB, Debian 12, one machine without network delay, settings as installed, one client
 * that shares the cores. Synapse 1.67, two servers over SQLite, TLS between them, a room without
 * end-to-end encryption, 60 messages of 800 bytes. MISP 2.5.1, two instances with PHP 8.2, MariaDB
 * 10.11 and Redis 7.0, without background workers, so that publishing pushes in line; one
 * attribute, 40 times. Neither seals, or says what it has made durable.
 */

export interface Reference {
  readonly system: string
  readonly ms: number
  /** Of the system's figures, which one this is. */
  readonly is: "p95" | "median" | "estimate"
}

/** From sending to visible at one other server. */
export const readableElsewhere: readonly Reference[] = [
  { system: "two Synapse servers, unencrypted", ms: 468, is: "p95" },
  { system: "two MISP instances", ms: 828, is: "p95" },
]

/**
 * From sending to visible at the last of 30. Peers are served one after the other, each in 0.3 s or
 * more; the lower end of 10 to 15 s is taken.
 */
export const fanOutElsewhere: readonly Reference[] = [
  { system: "MISP to 30 instances", ms: 10_000, is: "estimate" },
]

/** A read receipt back at the sender, unsigned. */
export const acknowledgedElsewhere: readonly Reference[] = [
  { system: "two Synapse servers, unsigned receipt", ms: 135, is: "median" },
]
