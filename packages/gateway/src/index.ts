/**
 * The gateway: the process that faces the internet and holds ciphertext only.
 *
 * It takes delivery units from peers' gateways, checks them without being able to open them, and
 * answers with custody once they are on disk. It carries our own units out under its signature. Its
 * exchange calls it, never the other way. Taking it over yields ciphertext and delays.
 *
 * `src/main.ts` is the process; what is here serves the launcher and mains with another clock.
 */

export { pinOfCertificate, selfSignedIdentity } from "./certificate.ts"
export { systemClock } from "./clock.ts"
export { type GatewayConfig, type ListenerConfig, type TlsIdentity, readConfig } from "./config.ts"
export { GatewayError, type GatewayErrorCode } from "./gateway-error.ts"
export { runUntilStopped } from "./process.ts"
export { type GatewayPorts, type RunningGateway, runGateway } from "./run.ts"
