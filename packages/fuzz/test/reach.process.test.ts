import { expect, test } from "vitest"

import { foreignPlaces, idleOwnBytes } from "../src/reach/places.ts"
import { reach } from "../src/reach/reach.ts"

test("whatever decodes what others sent is come by when the targets are run", async () => {
  const places = await reach()
  expect(places.length).toBe(foreignPlaces().length)
  expect(places.length).toBeGreaterThan(40)
  const missed = places.filter((it) => !it.isReached)
  expect(missed.map(({ path, line, text }) => `${path}:${line} ${text}`)).toEqual([])
})

test("what is listed as our own bytes is decoded where the list says", () => {
  expect(idleOwnBytes()).toEqual([])
})
