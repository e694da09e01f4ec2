/** Bits that turn over in what Birch has stored: each is named or harmless, and never shown. */

import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs"

import { CliError } from "@tearline/cli"
import type { Random } from "@tearline/sim"

import { release } from "../load/warning.ts"
import type { OutsideNode } from "../node/outside-node.ts"
import { standingStill } from "../node/processes.ts"
import { rowsOf } from "../reckoning/books.ts"
import type { Ledger } from "../reckoning/ledger.ts"
import { settled } from "../reckoning/settled.ts"
import type { Run } from "../scenario.ts"
import { isThere, soon } from "./soon.ts"

const restMsMax = 60_000
/** What a desk answers about a thread whose stored bytes are not those that were signed. */
const damaged = "corrupt"

interface Field {
  readonly nodes: readonly [OutsideNode, OutsideNode]
  readonly ledger: Ledger
}

export interface Turned {
  readonly count: number
  readonly wrong: readonly string[]
}

/** Turns each back afterwards, so that everything can be reckoned up. The traffic has ended. */
export async function turnBits(run: Run, field: Field): Promise<Turned> {
  const wrong: string[] = []
  const kinds = [turnedUnit, turnedMessage, turnedPage]
  const count = run.count("flips")
  await settled(field.nodes, { limitMs: restMsMax, signal: run.signal })
  for (let at = 0; at < count; at += 1) {
    run.signal.throwIfAborted()
    const kind = kinds[at % kinds.length]
    run.progress(`bit ${at + 1} of ${count}`)
    if (kind !== undefined) wrong.push(...(await kind(run, field)))
  }
  return { count, wrong }
}

/** In a unit that the gateway has signed for and the exchange has not taken. */
async function turnedUnit(run: Run, { nodes, ledger }: Field): Promise<readonly string[]> {
  const [alder, birch] = nodes
  const { gatewayOwner } = await birch.databases()
  using _ = standingStill(exchangeOf(birch))
  const mark = "that is stored badly"
  const order = { from: alder, to: birch, precedence: "FLASH", ledger, mark }
  const { thread } = await release(order)
  const untakenSql =
    "select encode(digest, 'hex'), length(unit) from gateway.arrival where not is_taken"
  await soon(run, async () => (await rowsOf(gatewayOwner, untakenSql)).length > 0)
  const [[digest, length] = []] = await rowsOf(gatewayOwner, untakenSql)
  if (digest === undefined) return ["no unit came to the gateway in which a bit could be turned"]
  const place = run.random.below(Number(length))
  const about = `byte ${place} of a unit at the gateway was turned`
  const row = { table: "gateway.arrival", column: "unit", key: "digest", id: digest }
  const wrong = await whileTurned(gatewayOwner, turnSql(row, place, run.random), async () => {
    await newExchange(run, birch)
    const isNamed = await soon(run, async () => {
      const { alarms } = await birch.desk.status()
      return alarms.some((it) => it.kind === "storage" && it.process === "gateway")
    })
    const isShown = await isThere(birch, thread)
    return [
      ...(isNamed ? [] : [`${about}, and nobody was told`]),
      ...(isShown ? [`${about}, and it was taken in`] : []),
    ]
  })
  await newExchange(run, birch)
  return wrong
}

/** In the signed bytes of a message at the exchange: its thread is `corrupt` until it is mended. */
export async function turnedMessage(
  run: Run,
  { nodes }: Pick<Field, "nodes">,
): Promise<readonly string[]> {
  const [, birch] = nodes
  const { deskOwner } = await birch.databases()
  const rows = await rowsOf(
    deskOwner,
    `select encode(id, 'hex'), encode(thread, 'hex'), length(signed) from exchange.message
      where thread is not null order by id`,
  )
  const [id = "", thread = "", length] = run.random.pick(rows)
  const before = await readingOf(birch, thread)
  const place = run.random.below(Number(length))
  const row = { table: "exchange.message", column: "signed", key: "id", id }
  const reading = await whileTurned(deskOwner, turnSql(row, place, run.random), async () => {
    await newExchange(run, birch)
    return await readingOf(birch, thread)
  })
  await newExchange(run, birch)
  const after = await readingOf(birch, thread)
  const about = `byte ${place} of ${length} of a stored message was turned`
  return [
    ...(reading === damaged ? [] : [`${about}, and its thread reads ${reading}`]),
    ...(after === before ? [] : [`${about} and back, and its thread reads ${after}`]),
  ]
}

