/**
 * The two folders of a seam, as anybody may have left a file there: at the exchange's end, whose
 * gateway or guard may be taken over, and at the mover's. spec/seam.md.
 */

import {
  dropNameOf,
  seamFolder,
  SeamInside,
  SeamOutside,
  type SeamAnswer,
  type SeamAsk,
  type SeamFolder,
  type SeamRecord,
} from "@tearline/core"
import { encode, signCustody, signRefusal } from "@tearline/crypto"
import {
  ExchangeError,
  framesOf,
  hashing,
  lateAnswers,
  laneOfUnit,
  readFrame,
  requestOf,
} from "@tearline/exchange/border"
import { Random } from "@tearline/sim"

import { accepted, canary, decidedLater } from "../refusal.ts"
import { hold, type Outcome, type Target } from "../target.ts"
import { gateCodes } from "./crypto-codes.ts"
import { mapFolder, type MapFolder } from "./map-folder.ts"
import { alder, birch, bytesNamed } from "./organisations.ts"

/** Nothing waits here: what a look does not do is not done. */
const timers = { after: () => () => undefined }
const own = alder.id
const digest = bytesNamed("digest", 32)
const about = { digest, sender: alder.org, recipient: birch.org, atMs: 1_900_000_000_000 }
const nameOfUnit = `${digest.toHex()}/${birch.id}`
const noBody = new Uint8Array()
const anId = "0f".repeat(16)

interface Ends {
  readonly inward: MapFolder
  readonly outward: MapFolder
  readonly in: SeamFolder
  readonly out: SeamFolder
}

function ends(): Ends {
  const [inward, outward] = [mapFolder(), mapFolder()]
  const random = new Random("seam")
  const chance = { bytes: (count: number) => random.bytes(count) }
  const at = (disk: MapFolder) => seamFolder({ disk, hashing, chance })
  return { inward, outward, in: at(inward), out: at(outward) }
}

/** Until everything that was begun has ended: nothing in it waits for more than a turn. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

/** Lays the bytes under the one name that they may have. */
function lay({ inward }: Ends, bytes: Uint8Array): string {
  const name = dropNameOf(bytes, hashing)
  inward.files.set(name, bytes)
  return name
}

/** What the file is, which must be written again byte for byte. */
async function recordIn(at: Ends, name: string, bytes: Uint8Array): Promise<SeamRecord | string> {
  const found = await at.in.look(name)
  if (found.kind === "none") return "none"
  if (found.kind === "bad") return found.code
  const elsewhere = ends()
  const again = await elsewhere.out.put(found.drop)
  const written = elsewhere.outward.files.get(again.name) ?? noBody
  hold(Buffer.compare(written, bytes) === 0, "a file taken is written again byte for byte")
  return found.drop
}

async function frameRead(frame: Uint8Array): Promise<void> {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(frame.length)
  const stream = (async function* () {
    yield Buffer.concat([length, frame])
  })()
  for await (const it of framesOf(stream)) if (it !== null) laneOfUnit(readFrame(it).unit)
}

const gatewayKeyOf = () => birch.gateway.verifying

/** A file in the folder from which an exchange reads. */
async function runInside(input: Uint8Array): Promise<Outcome> {
  const at = ends()
  const frames: Uint8Array[] = []
  const settledItems: string[] = []
  let listAnswers = 0
  const peers = { gatewayAnswered: () => void (listAnswers += 1) }
  const settle = async (id: string) => settledItems.push(id) > 0
  const trouble = { note: () => undefined }
  const inside = new SeamInside({
    in: at.in,
    out: at.out,
    timers,
    chance: { bytes: () => Uint8Array.fromHex(anId) },
    hashing,
    onFrame: (frame) => void frames.push(frame ?? noBody),
    onLate: lateAnswers({ departures: { settle }, peers, trouble, own, gatewayKeyOf }),
    onBegun: () => undefined,
    onTrouble: () => hold(false, "a file is no trouble of the folder"),
  })
  const asked = { target: "POST /inner/v1/answers", lane: 1, body: noBody, withinMs: 1 } as const
  let answer: SeamAnswer | undefined
  const asking = inside.ask(asked).then((it) => (answer = it))
  const name = lay(at, input)
  const record = await recordIn(at, name, input)
  await inside.look()
  await settled()
  await inside.close()
  await asking
  const isTaken = !at.inward.files.has(name)
  hold(isTaken === (typeof record === "object"), "what is read is taken away, and nothing else")
  hold(
    settledItems.every((it) => it === nameOfUnit),
    "only what its signature says is settled",
  )
  if (typeof record === "string") return { isAccepted: false, feature: record }
  return decidedLater(async () => {
    for (const frame of frames) if (frame.length > 0) await frameRead(frame)
    const what = `${record.kind} ${answer !== undefined} ${settledItems.length} ${listAnswers}`
    return accepted(`${what} ${frames.length}`)
  }, [...gateCodes, [ExchangeError, ["malformed_request", "too_large"]]])
}

