/**
 * Writes spec/vectors: cases, valid and invalid, for us and for any other implementation.
 *
 * Everything is made from fixed seeds. ML-DSA and HPKE draw randomness of their own, so that
 * signatures and slots differ from one writing to the next: what stands in the files is what the
 * tests verify. Run it only when a format changes, and commit what it writes.
 */

import { mkdirSync, writeFileSync } from "node:fs"

import { diagnose } from "cbor2"

import {
  type IdentityStatement,
  type SigningKey,
  checkIdentity,
  encode,
  fingerprint,
  generateSigningKey,
  seedOfSigningKey,
  sign,
  signIdentity,
  signOperations,
  type Value,
} from "../packages/crypto/src/index.ts"
import { sha256 } from "../packages/crypto/src/suite.ts"
import { randomFrom, toHex } from "../packages/crypto/test/fixtures.ts"
import { alder } from "../packages/crypto/test/organisations.ts"
import {
  type Hash,
  consistencyProof,
  fixedTree,
  inclusionProof,
  leafHash,
  rootOf,
} from "../packages/log/src/index.ts"
import { envelopeVectors } from "./write-vectors-envelope.ts"
import { seamVectors } from "./write-vectors-seam.ts"

const folder = `${import.meta.dirname}/../spec/vectors`
const hash: Hash = (data) => sha256(data)

