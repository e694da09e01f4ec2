/**
 * What is read behind a signature: receipts, refusals, identities, operations, prekeys, messages.
 *
 * An input is taken twice: as the whole signed object, and as a payload that a real key signs, so
 * that what lies behind the check of a signature is reached too.
 */

import {
  checkIdentity,
  checkIdentityChain,
  checkOperations,
  checkPrekeys,
  encode,
  openCustody,
  openMessage,
  openRefusal,
  signCustody,
  signedParts,
  signIdentity,
  signOperations,
  signPayload,
  signPrekeys,
  signRefusal,
  type Identity,
  type IdentityStatement,
  type OperationsStatement,
  type SignatureContext,
  type SigningKey,
} from "@tearline/crypto"
import { sha256 } from "@tearline/crypto/border"

import { accepted, canary, decided, type Declared } from "../refusal.ts"
import { hold, type Outcome, sameBytes, type Target } from "../target.ts"
import { messageCodes, shapeCodes, signedCodes, statementCodes } from "./crypto-codes.ts"
import { alder, birch, bytesNamed, onlyKey } from "./organisations.ts"
import { exampleStatement, type Fields } from "./samples.ts"

interface Behind {
  readonly name: string
  readonly context: SignatureContext
  readonly key: SigningKey
  readonly declared: Declared
  /** Reads a whole signed object; gives what it would be signed as again, and a feature. */
  readonly read: (bytes: Uint8Array) => { readonly again?: Uint8Array; readonly feature: string }
  readonly seeds: readonly Uint8Array[]
  readonly words?: readonly string[]
  readonly bytesMax?: number
  readonly grown?: (count: number) => Uint8Array
}

const payloadOf = (signed: Uint8Array): Uint8Array => signedParts(signed).payload

function openBehind(it: Behind): Target {
  const { name, context, key, declared, read, seeds } = it
  const one = (bytes: Uint8Array): Outcome =>
    decided(() => {
      const { again, feature } = read(bytes)
      const isSame = again === undefined || sameBytes(payloadOf(again), payloadOf(bytes))
      hold(isSame, "what is taken says again exactly what was signed")
      return accepted(feature)
    }, declared)
  return {
    name,
    batch: 64,
    bytesMax: it.bytesMax ?? 200_000,
    grammar: "cbor",
    words: it.words ?? [],
    seeds: [...seeds, ...seeds.map(payloadOf)],
    run(input) {
      const whole = one(input)
      if (whole.isAccepted) return whole
      const signed = one(signPayload(context, key, input))
      return { ...signed, feature: `${whole.feature} / ${signed.feature}` }
    },
    ...(it.grown === undefined ? {} : { grown: it.grown }),
  }
}

const about = {
  digest: bytesNamed("digest", 32),
  sender: alder.org,
  recipient: birch.org,
  atMs: 1_900_000_000_000,
}

export async function openCustodyTarget(): Promise<Target> {
  const { gateway } = birch
  return openBehind({
    name: "custody",
    context: "tearline/custody/v1",
    key: gateway,
    declared: signedCodes,
    seeds: [signCustody(gateway, { ...about, unitHash: bytesNamed("unit", 32) })],
    read(bytes) {
      const custody = openCustody(bytes, onlyKey(gateway.verifying))
      return { again: signCustody(gateway, custody), feature: "custody" }
    },
  })
}

export async function openRefusalTarget(): Promise<Target> {
  const { gateway } = birch
  return openBehind({
    name: "refusal",
    context: "tearline/refusal/v1",
    key: gateway,
    declared: signedCodes,
    words: [canary, "cannot_open"],
    seeds: ["cannot_open", canary].map((code) => signRefusal(gateway, { ...about, code })),
    read(bytes) {
      const { code } = openRefusal(bytes, onlyKey(gateway.verifying))
      hold(/^[a-z_]{1,64}$/.test(code), "a code is a word or unspecified")
      // A code of another form is read as unspecified, so that it is not what was signed.
      return { feature: code === "unspecified" ? code : "refusal" }
    },
  })
}

const rootKey = (key: SigningKey) => key.verifying.publicKey

const first: IdentityStatement = {
  org: alder.org,
  name: canary,
  version: 1,
  previousHash: null,
  rootPublicKey: rootKey(alder.root),
  nextRootHash: sha256(rootKey(alder.nextRoot)),
  exchangePublicKey: rootKey(alder.exchange),
  notBefore: 1_700_000_000,
  notAfter: 2_000_000_000,
  status: "active",
  reason: null,
}

const firstBytes = signIdentity(alder.root, first)

/** Alder's identity as Birch holds it. */
export const alderIdentity: Identity = checkIdentity(firstBytes)

const second: IdentityStatement = { ...first, version: 2, previousHash: alderIdentity.hash }

function statementOf(identity: Identity): IdentityStatement {
  const { bytes: _bytes, hash: _hash, exchangeKey: _key, ...statement } = identity
  return statement
}

const signerOf = ({ rootPublicKey }: IdentityStatement) =>
  sameBytes(rootPublicKey, rootKey(alder.nextRoot)) ? alder.nextRoot : alder.root

