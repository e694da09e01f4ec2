/** What a simulated year has to hold: one in which little happens would find little. */

type Amount = "warnings" | "events" | "faults"
type Lived = Readonly<Record<Amount | "years", number>>

/** Over eight organisations, with a fault every eight minutes at the least. */
const leastInYear: Readonly<Record<Amount, number>> = {
  warnings: 26_000,
  events: 350_000,
  faults: 65_000,
}

/**
 * How far chance may stray, three times over: warnings come in storms, which doubles their spread.
 * A single year may so have a thousand fewer, fifty of them hardly any.
 */
const deviations = 6

/** A line for what a run of a year or more had too little of. */
export function tooLittleIn({ years, ...amounts }: Lived): string[] {
  if (years < 0.999) return []
  return Object.entries(leastInYear).flatMap(([name, inYear]) => {
    const amount = amounts[name as Amount]
    const usual = inYear * years
    if (amount >= usual - deviations * Math.sqrt(usual)) return []
    return [`${Math.round(amount / years)} ${name} a year, and not ${inYear}`]
  })
}