const custody = signCustody(birch.gateway, { ...about, unitHash: bytesNamed("unit", 32) })
const refusal = signRefusal(birch.gateway, { ...about, code: "cannot_open" })

const insideRecords: readonly SeamRecord[] = [
  { kind: "answer", lane: 0, id: anId, about: "", status: 200, body: encode([]) },
  { kind: "answer", lane: 0, id: anId, about: nameOfUnit, status: 200, body: custody },
  { kind: "answer", lane: 2, id: "00".repeat(16), about: nameOfUnit, status: 422, body: refusal },
  { kind: "answer", lane: 2, id: "00".repeat(16), about: nameOfUnit, status: 200, body: custody },
  {
    kind: "answer",
    lane: 0,
    id: "00".repeat(16),
    about: `peers/${anId}/9`,
    status: 409,
    body: new TextEncoder().encode(`{"series":"${anId}"}`),
  },
  { kind: "frame", lane: 0, body: encode([new Uint8Array(60), custody, about.atMs]) },
  { kind: "frame", lane: 0, body: noBody },
  { kind: "begun", lane: 0, id: anId, body: noBody },
]

const ask: SeamAsk = {
  kind: "ask",
  lane: 0,
  id: anId,
  target: `POST /inner/v1/departures?to=${birch.id}&lane=0`,
  about: nameOfUnit,
  body: new TextEncoder().encode(canary),
}

/** A file in the folder from which a mover reads. */
async function runOutside(input: Uint8Array): Promise<Outcome> {
  const at = ends()
  const random = new Random("mover")
  const performed: SeamAsk[] = []
  const outside = new SeamOutside({
    in: at.in,
    out: at.out,
    timers,
    chance: { bytes: (count) => random.bytes(count) },
    async perform(asked) {
      performed.push(asked)
      const request = requestOf(asked)
      const isOurs = request === undefined || /^\/(?:inner\/v1\/[a-z]+|ready)/.test(request.path)
      hold(isOurs, "a mover asks nothing but what is the exchange's")
      return { status: request === undefined ? 404 : 200, body: asked.body }
    },
    onTrouble: () => hold(false, "a file is no trouble of the folder"),
  })
  const name = lay(at, input)
  const record = await recordIn(at, name, input)
  await outside.look()
  await settled()
  await outside.close()
  const isTaken = !at.inward.files.has(name)
  hold(isTaken === (typeof record === "object"), "what is read is taken away, and nothing else")
  if (typeof record === "string") return { isAccepted: false, feature: record }
  hold(performed.length === Number(record.kind === "ask"), "what is asked is done, once")
  const [answered] = at.outward.files.keys()
  const found = answered === undefined ? undefined : await at.out.look(answered)
  if (record.kind !== "ask") return accepted(`${record.kind} ${found?.kind ?? "none"}`)
  const answer = found?.kind === "record" && found.drop.kind === "answer" ? found.drop : undefined
  const isItsOwn = answer?.id === record.id && answer.about === record.about
  hold(isItsOwn, "what is asked is answered, under the name that it has")
  return accepted(`ask ${answer?.status}`)
}

const asks: readonly SeamRecord[] = [
  ask,
  { ...ask, lane: 3, target: "PUT /inner/v1/peers", about: `peers/${anId}/9` },
  { ...ask, lane: 1, target: "POST /inner/v1/arrivals?window=256", about: "", body: noBody },
  { ...ask, lane: 1, target: "GET /ready", about: "", body: noBody },
  { ...ask, target: "POST /courier/v1/take" },
  { kind: "frame", lane: 1, body: noBody },
]

async function bytesOf(record: SeamRecord): Promise<Uint8Array> {
  const { out, outward } = ends()
  const { name } = await out.put(record)
  return outward.files.get(name) ?? noBody
}

const words: readonly string[] = [
  "TLSEAM1\n",
  "POST /inner/v1/",
  "PUT /inner/v1/peers",
  "GET /ready",
  "/courier/v1/take",
  "?lane=0&to=",
  "/../",
  "\u0000\u0000\u0000\u0000",
  "\u00ff\u00ff\u00ff\u00ff",
  "\u0000\u00c8",
  nameOfUnit,
]

/** The files of a seam are text with a head of numbers: they are changed as text. */
const common = { grammar: "text", bytesMax: 4_270_000, words, batch: 64 } as const

export async function openSeamInside(): Promise<Target> {
  const seeds = await Promise.all(insideRecords.map(bytesOf))
  return { ...common, name: "seam-inside", seeds, run: runInside }
}

export async function openSeamOutside(): Promise<Target> {
  const seeds = await Promise.all(asks.map(bytesOf))
  return { ...common, name: "seam-outside", seeds, run: runOutside }
}
