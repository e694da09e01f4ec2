/** HPKE with the hybrid KEM: the working group's vectors, and two implementations on each other. */

import {
  AEAD_AES_256_GCM as NOBLE_AES_256_GCM,
  KDF_HKDF_SHA256 as NOBLE_HKDF_SHA256,
  KEM_MLKEM768_X25519 as NOBLE_KEM,
} from "@panva/hpke-noble"
import fc from "fast-check"
import {
  AEAD_AES_128_GCM,
  AEAD_AES_256_GCM,
  AEAD_ChaCha20Poly1305,
  type AEADFactory,
  CipherSuite,
  KDF_HKDF_SHA256,
  type KDFFactory,
  KDF_SHAKE256,
  KEM_DHKEM_X25519_HKDF_SHA256,
  type KEMFactory,
  KEM_MLKEM768_X25519,
} from "hpke"
import { expect, test } from "vitest"

import { aes256Gcm, hkdfSha256 } from "../src/hpke-parts.ts"
import { generateKemSeed, kemKeyFromSeed, kemPublicKeyFrom } from "../src/index.ts"
import { openWith, sealTo } from "../src/kem.ts"
import { codeOfLater, fromHex, publicVectors, randomFrom, toHex } from "./fixtures.ts"

interface HpkeVector {
  readonly mode: number
  readonly kem_id: number
  readonly kdf_id: number
  readonly aead_id: number
  readonly info: string
  readonly ikmR: string
  readonly skRm: string
  readonly pkRm: string
  readonly enc: string
  readonly encryptions: readonly Record<"aad" | "ct" | "pt", string>[]
}

const kems = new Map<number, KEMFactory<never>>([
  [0x647a, KEM_MLKEM768_X25519 as KEMFactory<never>],
  [0x0020, KEM_DHKEM_X25519_HKDF_SHA256 as KEMFactory<never>],
])
const kdfs = new Map<number, KDFFactory>([
  [1, hkdfSha256],
  [17, KDF_SHAKE256],
])
const aeads = new Map<number, AEADFactory>([
  [1, AEAD_AES_128_GCM],
  [2, aes256Gcm],
  [3, AEAD_ChaCha20Poly1305],
])

/** The published cases in base mode whose parts this runtime is asked to have. */
function casesOf(path: string): { vector: HpkeVector; suite: CipherSuite }[] {
  const vectors = (publicVectors(path) ?? []) as HpkeVector[]
  return vectors.flatMap((vector) => {
    const kem = kems.get(vector.kem_id)
    const kdf = kdfs.get(vector.kdf_id)
    const aead = aeads.get(vector.aead_id)
    if (vector.mode !== 0 || kem === undefined || kdf === undefined || aead === undefined) return []
    return [{ vector, suite: new CipherSuite(kem, kdf, aead) }]
  })
}

const cases = [
  ...casesOf("hpke-pq/test-vectors.json"),
  ...casesOf("rfc9180/vectors_rfc9180_5f503c5.json.gz"),
]

test(`the published HPKE vectors open: ${cases.length} suites found`, async () => {
  for (const { vector, suite } of cases) {
    const pair = await suite.DeriveKeyPair(fromHex(vector.ikmR), true)
    expect(toHex(await suite.SerializePublicKey(pair.publicKey))).toBe(vector.pkRm)
    expect(toHex(await suite.SerializePrivateKey(pair.privateKey))).toBe(vector.skRm)
    const info = fromHex(vector.info)
    const context = await suite.SetupRecipient(pair, fromHex(vector.enc), { info })
    for (const { aad, ct, pt } of vector.encryptions.slice(0, 3)) {
      const opened = await context.Open(fromHex(ct), fromHex(aad))
      expect(toHex(opened)).toBe(pt)
    }
  }
})

test("a second implementation opens the published vectors of our KEM", async () => {
  const ours = cases.filter(({ vector }) => vector.kem_id === 0x647a && vector.kdf_id === 1)
  for (const { vector } of ours) {
    const suite = new CipherSuite(NOBLE_KEM, NOBLE_HKDF_SHA256, AEAD_ChaCha20Poly1305)
    const pair = await suite.DeriveKeyPair(fromHex(vector.ikmR))
    const [first] = vector.encryptions
    const [info, aad] = [fromHex(vector.info), fromHex(first?.aad ?? "")]
    const sealed = fromHex(first?.ct ?? "")
    const opened = await suite.Open(pair, fromHex(vector.enc), sealed, { info, aad })
    expect(toHex(opened)).toBe(first?.pt)
  }
})

const bytes = (maxLength: number) => fc.uint8Array({ maxLength })
const secretKey = fc.uint8Array({ minLength: 32, maxLength: 32 })

test("our key derivation is the library's, for all inputs", async () => {
  const [ours, theirs] = [hkdfSha256(), KDF_HKDF_SHA256()]
  const lengths = fc.integer({ min: 1, max: 255 * 32 })
  await fc.assert(
    fc.asyncProperty(
      bytes(100),
      bytes(200),
      secretKey,
      lengths,
      async (salt, info, prk, length) => {
        expect(await ours.Extract(salt, info)).toEqual(await theirs.Extract(salt, info))
        expect(await ours.Expand(prk, info, length)).toEqual(await theirs.Expand(prk, info, length))
      },
    ),
  )
  await expect(ours.Expand(new Uint8Array(31), info, 32)).rejects.toThrow(RangeError)
  await expect(ours.Expand(new Uint8Array(32), info, 255 * 32 + 1)).rejects.toThrow(RangeError)
})

