/**
 * The gateway's door to its own database: what it holds for its exchange, and whom it talks to.
 *
 * Ciphertext and receipts go in and never change; only "taken" is marked later.
 */

export type { CarriedTable } from "./carried.ts"
export { type GatewayPeer, type GatewayStore, openGatewayStore } from "./store.ts"
