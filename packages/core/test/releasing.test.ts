/** A release to several: what is the matter with one addressee is not the others' affair. */

import { describe, expect, test } from "vitest"

import { laneOf, type ExchangeAnswer, type ExchangeInput } from "@tearline/core"

import { forged, takenOff } from "./fixtures/forged.ts"
import { readUnit } from "./fixtures/suite.ts"
import { warningContent } from "./fixtures/warning.ts"
import { createWorld, type World } from "./fixtures/world.ts"

async function released(world: World, names: readonly string[]): Promise<ExchangeAnswer> {
  const input: ExchangeInput = {
    kind: "released",
    addressees: names.map((it) => ({ org: world.of(it).org })),
    precedence: "FLASH",
    status: "actual",
    content: warningContent({ nowMs: world.nowMs }),
    officer: "duty",
  }
  return await world.of("alder").host.submit(input, laneOf(input))
}

/** Cedar tells Alder that it holds what Alder never sent. */
async function lies(world: World): Promise<void> {
  await world.tick("cedar", "alder", 0)
  const held = [{ lane: 0, epoch: 1, upTo: 7, beyond: [] }]
  await world.deliver(forged(takenOff(world.road), { part: { held } }))
  world.road.length = 0
}

/** Whatever is read of the link to Cedar is damaged. */
function damaged(world: World): void {
  const alder = world.of("alder")
  const whole = alder.journal.link.bind(alder.journal)
  alder.journal.link = (peer) => {
    if (peer !== world.of("cedar").org) return whole(peer)
    return Promise.reject(Object.assign(new Error("damaged"), { code: "corrupt" }))
  }
  alder.restart()
}

const orgsOn = (world: World) => world.road.map(({ item }) => item.peer)

describe("M-LNK-19: a warning does not wait for another addressee", () => {
  test.each([
    ["says that it holds what was never sent", lies, "restored_without_epoch"],
    ["has a link that cannot be read", damaged, "link_damaged"],
  ] as const)("who %s is left out and named; the others are warned", async (_, harm, code) => {
    const world = createWorld()
    await harm(world)
    const answer = await released(world, ["cedar", "birch"])
    const { org } = world.of("cedar")
    expect(answer).toMatchObject({ kind: "said", leftOut: [{ org, code }] })
    expect(answer.kind === "said" && answer.threads.map((it) => it.org)).toEqual([
      world.of("birch").org,
    ])
    expect(orgsOn(world)).toEqual([world.of("birch").org])
    await world.deliverAll()
    expect(world.of("birch").journal.heads.size).toBe(1)
    expect(world.of("alder").journal.heads.size).toBe(1)
  })

  test("where nobody is left the release is refused, and nothing is written", async () => {
    const world = createWorld()
    await lies(world)
    const { count } = world.of("alder").journal.commits
    await expect(released(world, ["cedar"])).rejects.toMatchObject({
      code: "restored_without_epoch",
      message: expect.stringContaining(world.of("cedar").org) as string,
    })
    damaged(world)
    await expect(released(world, ["cedar"])).rejects.toMatchObject({ code: "corrupt" })
    expect(world.of("alder").journal.commits.count).toBe(count)
  })

  test("a database that is away leaves nobody out: it is asked again", async () => {
    const world = createWorld()
    const { journal } = world.of("alder")
    const whole = journal.link.bind(journal)
    journal.link = () => Promise.reject(Object.assign(new Error("away"), { code: "unavailable" }))
    await expect(released(world, ["birch", "cedar"])).rejects.toMatchObject({ code: "unavailable" })
    journal.link = whole
    const answer = await released(world, ["birch", "cedar"])
    expect(answer).toMatchObject({ kind: "said", leftOut: [] })
    const orgs = world.road.map(({ item }) => readUnit(item.unit).addressee.org)
    expect(orgs).toHaveLength(2)
  })
})