test("our cipher is the library's, and neither opens what was changed anywhere", async () => {
  const [ours, theirs] = [aes256Gcm(), AEAD_AES_256_GCM()]
  const nonce = fc.uint8Array({ minLength: 12, maxLength: 12 })
  const sealing = fc.tuple(secretKey, nonce, bytes(50), bytes(300), fc.nat())
  await fc.assert(
    fc.asyncProperty(sealing, async ([secret, once, additional, text, at]) => {
      const sealed = await ours.Seal(secret, once, additional, text)
      expect(sealed).toEqual(await theirs.Seal(secret, once, additional, text))
      expect(await ours.Open(secret, once, additional, sealed)).toEqual(text)
      const place = at % sealed.length
      const changed = sealed.with(place, (sealed[place] ?? 0) ^ 1)
      await expect(ours.Open(secret, once, additional, changed)).rejects.toThrow(/authenticat/)
      const cut = sealed.subarray(0, place)
      await expect(ours.Open(secret, once, additional, cut)).rejects.toThrow(/authenticat/)
    }),
  )
})

const seed = generateKemSeed(randomFrom("kem"))
const info = new TextEncoder().encode("info")
const plaintext = new TextEncoder().encode("a message secret")
const noble = new CipherSuite(NOBLE_KEM, NOBLE_HKDF_SHA256, NOBLE_AES_256_GCM)

test("a second implementation opens what ours seals, and ours opens what it seals", async () => {
  const ours = await kemKeyFromSeed(seed)
  const theirs = await noble.DeriveKeyPair(seed)
  expect(toHex(await noble.SerializePublicKey(theirs.publicKey))).toBe(toHex(ours.public.publicKey))
  for (let run = 0; run < 5; run++) {
    const sealed = await sealTo(ours.public, info, plaintext)
    const opened = await noble.Open(theirs, sealed.encapsulation, sealed.ciphertext, { info })
    expect(toHex(opened)).toBe(toHex(plaintext))
    const back = await noble.Seal(theirs.publicKey, plaintext, { info })
    const { encapsulatedSecret: encapsulation, ciphertext } = back
    expect(toHex(await openWith(ours, info, { encapsulation, ciphertext }))).toBe(toHex(plaintext))
  }
})

test("nothing opens under another key, other info or other bytes", async () => {
  const ours = await kemKeyFromSeed(seed)
  const other = await kemKeyFromSeed(generateKemSeed(randomFrom("another")))
  const sealed = await sealTo(ours.public, info, plaintext)
  const shorter = { ...sealed, encapsulation: sealed.encapsulation.subarray(1) }
  const flipped = {
    ...sealed,
    ciphertext: sealed.ciphertext.with(0, (sealed.ciphertext[0] ?? 0) ^ 1),
  }
  const tries = [
    () => openWith(other, info, sealed),
    () => openWith(ours, plaintext, sealed),
    () => openWith(ours, info, shorter),
    () => openWith(ours, info, flipped),
    () => openWith(ours, info, { ...sealed, ciphertext: new Uint8Array(0) }),
  ]
  const codes = await Promise.all(tries.map(codeOfLater))
  expect(codes).toEqual(tries.map(() => "cannot_open"))
})

test("two seals of one plaintext differ in every part", async () => {
  const ours = await kemKeyFromSeed(seed)
  const [one, two] = await Promise.all([
    sealTo(ours.public, info, plaintext),
    sealTo(ours.public, info, plaintext),
  ])
  expect(toHex(one.encapsulation)).not.toBe(toHex(two.encapsulation))
  expect(toHex(one.ciphertext)).not.toBe(toHex(two.ciphertext))
})

test("keys of wrong length or form are refused", async () => {
  const ours = await kemKeyFromSeed(seed)
  expect((await kemPublicKeyFrom(ours.public.publicKey)).id).toEqual(ours.public.id)
  expect(await codeOfLater(() => kemKeyFromSeed(new Uint8Array(31)))).toBe("bad_key")
  expect(await codeOfLater(() => kemPublicKeyFrom(new Uint8Array(1215)))).toBe("bad_key")
  // Coefficients beyond the modulus, which FIPS 203 7.2 wants refused.
  const beyond = new Uint8Array(1216).fill(0xff)
  expect(await codeOfLater(() => kemPublicKeyFrom(beyond))).toBe("bad_key")
})

test.each([0, 1])("a key to which nothing can be sealed is none, M-ID-13: u = %i", async (u) => {
  const { publicKey } = (await kemKeyFromSeed(seed)).public
  // Of small order: whatever is agreed with it is nought, and no sealing ever succeeds.
  const small = publicKey.slice().fill(0, 1184)
  small[1184] = u
  expect(await codeOfLater(() => kemPublicKeyFrom(small))).toBe("bad_key")
})
