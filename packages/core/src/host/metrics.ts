/**
 * Counters, gauges and histograms in the text form that Prometheus reads (exposition format 0.0.4).
 *
 * Labels are lanes, kinds and codes, never names of organisations or officers, digests or anything
 * out of a unit (I13). What could end a label early is written as `_`, wherever it came from.
 */

type Labels = Readonly<Record<string, string | number>>

const secondsBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

interface Histogram {
  readonly buckets: number[]
  count: number
  sum: number
}

/** What one process has counted and measured since its start. */
export class Metrics {
  readonly #counters = new Map<string, Map<string, number>>()
  readonly #gauges = new Map<string, () => number>()
  readonly #histograms = new Map<string, Map<string, Histogram>>()

  /** Adds one. */
  count(name: string, labels: Labels = {}): void {
    const series = seriesOf(this.#counters, name)
    const key = textOf(labels)
    series.set(key, (series.get(key) ?? 0) + 1)
  }

  /** A value that is read when somebody asks. */
  gauge(name: string, read: () => number): void {
    this.#gauges.set(name, read)
  }

  /** Notes how long something took. */
  observeMs(name: string, labels: Labels, elapsedMs: number): void {
    const series = seriesOf(this.#histograms, name)
    const key = textOf(labels)
    const empty = { buckets: secondsBounds.map(() => 0), count: 0, sum: 0 }
    const it = series.get(key) ?? empty
    series.set(key, it)
    it.count += 1
    it.sum += elapsedMs / 1000
    secondsBounds.forEach((bound, at) => {
      if (elapsedMs / 1000 <= bound) it.buckets[at] = (it.buckets[at] ?? 0) + 1
    })
  }

  /** Everything that was noted, as a scraper reads it. */
  text(): string {
    const lines: string[] = []
    for (const [name, series] of this.#counters) {
      lines.push(`# TYPE ${name} counter`)
      for (const [labels, value] of series) lines.push(`${name}${braced(labels)} ${value}`)
    }
    for (const [name, read] of this.#gauges) lines.push(`# TYPE ${name} gauge`, `${name} ${read()}`)
    for (const [name, series] of this.#histograms) {
      lines.push(`# TYPE ${name} histogram`)
      for (const [labels, it] of series) lines.push(...histogramLines(name, labels, it))
    }
    return `${lines.join("\n")}\n`
  }
}

function seriesOf<Series>(all: Map<string, Map<string, Series>>, name: string) {
  const series = all.get(name) ?? new Map<string, Series>()
  all.set(name, series)
  return series
}

function textOf(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${String(value).replaceAll(/[^\w.-]/g, "_")}"`)
    .join(",")
}

function braced(...labels: readonly string[]): string {
  const all = labels.filter((it) => it !== "").join(",")
  return all === "" ? "" : `{${all}}`
}

function histogramLines(name: string, labels: string, it: Histogram): string[] {
  const bounds = [...secondsBounds.map(String), "+Inf"]
  const counts = [...it.buckets, it.count]
  return [
    ...bounds.map((le, at) => `${name}_bucket${braced(labels, `le="${le}"`)} ${counts[at] ?? 0}`),
    `${name}_sum${braced(labels)} ${it.sum}`,
    `${name}_count${braced(labels)} ${it.count}`,
  ]
}
