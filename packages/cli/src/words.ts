/** What each obligation is called before people, in the order in which people take them up. */

const obligations: Readonly<Record<string, string>> = {
  custody: "take custody",
  unsealed: "open it",
  read: "read it",
  own: "take it or hand it back",
  mend: "mend the rejection",
  "read-back": "read it back",
  "agree-read-back": "agree the read-back",
  reach: "reach those who can protect",
  act: "say what is done",
  "decide-window": "decide at the window's end",
  "outcome-24h": "report the outcome, 24 hours",
  "outcome-30d": "report the outcome, 30 days",
  "outcome-180d": "report the outcome, 180 days",
  "relay-thanks": "relay the thanks",
  "agree-public-line": "agree the public line",
  "be-alive": "give a sign of life",
}

/** The command by which a person discharges it, where there is one. */
const commands: Readonly<Record<string, string>> = {
  read: "read",
  own: "accept",
  mend: "mend",
  "read-back": "read-back",
  "agree-read-back": "read-back-reply",
  act: "action",
  reach: "reach",
  "decide-window": "window-decision",
  "outcome-24h": "outcome",
  "outcome-30d": "outcome",
  "outcome-180d": "outcome",
  "relay-thanks": "thanks-reply",
  "agree-public-line": "public-line-reply",
}

export function dutyOf(rule: string): string {
  return obligations[rule] ?? rule
}

const order = Object.keys(obligations)

/** Where an obligation stands among those due at one time. */
export function placeOf(rule: string): number {
  const at = order.indexOf(rule)
  return at === -1 ? order.length : at
}

export function commandFor(rule: string): string | undefined {
  return commands[rule]
}
