/** Colour, where there is a terminal to show it and nobody has asked for none. */

export interface Style {
  bold(text: string): string
  faint(text: string): string
  /** For what is late or refused; the words say it too. */
  alarm(text: string): string
  good(text: string): string
}

const none = (text: string): string => text
const sequence =
  (on: number, off: number) =>
  (text: string): string =>
    `\u001B[${on}m${text}\u001B[${off}m`

export function styleFor(hasColour: boolean): Style {
  if (!hasColour) return { bold: none, faint: none, alarm: none, good: none }
  return {
    bold: sequence(1, 22),
    faint: sequence(2, 22),
    alarm: sequence(31, 39),
    good: sequence(32, 39),
  }
}