export async function openIdentityTarget(): Promise<Target> {
  const nextRoot = { rootPublicKey: rootKey(alder.nextRoot), nextRootHash: bytesNamed("root", 32) }
  return openBehind({
    name: "identity",
    context: "tearline/identity/v1",
    key: alder.root,
    declared: statementCodes,
    words: [canary],
    bytesMax: 20_000,
    seeds: [
      firstBytes,
      signIdentity(alder.root, second),
      signIdentity(alder.root, { ...second, status: "revoked", reason: canary }),
      signIdentity(alder.nextRoot, { ...second, ...nextRoot }),
    ],
    read(bytes) {
      const version = decided(
        () => accepted(String(checkIdentityChain([bytes]).version)),
        statementCodes,
      )
      if (version.isAccepted) {
        const alone = statementOf(checkIdentity(bytes))
        return { again: signIdentity(signerOf(alone), alone), feature: "first" }
      }
      const next = statementOf(checkIdentity(bytes, alderIdentity))
      return { again: signIdentity(signerOf(next), next), feature: `successor ${next.status}` }
    },
  })
}

const operations: OperationsStatement = {
  org: alder.org,
  version: 3,
  issuedSeconds: 1_800_000_000,
  gatewayPublicKey: rootKey(alder.gateway),
  tlsPin: bytesNamed("pin", 32),
  nextTlsPin: null,
  fallbackKemPublicKey: alder.kem.public.publicKey,
  endpoints: ["https://alder.example:4430"],
  carriers: ["https", "file"],
  kinds: { warning: [1], "read-back": [1, 2] },
  heartbeatSeconds: 3600,
  dutyTelephone: canary,
}

/** An operations statement of Alder's, exact bytes. */
export const operationsBytes: Uint8Array = signOperations(alder.exchange, operations)
/** The chain of Alder's identity, exact bytes. */
export const identityBytes: readonly Uint8Array[] = [firstBytes]

export async function openOperationsTarget(): Promise<Target> {
  return openBehind({
    name: "operations",
    context: "tearline/operations/v1",
    key: alder.exchange,
    declared: statementCodes,
    words: [canary, "https", "warning", "https://alder.example", "__proto__"],
    seeds: [
      operationsBytes,
      signOperations(alder.exchange, { ...operations, nextTlsPin: bytesNamed("next", 32) }),
      signOperations(alder.exchange, { ...operations, kinds: {} }),
    ],
    read(bytes) {
      const {
        bytes: _bytes,
        hash: _hash,
        gatewayKey: _key,
        ...statement
      } = checkOperations(bytes, alderIdentity)
      return { again: signOperations(alder.exchange, statement), feature: "operations" }
    },
    grown: (count) => {
      const kinds = Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, [1]]))
      return payloadOf(signOperations(alder.exchange, { ...operations, kinds }))
    },
  })
}

export async function openPrekeysTarget(): Promise<Target> {
  const prekey = { publicKey: alder.kem.public.publicKey, useFrom: 1_800_000_000 }
  const bundle = (count: number) => ({
    org: alder.org,
    version: 4,
    prekeys: Array.from({ length: count }, (_, at) => ({
      ...prekey,
      useUntil: 1_800_086_400 + at,
    })),
  })
  return openBehind({
    name: "prekeys",
    context: "tearline/prekeys/v1",
    key: alder.exchange,
    declared: statementCodes,
    seeds: [1, 3].map((count) => signPrekeys(alder.exchange, bundle(count))),
    bytesMax: 400_000,
    read(bytes) {
      const read = checkPrekeys(bytes, alderIdentity)
      return { again: signPrekeys(alder.exchange, read), feature: "prekeys" }
    },
    grown: (count) => payloadOf(signPrekeys(alder.exchange, bundle(Math.ceil(count / 16)))),
  })
}

function messagePayload(statement: Fields): Uint8Array {
  return encode({ audience: bytesNamed("audience", 32), bind: bytesNamed("bind", 32), statement })
}

export async function openMessageTarget(): Promise<Target> {
  const { exchange } = alder
  const seeds = ["warning", "read-back", "heartbeat"].map((kind) =>
    signPayload(`tearline/${kind}/v1`, exchange, messagePayload(exampleStatement(kind))),
  )
  return openBehind({
    name: "message",
    context: "tearline/warning/v1",
    key: exchange,
    declared: messageCodes,
    words: ["audience", "bind", "statement", canary],
    seeds,
    bytesMax: 1_050_000,
    read(bytes) {
      const inner = openMessage(bytes, onlyKey(exchange.verifying))
      const { audience, bind, statement } = inner
      const again = encode({ audience, bind, statement })
      hold(sameBytes(again, inner.payload), "a message taken says again exactly what was signed")
      return { feature: inner.kind.length > 24 ? "long kind" : "message" }
    },
    grown: (count) => {
      const content = Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, at]))
      return messagePayload({ ...exampleStatement("warning"), content })
    },
  })
}

export async function openSignedTarget(): Promise<Target> {
  const signed = signCustody(birch.gateway, { ...about, unitHash: bytesNamed("unit", 32) })
  return {
    name: "signed",
    bytesMax: 1_048_600,
    grammar: "cbor",
    words: ["tearline/custody/v1", "tearline/warning/v1"],
    seeds: [signed, firstBytes],
    run: (input) =>
      decided(() => {
        const { context, keyId, payload, signature } = signedParts(input)
        const again = encode([context, keyId, payload, signature])
        hold(sameBytes(again, input), "a signed object is written again byte for byte")
        return accepted("signed")
      }, shapeCodes),
  }
}
