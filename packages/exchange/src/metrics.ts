export type { Metrics } from "@tearline/core"
