/** Of some times in milliseconds, by nearest rank; NaN where there are none. */
export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

export function percentilesOf(samples: readonly number[]): Percentiles {
  const sorted = samples.toSorted((a, b) => a - b)
  const at = (percent: number) =>
    sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1] ?? Number.NaN
  return { p50: at(50), p95: at(95), p99: at(99), max: sorted.at(-1) ?? Number.NaN }
}

const words = (ms: number) => `${Math.round(ms)} ms`

/** `p50 12 ms, p95 34 ms, max 56 ms`. */
export function inWords({ p50, p95, max }: Percentiles): string {
  return `p50 ${words(p50)}, p95 ${words(p95)}, max ${words(max)}`
}