function write(name: string, content: unknown): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/${name}.json`, `${JSON.stringify(content, null, 1)}\n`)
}

function canonicalVectors(): unknown {
  const values: readonly (readonly [string, Value])[] = [
    ["the least integer head", 23],
    ["one byte more", 24],
    ["the largest integer", Number.MAX_SAFE_INTEGER],
    ["the least integer", -Number.MAX_SAFE_INTEGER],
    ["bytes", Uint8Array.of(0, 255)],
    ["text beyond ASCII", "Zürich, Київ, القاهرة"],
    ["an array of everything", [true, false, null, [], {}]],
    ["text keys: shorter first", { bb: 1, a: 2, c: 3 }],
    [
      "integer keys: non-negative first",
      new Map([
        [-1, 1],
        [10, 2],
        [100, 3],
        [1, 4],
      ]),
    ],
    ["a key that JavaScript treats specially", JSON.parse('{"__proto__": 1}') as Value],
  ]
  const refused: readonly (readonly [string, string])[] = [
    ["1801", "an integer in a longer head"],
    ["580100", "a length in a longer head"],
    ["9fff", "an indefinite length"],
    ["a2616201616101", "text keys out of order"],
    ["a202010101", "integer keys out of order"],
    ["a2010101 02".replace(" ", ""), "one key twice"],
    ["a20101616101", "text and integer keys in one map"],
    ["a1410001", "a key of bytes"],
    ["c100", "a tag"],
    ["f93c00", "a float, even of a whole number"],
    ["f7", "undefined"],
    ["1b0020000000000000", "an integer beyond 2^53 - 1"],
    ["61ff", "text that is not UTF-8"],
    ["63efbbbf", "text that begins with a byte order mark"],
    ["0000", "bytes after the end"],
    ["9affffffff00", "an array that claims more items than there are bytes"],
    ["8181818181818181818181818181818181 00".replace(" ", ""), "17 levels"],
  ]
  return {
    about: "spec/canonical-form.md. Bytes that must be accepted or refused.",
    valid: values.map(([name, value]) => {
      const bytes = encode(value)
      return { name, hex: toHex(bytes), diagnostic: diagnose(Uint8Array.from(bytes)) }
    }),
    invalid: refused.map(([hex, reason]) => ({ hex, reason })),
  }
}

function treeVectors(): unknown {
  const leaves = Array.from({ length: 7 }, (_, at) => leafHash(hash, Uint8Array.of(at)))
  const ordinary = leaves.map((_, at) => ({
    size: at + 1,
    root: toHex(rootOf(hash, leaves.slice(0, at + 1))),
  }))
  const indexes = [[0], [77], [0, 1, 255], [3, 64, 65, 66, 67, 200]]
  return {
    about: "spec/envelope.md 6. Leaf i is the byte i; draws are the random values in order.",
    ordinary,
    inclusion: leaves.map((_, index) => ({
      index,
      size: 7,
      proof: inclusionProof(hash, leaves, index).map(toHex),
    })),
    consistency: leaves.map((_, at) => ({
      oldSize: at + 1,
      newSize: 7,
      proof: consistencyProof(hash, leaves, at + 1).map(toHex),
    })),
    fixed: indexes.map((it) => fixedCase(it)),
  }
}

function fixedCase(indexes: readonly number[]): unknown {
  const random = randomFrom(`tree ${indexes.join()}`)
  const draws: string[] = []
  const leaves = new Map(indexes.map((it) => [it, leafHash(hash, Uint8Array.of(it))]))
  const tree = fixedTree(hash, leaves, (bytes) => {
    const drawn = random(bytes)
    draws.push(toHex(drawn))
    return drawn
  })
  const paths = indexes.map((index) => ({ index, path: toHex(tree.pathOf(index)) }))
  return { indexes, draws, root: toHex(tree.root), paths }
}

function compositeVectors(): unknown {
  const key = generateSigningKey(randomFrom("composite vector"))
  const other = generateSigningKey(randomFrom("another composite vector"))
  const context = "tearline/warning/v1"
  const message = Buffer.from("who, where, when, how")
  const [mine, theirs] = [sign(context, key, message), sign(context, other, message)]
  const base = { context, message: toHex(message) }
  const swapped = Buffer.concat([mine.subarray(0, 3309), theirs.subarray(3309)])
  const reversed = Buffer.concat([mine.subarray(3309), mine.subarray(0, 3309)])
  return {
    about:
      "spec/envelope.md 1. ML-DSA-65 with Ed25519 after draft-ietf-lamps-pq-composite-sigs-19.",
    seed: toHex(seedOfSigningKey(key)),
    publicKey: toHex(key.verifying.publicKey),
    keyId: toHex(key.verifying.id),
    valid: [
      { ...base, signature: toHex(mine) },
      { ...base, context: "", signature: toHex(sign("", key, message)) },
    ],
    invalid: [
      { ...base, reason: "another context", context: "tearline/recall/v1", signature: toHex(mine) },
      { ...base, reason: "another message", message: "00", signature: toHex(mine) },
      { ...base, reason: "the Ed25519 part of another key", signature: toHex(swapped) },
      { ...base, reason: "the parts in the other order", signature: toHex(reversed) },
      { ...base, reason: "the ML-DSA part alone", signature: toHex(mine.subarray(0, 3309)) },
      { ...base, reason: "the Ed25519 part alone", signature: toHex(mine.subarray(3309)) },
    ],
  }
}

function identityVectors(): unknown {
  const random = randomFrom("identity vector")
  const [root, next] = [generateSigningKey(random), generateSigningKey(random)]
  const [third, exchange] = [generateSigningKey(random), generateSigningKey(random)]
  const statement: IdentityStatement = {
    org: root.verifying.id,
    name: "Alder",
    version: 1,
    previousHash: null,
    rootPublicKey: root.verifying.publicKey,
    nextRootHash: sha256(next.verifying.publicKey),
    exchangePublicKey: exchange.verifying.publicKey,
    notBefore: 1_800_000_000,
    notAfter: 1_957_680_000,
    status: "active",
    reason: null,
  }
  const first = checkIdentity(signIdentity(root, statement))
  const second = {
    ...statement,
    version: 2,
    previousHash: first.hash,
    rootPublicKey: next.verifying.publicKey,
    nextRootHash: sha256(third.verifying.publicKey),
  }
  const after = (changes: Partial<IdentityStatement>, key = root) =>
    toHex(signIdentity(key, { ...statement, version: 2, previousHash: first.hash, ...changes }))
  const thirdKeys = { rootPublicKey: third.verifying.publicKey }
  return {
    about:
      "spec/identity.md. `second` follows `first`; each refused statement is offered after it.",
    fingerprint: fingerprint(statement.rootPublicKey),
    org: toHex(statement.org),
    first: toHex(first.bytes),
    second: toHex(signIdentity(next, second)),
    operations: toHex(operationsOf(exchange, statement.org)),
    refusedAfterFirst: [
      { reason: "a gap", code: "wrong_successor", statement: after({ version: 3 }) },
      { reason: "no back-hash", code: "wrong_successor", statement: after({ previousHash: null }) },
      {
        reason: "a root key that was not committed to",
        code: "wrong_successor",
        statement: after(thirdKeys, third),
      },
      {
        reason: "the same root promising another next one",
        code: "wrong_successor",
        statement: after({ nextRootHash: sha256(third.verifying.publicKey) }),
      },
      {
        reason: "another organisation",
        code: "wrong_organisation",
        statement: after({ org: alder.org }),
      },
      { reason: "the first again", code: "wrong_successor", statement: toHex(first.bytes) },
    ],
  }
}

function operationsOf(exchange: SigningKey, org: Uint8Array): Uint8Array {
  return signOperations(exchange, {
    org: org,
    version: 1,
    issuedSeconds: 1_800_000_100,
    gatewayPublicKey: alder.gateway.verifying.publicKey,
    tlsPin: new Uint8Array(32).fill(1),
    nextTlsPin: null,
    fallbackKemPublicKey: alder.kem.public.publicKey,
    endpoints: ["https://gateway.alder.example:8443"],
    carriers: ["https", "file"],
    kinds: { warning: [1], receipt: [1] },
    heartbeatSeconds: 3600,
    dutyTelephone: "+99 555 0100",
  })
}

write("canonical", canonicalVectors())
write("tree", treeVectors())
write("composite", compositeVectors())
write("identity", identityVectors())
write("envelope", await envelopeVectors())
write("seam", await seamVectors())
