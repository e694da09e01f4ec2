/** Carriage: what is tried again when, over ports that shells and simulator implement alike. */

export * from "./ports.ts"
export { agreedCarriage, type AgreedCarriage, type Carrier, type Reachable } from "./agreed.ts"
export {
  decodeDrop,
  dropBytesMax,
  dropContentBytesMax,
  dropNameOf,
  encodeDrop,
  isTemporaryName,
  type Drop,
  type DropFault,
  type DropKind,
} from "./drop.ts"
export {
  DropFolder,
  FolderError,
  type DropFolderParts,
  type FolderDisk,
  type FolderErrorCode,
  type FolderRoom,
  type Found,
} from "./drop-folder.ts"
export {
  seamFolder,
  seamRecordBytesMax,
  type SeamAnswer,
  type SeamAsk,
  type SeamFolder,
  type SeamRecord,
} from "./seam-record.ts"
export {
  SeamInside,
  type SeamAsking,
  type SeamInsideParts,
  type SeamInsideTimes,
} from "./seam-inside.ts"
export {
  SeamOutside,
  type Performed,
  type SeamOutsideParts,
  type SeamOutsideTimes,
} from "./seam-outside.ts"
export type { SeamPlaces } from "./seam-reader.ts"
export { mayReplace, type ListAnswer, type ListPlace, type OfferedList } from "./peer-list.ts"
export {
  PeerTeller,
  type OfferAnswer,
  type PeerTellerParts,
  type PeerTellerTimes,
} from "./peer-teller.ts"
export { ArrivalWindow } from "./arrival-window.ts"
export { departureTimes, Departures } from "./departures.ts"
export { CarriedAnswers, type AnsweredUnit, type CarriedAnswersParts } from "./carried-answers.ts"
export { FileDoor } from "./file-door.ts"
export type {
  Brought,
  Carried,
  CarriedAnswer,
  CarriedPlace,
  CarriedStore,
  FileDoorParts,
  OpenedAnswer,
  Taken,
  TakePage,
} from "./file-door.ts"
export { handIn } from "./courier.ts"
export type { CourierDoor, HandInOptions, HandedIn, LeftFile, SeenFiles } from "./courier.ts"
export { layOut, type LaidOut, type LayOutOptions } from "./laying-out.ts"
export type { DeparturesParts, DepartureTimes, DepartureTrouble, Settling } from "./departures.ts"
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
export { GivingBack, type GivingBackParts } from "./giving-back.ts"
export { Turnstile } from "./turnstile.ts"
