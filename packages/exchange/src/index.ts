/**
 * The exchange: the internal process that holds the keys.
 *
 * It opens what its gateway holds, signs and seals what officers say, steps threads through the
 * core's machine, and keeps what is to be sent until custody is confirmed. It connects out to its
 * gateway and is connected to by nobody but the desk, on a private socket. It never sees a
 * dossier.
 *
 * `src/main.ts` is the process; what is here serves the launcher and mains with another clock.
 */

export { systemClock } from "./clock.ts"
export { hashing } from "./hashing.ts"
export { type ExchangeConfig, readConfig } from "./config.ts"
export type { Inbox, InboxLine, InboxPage } from "./desk/inbox.ts"
export { ExchangeError, type ExchangeErrorCode } from "./exchange-error.ts"
export { runUntilStopped } from "./process.ts"
export { sealerOf } from "./sealer.ts"
export { type ExchangeProcessPorts, runExchange, type RunningExchange } from "./run.ts"
