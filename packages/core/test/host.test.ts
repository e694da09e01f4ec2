/** The host loop: durable before answered, urgent before patient, one bad input costs one input. */

import { expect, test } from "vitest"

import { startHost, type Machine } from "@tearline/core"

import { createWorld } from "./fixtures/world.ts"

interface Recorder {
  readonly machine: Machine<string, string, string, string>
  readonly story: string[]
  readonly gate: { open: () => void; failNext: boolean }
}

function recorder(): Recorder {
  const story: string[] = []
  let release = Promise.withResolvers<void>()
  const gate = {
    failNext: false,
    open() {
      const now = release
      release = Promise.withResolvers<void>()
      now.resolve()
    },
  }
  return {
    story,
    gate,
    machine: {
      async step(input) {
        if (input === "bad") throw new Error("refused")
        story.push(`step ${input}`)
        return { writes: [input], outputs: [input], answer: `did ${input}` }
      },
      async commit(writes) {
        story.push(`commit ${writes.join(" ")}`)
        if (writes.includes("slow")) await release.promise
        if (gate.failNext) {
          gate.failNext = false
          throw new Error("unavailable")
        }
        story.push("flushed")
      },
      forget: () => story.push("forget"),
      perform: (output) => story.push(`perform ${output}`),
    },
  }
}

test("nothing is performed or answered before its turn is flushed (I2)", async () => {
  const { machine, story } = recorder()
  const host = startHost(machine)
  expect(await Promise.all([host.submit("a", 3), host.submit("b", 3)])).toEqual(["did a", "did b"])
  expect(story).toEqual(["step a", "step b", "commit a b", "flushed", "perform a", "perform b"])
  expect(host.waiting).toBe(0)
})

test("a FLASH that is heard of between two steps waits for no further step", async () => {
  const { machine, story } = recorder()
  let flash: Promise<string> | undefined
  const host = startHost(machine, {
    async breathe() {
      flash ??= host.submit("flash", 0)
    },
  })
  await Promise.all(["a", "b", "c"].map((it) => host.submit(it, 3)))
  await flash
  const commits = story.filter((it) => it.startsWith("commit"))
  expect(commits).toEqual(["commit a", "commit flash", "commit b c"])
})

test("the most urgent goes first, and FLASH has a turn of its own", async () => {
  const { machine, story } = recorder()
  const host = startHost(machine)
  await Promise.all([
    host.submit("routine", 3),
    host.submit("priority", 2),
    host.submit("flash", 0),
    host.submit("immediate", 1),
  ])
  expect(story.filter((it) => it.startsWith("commit"))).toEqual([
    "commit flash",
    "commit immediate priority routine",
  ])
})

test("what comes while a turn is being written shares the next one", async () => {
  const { machine, story, gate } = recorder()
  const host = startHost(machine)
  const slow = host.submit("slow", 3)
  while (!story.includes("commit slow")) await Promise.resolve()
  const later = [host.submit("x", 3), host.submit("y", 3)]
  gate.open()
  await Promise.all([slow, ...later])
  expect(story.filter((it) => it.startsWith("commit"))).toEqual(["commit slow", "commit x y"])
})

test("an input that is refused costs nothing but itself", async () => {
  const { machine, story } = recorder()
  const host = startHost(machine)
  const [good, bad] = await Promise.allSettled([host.submit("good", 3), host.submit("bad", 3)])
  expect(good).toEqual({ status: "fulfilled", value: "did good" })
  expect(bad.status).toBe("rejected")
  expect(story).toContain("commit good")
})

test("a turn that could not be written is forgotten, performed by nobody, and may be asked again", async () => {
  const { machine, story, gate } = recorder()
  const host = startHost(machine)
  gate.failNext = true
  await expect(host.submit("a", 3)).rejects.toThrow("unavailable")
  expect(story).toEqual(["step a", "commit a", "forget"])
  expect(await host.submit("a", 3)).toBe("did a")
})

test("the exchange says nothing that it could not write, and says it once when asked again", async () => {
  const world = createWorld()
  const alder = world.of("alder").journal
  alder.commits.failNext = true
  await expect(world.warn("alder", "birch")).rejects.toThrow("unavailable")
  expect(world.road).toEqual([])
  const id = await world.warn("alder", "birch")
  expect(world.road).toHaveLength(1)
  await world.deliverAll()
  expect(world.of("birch").journal.heads.get(id)?.viewHash).toBe(alder.heads.get(id)?.viewHash)
})
