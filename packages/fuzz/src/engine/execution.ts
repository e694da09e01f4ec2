/**
 * One input through one target, under every oracle: it answers or refuses as declared, within its
 * time and memory, and leaves the platform's own objects as they were.
 */

import { getHeapStatistics } from "node:v8"

import { BrokenProperty, type Outcome, type Target } from "../target.ts"

/** What one input came to under every oracle. `feature`: the way its outcome went, in words. */
export interface Executed {
  readonly feature: string
  readonly isAccepted: boolean
  /** Why this input is a finding; undefined when nothing is wrong. */
  readonly reason: string | undefined
  readonly wallMs: number
}

/** Of CPU, for the largest input that is let in. */
const cpuMsMax = 100
const triesOfSlow = 3
/**
 * What an input may make the process allocate: a fixed part, and so much for each byte of it. Twice
 * what any target was seen to need: docs/decisions/0019-fuzzing.md.
 */
const allocatedMax = { fixed: 4 * 1024 * 1024, perByte: 600 }

const shared: readonly object[] = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  String.prototype,
  Map.prototype,
  Uint8Array.prototype,
  Error.prototype,
  Promise.prototype,
]
const ownKeys = shared.map((it) => Reflect.ownKeys(it).length)

/** A property that some input has put on what all objects share. */
function pollution(): string | undefined {
  const at = shared.findIndex((it, index) => Reflect.ownKeys(it).length !== ownKeys[index])
  return at === -1 ? undefined : "an object that all others share has been changed"
}

/** Words of a thrown thing that are the same for the same bug: no numbers, no input. */
export function reasonOf(error: unknown): string {
  if (error instanceof BrokenProperty) return error.message
  if (!(error instanceof Error)) return `thrown: ${typeof error}`
  const where =
    /\((?:file:\/\/)?[^)]*\/(packages\/[^):]+)|at (?:file:\/\/)?[^\s]*\/(packages\/[^:]+)/
  const [, inFunction, atTop] = where.exec(error.stack ?? "") ?? []
  const words = error.message.replaceAll(/\d+/g, "#").slice(0, 120)
  return `undeclared ${error.name}: ${words} (${inFunction ?? atTop ?? "unknown place"})`
}

async function outcomeOf(target: Target, input: Uint8Array): Promise<Outcome | string> {
  try {
    const outcome = target.run(input)
    return outcome instanceof Promise ? await outcome : outcome
  } catch (error) {
    return reasonOf(error)
  }
}

/** The least CPU that the input took in a few tries: another process's turn is not its fault. */
async function leastCpuMs(target: Target, input: Uint8Array): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < triesOfSlow; tries += 1) {
    const before = process.threadCpuUsage()
    await outcomeOf(target, input)
    const { user, system } = process.threadCpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}

function allocatedBytes(): number {
  const { total_allocated_bytes: heap, external_memory: outside } =
    getHeapStatistics() as ReturnType<typeof getHeapStatistics> & {
      readonly total_allocated_bytes: number
    }
  return heap + outside
}

const allowedFor = (input: Uint8Array) => allocatedMax.fixed + input.length * allocatedMax.perByte

async function excess(
  target: Target,
  input: Uint8Array,
  first: { readonly wallMs: number; readonly allocated: number },
): Promise<string | undefined> {
  if (first.wallMs > cpuMsMax && (await leastCpuMs(target, input)) > cpuMsMax) {
    return `slow: over ${cpuMsMax} ms of CPU`
  }
  if (first.allocated <= allowedFor(input)) return undefined
  // Once more: the first time may have compiled or grown a cache.
  const before = allocatedBytes()
  await outcomeOf(target, input)
  return allocatedBytes() - before > allowedFor(input) ? "over memory" : undefined
}

/** Runs one input under all oracles. Never throws. */
export async function execute(target: Target, input: Uint8Array): Promise<Executed> {
  const before = allocatedBytes()
  const startedMs = performance.now()
  const outcome = await outcomeOf(target, input)
  const wallMs = performance.now() - startedMs
  const allocated = allocatedBytes() - before
  if (typeof outcome === "string") {
    return { feature: outcome, isAccepted: false, reason: outcome, wallMs }
  }
  const reason = pollution() ?? (await excess(target, input, { wallMs, allocated }))
  return { ...outcome, reason, wallMs }
}
