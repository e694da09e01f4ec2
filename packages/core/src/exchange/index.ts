/** The internal half of a node: acts, arrivals, custody and time become writes, sends and answers. */

export * from "./ports.ts"
export * from "./inputs.ts"
export { exchangeMachine, laneOf, type ExchangeMachine, type ExchangeShell } from "./machine.ts"
