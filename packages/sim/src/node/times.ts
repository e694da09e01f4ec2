/** How often an exchange looks at its links, and how long one may be silent: stretched. */

const hour = 3_600_000

export const tickMs = 3 * hour
export const heartbeatMs = 12 * hour
