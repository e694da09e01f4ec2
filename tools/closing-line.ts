/** A last line that any reader of a build's output understands: how many tests passed and failed. */

import type { Reporter, TestModule } from "vitest/node"

/** Prints `N passed, N failed` once the run is over. */
export const closingLine: Reporter = {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((it) => [...it.children.allTests()])
    const count = (state: string) => tests.filter((it) => it.result().state === state).length
    const broken = modules.filter((it) => it.state() === "failed" && it.children.size === 0).length
    console.log(`${count("passed")} passed, ${count("failed") + broken} failed`)
  },
}
