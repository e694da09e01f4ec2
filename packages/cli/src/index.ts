/**
 * The command line and the launcher.
 *
 * `src/main.ts` is `tearline …`: one file for each command under `commands/`, over a typed client
 * of the desk interface. `launcher/` runs a node's processes and keeps them running; the trial
 * network of several organisations and the benchmarks use the same launcher through this door.
 */

export { CliError, type CliErrorCode } from "./cli-error.ts"
export type * from "./desk/answers.ts"
export { type DeskClient, deskClient } from "./desk/client.ts"
export {
  type ChildHandle,
  launch,
  type LaunchOptions,
  type NodeEvent,
  type RunningNode,
} from "./launcher/launch.ts"
export type { NodeConfig } from "./state/folder.ts"
export { forgetHighWater } from "./state/high-water.ts"
export { initNode, type InitOptions, type NewNode } from "./state/init.ts"
export { takeLock } from "./launcher/lock.ts"
export { nearestHint } from "./nearest.ts"
export { type Style, styleFor } from "./terminal/style.ts"
export { wrapped } from "./terminal/table.ts"
