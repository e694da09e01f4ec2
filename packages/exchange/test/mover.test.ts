import { expect, test } from "vitest"

import { windowOf } from "../src/seam/mover.ts"

const asked = (window: string) => windowOf(`/inner/v1/arrivals?window=${window}`)

test("M-CAR-21: through folders too the exchange is given as much as it asks for, within bounds", () => {
  expect([asked("20"), asked("700"), asked("1024"), asked("9999")]).toEqual([256, 700, 1024, 1024])
  const unread = [asked(""), asked("x"), asked("99999"), windowOf("/inner/v1/arrivals")]
  expect(new Set(unread)).toEqual(new Set([256]))
})
