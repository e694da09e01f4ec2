export type { Diagnostics } from "@tearline/core"
