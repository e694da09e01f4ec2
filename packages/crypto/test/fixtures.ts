/** One constructor for each noun that several tests need. */

import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"

import { CryptoError } from "../src/index.ts"

export const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"))
export const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"))
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

/** The code with which something is refused, or "accepted". An error that is not ours goes through. */
export function codeOf(act: () => unknown): string {
  try {
    act()
    return "accepted"
  } catch (error) {
    if (error instanceof CryptoError) return error.code
    throw error
  }
}

/** As codeOf, for what answers later. */
export async function codeOfLater(act: () => Promise<unknown>): Promise<string> {
  try {
    await act()
    return "accepted"
  } catch (error) {
    if (error instanceof CryptoError) return error.code
    throw error
  }
}

/** A stream of bytes that is the same at every run: SHA-256 of a seed and a counter. */
export function randomFrom(seed: string): (bytes: number) => Uint8Array {
  let count = 0
  return (bytes) => {
    const blocks: Buffer[] = []
    for (let made = 0; made < bytes; made += 32) {
      blocks.push(createHash("sha256").update(`${seed}/${count++}`).digest())
    }
    return new Uint8Array(Buffer.concat(blocks)).slice(0, bytes)
  }
}

const vectors =
  process.env["TEARLINE_VECTORS"] ?? `${import.meta.dirname}/../../../../shared/vectors`

/** A public vector file, or undefined where the vectors are not on this machine. */
export function publicVectors(path: string): unknown {
  const file = `${vectors}/${path}`
  if (!existsSync(file)) return undefined
  const bytes = readFileSync(file)
  return JSON.parse((file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString()) as unknown
}
