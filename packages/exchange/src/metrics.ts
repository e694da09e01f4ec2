/**
 * Counters, gauges and histograms in the text form that Prometheus reads (exposition format 0.0.4).
 *
 * Labels are lanes, kinds of input and codes: never content, keys or officers' names (I13).
 */

export type Labels = Readonly<Record<string, string | number>>

const secondsBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

interface Histogram {
  readonly buckets: number[]
  count: number
  sum: number
}

export class Metrics {
  readonly #counters = new Map<string, Map<string, number>>()
  readonly #gauges = new Map<string, () => number>()
  readonly #histograms = new Map<string, Map<string, Histogram>>()

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
    const it = series.get(key) ?? { buckets: secondsBounds.map(() => 0), count: 0, sum: 0 }
    series.set(key, it)
    it.count += 1
    it.sum += elapsedMs / 1000
    for (const [at, bound] of secondsBounds.entries()) {
      if (elapsedMs / 1000 <= bound) it.buckets[at] = (it.buckets[at] ?? 0) + 1
    }
  }

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
    .map(([name, value]) => `${name}="${value}"`)
    .join(",")
}

function braced(labels: string): string {
  return labels === "" ? "" : `{${labels}}`
}

function histogramLines(name: string, labels: string, it: Histogram): string[] {
  const prefix = labels === "" ? "" : `${labels},`
  const bucket = (bound: string, count: number) => `${name}_bucket{${prefix}le="${bound}"} ${count}`
  return [
    ...secondsBounds.map((bound, at) => bucket(String(bound), it.buckets[at] ?? 0)),
    bucket("+Inf", it.count),
    `${name}_sum${braced(labels)} ${it.sum}`,
    `${name}_count${braced(labels)} ${it.count}`,
  ]
}
