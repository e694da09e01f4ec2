/** Thirty digits as six groups of five, however they were typed. `undefined` for anything else. */
export function normalFingerprint(typed: string): string | undefined {
  const digits = typed.replaceAll(/[\s.-]/g, "")
  return /^\d{30}$/.test(digits) ? (digits.match(/\d{5}/g) ?? []).join(" ") : undefined
}
