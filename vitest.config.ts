import type { ViteUserConfig } from "vitest/config"

import { closingLine } from "./tools/closing-line.ts"

const slow = ["**/*.postgres.test.ts", "**/*.process.test.ts"]

const config: ViteUserConfig = {
  test: {
    reporters: ["default", closingLine],
    projects: [
      {
        test: {
          name: "unit",
          include: ["{packages/*,bench}/test/**/*.test.ts", "tools/**/*.test.ts"],
          exclude: slow,
          isolate: false,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          // Real servers and real processes: generous limits, since they only stop a hang.
          name: "parts",
          include: slow.map((it) => `packages/*/test/${it}`),
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
}

export default config
