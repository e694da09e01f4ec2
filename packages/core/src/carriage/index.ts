/** Carriage: what is tried again when, over ports that shells and simulator implement alike. */

export * from "./ports.ts"
export { departureTimes, Departures } from "./departures.ts"
export type { DeparturesParts, DepartureTimes, DepartureTrouble } from "./departures.ts"
export {
  PeerQueue,
  type BackOff,
  type PeerQueueParts,
  type Places,
  type Sent,
} from "./peer-queue.ts"
export { ArrivalFeed, feedTimes, type FeedParts, type FeedTimes } from "./arrival-feed.ts"
export { Intake, precedenceOf, unopenable, type HeldUnit, type IntakeParts } from "./intake.ts"
export { TakenReports, type TakenReportsParts } from "./taken-reports.ts"