/** In a page of the messages' table as it lies on the disk, while nobody looks. */
async function turnedPage(run: Run, { nodes }: Field): Promise<readonly string[]> {
  const [, birch] = nodes
  const { admin, deskOwner } = await birch.databases()
  const [[path = ""] = []] = await rowsOf(
    deskOwner,
    "select pg_relation_filepath('exchange.message')",
  )
  await rowsOf(admin, "checkpoint")
  const threads = (await rowsOf(deskOwner, "select encode(id, 'hex') from exchange.thread")).flat()
  const before = await readingsOf(birch, threads)
  await birch.stop()
  const turn = turnerOf(`${birch.dir}/postgres/data/${path}`, run.random)
  turn()
  try {
    return await readDamaged(birch, threads, before)
  } finally {
    await birch.stop()
    turn()
    await birch.start()
  }
}

/** A node that does not start for the damage has named it. */
async function readDamaged(
  node: OutsideNode,
  threads: readonly string[],
  before: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  try {
    await node.start()
  } catch {
    return node.told.includes(damaged) ? [] : ["a damaged page keeps a node down and is not named"]
  }
  const after = await readingsOf(node, threads)
  const readings = [...after.values()]
  return [
    ...[...after]
      .filter(([thread, reading]) => reading !== damaged && reading !== before.get(thread))
      .map(([thread, reading]) => `after a page was damaged thread ${thread} reads ${reading}`),
    ...(readings.includes(damaged) ? [] : ["a page was damaged and every thread is read"]),
  ]
}

async function readingsOf(
  node: OutsideNode,
  threads: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const readings = new Map<string, string>()
  for (const thread of threads) readings.set(thread, await readingOf(node, thread))
  return readings
}

/** What the thread comes to, or the code of the refusal to say it. */
async function readingOf({ desk }: OutsideNode, thread: string): Promise<string> {
  try {
    const { viewHash, messages } = await desk.thread(thread)
    return [viewHash, ...messages.map((it) => JSON.stringify(it.content))].join(" ")
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    return error.shown
  }
}

interface Row {
  readonly table: string
  readonly column: string
  readonly key: string
  /** In hexadecimal. */
  readonly id: string
}

/** Said once it turns one bit, said again it turns it back. */
function turnSql({ table, column, key, id }: Row, place: number, random: Random): string {
  const mask = 1 << random.below(8)
  return `update ${table} set ${column} = set_byte(${column}, ${place},
    get_byte(${column}, ${place}) # ${mask}) where ${key} = '\\x${id}'`
}

/** Turns it back whatever comes of looking. */
async function whileTurned<Seen>(
  url: string,
  turn: string,
  look: () => Promise<Seen>,
): Promise<Seen> {
  await rowsOf(url, turn)
  try {
    return await look()
  } finally {
    await rowsOf(url, turn)
  }
}

function turnerOf(path: string, random: Random): () => void {
  const share = random.unit()
  const mask = 1 << random.below(8)
  return () => {
    const file = openSync(path, "r+")
    try {
      const place = Math.floor(share * fstatSync(file).size)
      const byte = Buffer.alloc(1)
      readSync(file, byte, 0, 1, place)
      byte.writeUInt8(byte.readUInt8(0) ^ mask)
      writeSync(file, byte, 0, 1, place)
    } finally {
      closeSync(file)
    }
  }
}

function exchangeOf(node: OutsideNode): number {
  const { exchange } = node
  if (exchange === undefined) throw new Error(`${node.name} has no exchange now`)
  return exchange
}

/** Whatever it holds in memory is gone: it reads again what is stored. */
async function newExchange(run: Run, node: OutsideNode): Promise<void> {
  const former = exchangeOf(node)
  process.kill(former, "SIGKILL")
  const isBack = await soon(run, async () => {
    const { status } = await node.desk.status()
    return status === "ready" && node.exchange !== former
  })
  if (!isBack) throw new Error(`the exchange of ${node.name} was killed and does not come back`)
}
