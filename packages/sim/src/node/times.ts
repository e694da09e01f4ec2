/** How long an exchange waits for what: stretched, so that a virtual year is not made of retries. */

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** How often it looks at its links, and how long one may be silent. */
export const tickMs = 3 * hour
export const heartbeatMs = 24 * hour

/** As in production, but for their length. */
export const departureTimes = {
  sweepMs: 2 * hour,
  renewMs: hour,
  giveBackMs: 50,
  noRoomMs: 2 * minute,
  asideMs: { flash: minute, common: 10 * minute },
  waitingMs: { flash: 2 * hour, common: 6 * hour },
  backOffMs: { min: 2 * minute, flashMax: 2 * hour, max: 4 * hour },
}
/** Fewer at once than in production: after each start they go to every peer that is cut off, too. */
export const places = { flash: 2, common: 2 }

export const waits = {
  tellAgainMs: 5 * minute,
  intakeRetryMs: { min: 100, max: 10 * minute },
  reconnectMs: { min: second, max: 30 * minute },
  silenceMsMax: 150 * minute,
  answersMs: 2 * hour,
  handMsMax: 20 * second,
  unreachableMs: 5,
}
