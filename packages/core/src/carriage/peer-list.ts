/**
 * Which of two lists of peers is the newer one, without a clock.
 *
 * An exchange numbers its lists within a series, and names the one series that this one follows.
 * Whatever was made in that is older than whatever is made in this, so that no list ever takes the
 * place of a newer one, however late it comes and whoever was restarted meanwhile. A gateway that
 * holds something else says so, and the exchange goes on in a new series over that.
 */

/** A list's place: 16 bytes in hexadecimal, and the number in that series, from 1. */
export interface ListPlace {
  readonly series: string
  readonly number: number
}

/** A list as it is offered. */
export interface OfferedList extends ListPlace {
  /** The series that this one follows; null where the exchange does not know of any. */
  readonly over: string | null
}

export type ListAnswer =
  | { readonly kind: "taken" }
  /** The gateway holds one of this series instead. */
  | { readonly kind: "superseded"; readonly by: string }

/** Whether a gateway may take `offered` in place of what it holds. The same list again: yes. */
export function mayReplace(held: ListPlace | undefined, offered: OfferedList): boolean {
  if (held === undefined) return true
  if (held.series === offered.series) return held.number <= offered.number
  return held.series === offered.over
}
