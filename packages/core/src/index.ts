/**
 * The exchange as pure state machines: words, messages, threads, obligations, links, the host loop.
 *
 * No clock, no chance, no input or output: they arrive as inputs and leave as outputs, so that the
 * same code runs in gateway, exchange and simulator. Start with `thread/view.ts` for what a thread
 * means, and with `exchange/machine.ts` for what happens to it.
 */

export * as vocabulary from "./vocabulary/index.ts"
export * from "./vocabulary/precedence.ts"
export * from "./vocabulary/status.ts"
export * from "./ids.ts"
export * from "./assert.ts"
export * from "./policy.ts"
export * from "./host/ports.ts"
export * from "./host/host.ts"
export * from "./host/node-clock.ts"
export * from "./host/recent-trouble.ts"
export * from "./host/activity.ts"
export * from "./host/diagnostics.ts"
export * from "./host/metrics.ts"
export * from "./messages/index.ts"
export * from "./thread/index.ts"
export * from "./link/link.ts"
export { holds, lastOf } from "./link/held.ts"
export * from "./link/alive.ts"
export type { Place, ReturnCursor } from "./link/restore.ts"
export * from "./link/node-alarms.ts"
export * from "./exchange/index.ts"
export * from "./gateway/index.ts"
export * from "./carriage/index.ts"
