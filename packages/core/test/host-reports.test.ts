/** What a process reports of itself: metrics, diagnostics, activity. */

import { expect, test } from "vitest"

import { Activity, jsonLines, Metrics } from "../src/index.ts"

test("metrics are written as Prometheus reads them, and a label cannot break out", () => {
  const metrics = new Metrics()
  metrics.count("tearline_x_total", { code: 'a"b\n' })
  metrics.count("tearline_x_total", { code: 'a"b\n' })
  metrics.gauge("tearline_y", () => 7)
  metrics.observeMs("tearline_z_seconds", { lane: 0 }, 30)
  const text = metrics.text()
  expect(text).toContain('tearline_x_total{code="a_b_"} 2\n')
  expect(text).toContain("# TYPE tearline_y gauge\ntearline_y 7\n")
  expect(text).toContain('tearline_z_seconds_bucket{lane="0",le="0.025"} 0\n')
  expect(text).toContain('tearline_z_seconds_bucket{lane="0",le="0.05"} 1\n')
  expect(text).toContain('tearline_z_seconds_count{lane="0"} 1\n')
})

test("a diagnostic line is one object", () => {
  const lines: string[] = []
  jsonLines({ nowMs: () => 0 }, (line) => lines.push(line))("warn", "peer_away", { count: 2 })
  const line = { at: "1970-01-01T00:00:00.000Z", level: "warn", event: "peer_away", count: 2 }
  expect(lines).toEqual([`${JSON.stringify(line)}\n`])
})

test("work is in flight until it ends, and what waits until it is taken", async () => {
  const activity = new Activity()
  const end = Promise.withResolvers<void>()
  const work = activity.during(() => end.promise)
  activity.waiting = 2
  expect(activity.counts).toEqual({ done: 0, inFlight: 3 })
  end.reject(new RangeError("work that fails has ended too"))
  await expect(work).rejects.toThrow(RangeError)
  activity.waiting -= 3
  expect(activity.counts).toEqual({ done: 1, inFlight: 0 })
})
