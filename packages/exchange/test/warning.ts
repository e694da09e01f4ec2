import type { OrgId } from "@tearline/core"

const filled = (text: string) => ({
  state: "filled",
  text,
  language: "en",
  basis: "assessment",
})

export interface WarningOptions {
  readonly title?: string
  readonly precedence?: string
  readonly text?: string
}

/** A warning as an officer would release it over the desk interface. */
export function warningTo(to: readonly OrgId[], options: WarningOptions = {}): object {
  const { title = "an attack is prepared", precedence = "FLASH", text = "a market" } = options
  const unknown = { state: "unknown" }
  return {
    addressees: to.map((org) => ({ org })),
    precedence,
    status: "exercise",
    officer: "officer",
    content: {
      title,
      threatToLife: true,
      loweredBecause: "an exercise",
      elements: {
        what: filled("explosives are being bought"),
        who: unknown,
        where: filled(text),
        when: unknown,
        how: unknown,
        "how-sure": unknown,
        ask: unknown,
      },
      marking: { tlp: "amber", pap: "amber" },
    },
  }
}
