/** The primitives of this runtime against public vectors, so that an update that breaks one shows. */

import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  decapsulate,
  diffieHellman,
  encapsulate,
  hkdfSync,
  verify,
} from "node:crypto"

import { expect, test } from "vitest"

import { fromHex, publicVectors, toHex } from "./fixtures.ts"

interface Case {
  readonly tcId: number
  readonly result: "valid" | "invalid" | "acceptable"
  readonly flags: readonly string[]
  readonly [field: string]: unknown
}
interface Group {
  readonly tests: readonly Case[]
  readonly [field: string]: unknown
}

/** The cases of a file, each with its group's fields. */
function casesOf(file: string): Case[] {
  const published = publicVectors(`wycheproof/${file}`) as { testGroups: Group[] } | undefined
  return (published?.testGroups ?? []).flatMap(({ tests, ...group }) =>
    tests.map((it) => ({ ...group, ...it })),
  )
}

const bytes = (it: Case, field: string) => fromHex(textOf(it, field))
const textOf = (it: Case, field: string) => (it[field] as string | undefined) ?? ""

/** The numbers of the cases on which the runtime and the file disagree. */
function differing(cases: readonly Case[], holds: (it: Case) => boolean): number[] {
  const isAccepted = (it: Case) => {
    try {
      return holds(it)
    } catch {
      return false
    }
  }
  return cases
    .filter((it) => it.result !== "acceptable" && isAccepted(it) !== (it.result === "valid"))
    .map((it) => it.tcId)
}

function rawPublicKey(key: Uint8Array, asymmetricKeyType: "ed25519" | "ml-dsa-65" | "ml-kem-768") {
  return createPublicKey({ key: Buffer.from(key), format: "raw-public", asymmetricKeyType })
}

const aesGcm = casesOf("aes_gcm_test.json").filter((it) => it["ivSize"] === 96)

test(`AES-GCM seals and opens as published: ${aesGcm.length} found`, () => {
  const wrong = differing(aesGcm, (it) => {
    const name = `aes-${String(it["keySize"])}-gcm`
    const [key, iv] = [bytes(it, "key"), bytes(it, "iv")]
    const decipher = createDecipheriv(name as "aes-256-gcm", key, iv, { authTagLength: 16 })
    decipher.setAAD(bytes(it, "aad"))
    decipher.setAuthTag(bytes(it, "tag"))
    const opened = Buffer.concat([decipher.update(bytes(it, "ct")), decipher.final()])
    const cipher = createCipheriv(name as "aes-256-gcm", key, iv)
    cipher.setAAD(bytes(it, "aad"))
    const sealed = Buffer.concat([cipher.update(opened), cipher.final(), cipher.getAuthTag()])
    return toHex(opened) === it["msg"] && toHex(sealed) === textOf(it, "ct") + textOf(it, "tag")
  })
  expect(wrong).toEqual([])
})

const ed25519 = casesOf("ed25519_test.json")

test(`Ed25519 verifies as published: ${ed25519.length} found`, () => {
  const wrong = differing(ed25519, (it) => {
    const { pk } = it["publicKey"] as { pk: string }
    return verify(null, bytes(it, "msg"), rawPublicKey(fromHex(pk), "ed25519"), bytes(it, "sig"))
  })
  expect(wrong).toEqual([])
})

interface EdgeCase {
  readonly key: string
  readonly sig: string
  readonly msg: string
  readonly flags: readonly string[] | null
}

const edgeCases = (publicVectors("cctv-ed25519/ed25519vectors.json") ?? []) as EdgeCase[]
// What makes RFC 8032's own equation fail, or an encoding that it does not have.
const refusedFlags = ["low_order_residue", "non_canonical_A", "non_canonical_R"]

test(`Ed25519 edge cases are judged one way by this runtime: ${edgeCases.length} found`, () => {
  for (const { key, sig, msg, flags } of edgeCases) {
    const holds = verifiesEd25519(fromHex(key), Buffer.from(msg), fromHex(sig))
    const mayHold = !(flags ?? []).some((it) => refusedFlags.includes(it))
    expect(holds && !mayHold, `${msg}: ${String(flags)}`).toBe(false)
  }
})

function verifiesEd25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(null, message, rawPublicKey(key, "ed25519"), signature)
  } catch {
    return false
  }
}

const x25519 = casesOf("x25519_test.json")

test(`X25519 agrees as published, or refuses an all-zero secret: ${x25519.length} found`, () => {
  const wrong = x25519.filter((it) => {
    const shared = sharedX25519(bytes(it, "private"), bytes(it, "public"))
    const isZero = /^0+$/.test(textOf(it, "shared"))
    return isZero ? shared !== "refused" : shared !== it["shared"]
  })
  expect(wrong.map((it) => it.tcId)).toEqual([])
})

function sharedX25519(secret: Uint8Array, point: Uint8Array): string {
  const format = { asymmetricKeyType: "x25519" } as const
  const key = Buffer.from(secret)
  try {
    const privateKey = createPrivateKey({ ...format, key, format: "raw-private" })
    const publicKey = createPublicKey({ ...format, key: Buffer.from(point), format: "raw-public" })
    return toHex(diffieHellman({ privateKey, publicKey }))
  } catch {
    return "refused"
  }
}

const hkdf = casesOf("hkdf_sha256_test.json")

test(`HKDF-SHA256 derives as published: ${hkdf.length} found`, () => {
  const wrong = differing(hkdf, (it) => {
    const size = Number(it["size"])
    const made = hkdfSync("sha256", bytes(it, "ikm"), bytes(it, "salt"), bytes(it, "info"), size)
    return toHex(new Uint8Array(made)) === it["okm"]
  })
  expect(wrong).toEqual([])
})

const mlDsa = casesOf("mldsa_65_verify_test.json.gz")

test(`ML-DSA-65 verifies as published: ${mlDsa.length} found`, () => {
  const wrong = differing(mlDsa, (it) => {
    const key = rawPublicKey(bytes(it, "publicKey"), "ml-dsa-65")
    const context = bytes(it, "ctx")
    return verify(null, bytes(it, "msg"), { key, context }, bytes(it, "sig"))
  })
  expect(wrong).toEqual([])
})

const keyPairs = casesOf("mlkem_768_keygen_seed_test.json.gz")

test(`ML-KEM-768 makes keys from seeds as published: ${keyPairs.length} found`, () => {
  const wrong = differing(
    keyPairs,
    (it) =>
      toHex(createPublicKey(kemKey(bytes(it, "seed"))).export({ format: "raw-public" })) ===
      it["ek"],
  )
  expect(wrong).toEqual([])
})

function kemKey(seed: Uint8Array) {
  const key = Buffer.from(seed)
  return createPrivateKey({ key, format: "raw-seed", asymmetricKeyType: "ml-kem-768" })
}

const decapsulations = casesOf("mlkem_768_test.json.gz")

test(`ML-KEM-768 decapsulates as published: ${decapsulations.length} found`, () => {
  const wrong = differing(
    decapsulations,
    (it) => toHex(decapsulate(kemKey(bytes(it, "seed")), bytes(it, "c"))) === it["K"],
  )
  expect(wrong).toEqual([])
})

const encapsulations = casesOf("mlkem_768_encaps_test.json.gz")

test(`ML-KEM-768 encapsulates to good keys only: ${encapsulations.length} found`, () => {
  const wrong = differing(encapsulations, (it) => {
    const { sharedKey } = encapsulate(rawPublicKey(bytes(it, "ek"), "ml-kem-768"))
    return sharedKey.length === 32
  })
  expect(wrong).toEqual([])
})
