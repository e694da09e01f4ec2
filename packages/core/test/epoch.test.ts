import { expect, test } from "vitest"

import { laneOf, type ExchangeInput } from "@tearline/core"

import { takenOff } from "./fixtures/forged.ts"
import { readUnit, restoreStatement } from "./fixtures/suite.ts"
import { createWorld, type World } from "./fixtures/world.ts"

function reopen(world: World, epoch: number) {
  const statement = restoreStatement(world.of("alder").org, epoch)
  const peers = [world.of("birch").org]
  const input: ExchangeInput = { kind: "reopened", epoch, statement, peers }
  return world.of("alder").host.submit(input, laneOf(input))
}

const lastPlace = (world: World) => {
  const sent = world.road.at(-1)
  return sent && readUnit(sent.item.unit).addressee
}

test("after a restore numbers go on in the new epoch, from one, after nothing", async () => {
  const world = createWorld()
  await world.warn("alder", "birch")
  await world.warn("alder", "birch")
  expect(await reopen(world, 2)).toEqual({ kind: "noted" })
  await world.warn("alder", "birch")
  const { place, part } = lastPlace(world) ?? {}
  expect(place).toMatchObject({ epoch: 2, number: 1, previousSlotHash: null })
  expect(part).toMatchObject({ epoch: 2, number: 1, previous: null })
})

test("an act in an older thread goes on in the new epoch, without a conflict", async () => {
  const world = createWorld()
  const thread = await world.warn("birch", "alder")
  await world.deliverAll()
  await reopen(world, 2)
  const content = { verdict: "accepted", owner: "desk" }
  await world.act("alder", thread, "acceptance", { content })
  expect(lastPlace(world)?.part).toMatchObject({ epoch: 2, number: 1 })
  await world.deliverAll()
  const heads = ["alder", "birch"].map((it) => world.of(it).journal.heads.get(thread)?.viewHash)
  expect(heads[0]).toBe(heads[1])
})

test("an epoch that was used before is refused, and nothing is written", async () => {
  const world = createWorld()
  await world.warn("alder", "birch")
  await reopen(world, 3)
  const { count } = world.of("alder").journal.commits
  expect(await reopen(world, 3)).toEqual({ kind: "refused", code: "epoch_not_new" })
  expect(world.of("alder").journal.commits.count).toBe(count)
})

test("M-ID-12: an epoch older than a link's is refused as such, and nothing is written", async () => {
  const world = createWorld()
  await world.warn("alder", "birch")
  await reopen(world, 7)
  const { count } = world.of("alder").journal.commits
  expect(await reopen(world, 6)).toEqual({ kind: "refused", code: "epoch_behind" })
  expect(world.of("alder").journal.commits.count).toBe(count)
})

test("a peer that the backup did not know is spoken to in the new epoch", async () => {
  const world = createWorld()
  await reopen(world, 5)
  await world.warn("alder", "birch")
  expect(lastPlace(world)?.place).toMatchObject({ epoch: 5, number: 1 })
})

test("M-LNK-11: each peer is told at once of a restore, in the new epoch", async () => {
  const world = createWorld()
  await world.warn("alder", "birch")
  world.road.length = 0
  await reopen(world, 2)
  expect(world.road).toHaveLength(1)
  expect(lastPlace(world)?.place).toMatchObject({ epoch: 2, lane: 1, number: 1 })
  const { statement } = readUnit(takenOff(world.road).item.unit)
  expect(statement.kind).toBe("restored")
  expect(statement.content["given"]).toEqual([{ lane: 0, epoch: 1, upTo: 1, beyond: [] }])
})
