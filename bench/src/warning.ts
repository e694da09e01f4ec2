/** The warning that the benchmarks send: of ordinary length, plainly a trial. */

const day = 86_400_000

const filled = (text: string) => ({ state: "filled", text, language: "en", basis: "fact" })

/** Content of about three kilobytes; `mark` tells one from another. */
export function benchWarning(mark: string): Record<string, unknown> {
  const nowMs = Date.now()
  const long = "What was learned, told without how it was learned, so that it can be acted upon. "
  return {
    title: `Trial warning ${mark}`,
    threatToLife: true,
    elements: {
      what: filled(long.repeat(8)),
      who: { state: "known-withheld" },
      where: filled(long.repeat(6)),
      when: filled(long.repeat(4)),
      how: filled(long.repeat(6)),
      "how-sure": filled("likely"),
      ask: filled(long.repeat(4)),
    },
    marking: { tlp: "TLP:AMBER", pap: "PAP:GREEN" },
    window: {
      earliestMs: nowMs + 4 * day,
      latestMs: nowMs + 5 * day,
      basis: "a date that was named",
      timeZone: "UTC",
      atEnd: "ask us before you step down",
    },
  }
}
