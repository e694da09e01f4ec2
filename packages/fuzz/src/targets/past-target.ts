/**
 * What a peer gives back after a restore, and that it was restored itself: held against pinned keys
 * as the exchange holds it. spec/links.md 5.
 */

import { type Digest, type OrgId, type PastVerifier } from "@tearline/core"
import {
  checkRestore,
  CryptoError,
  decode,
  encode,
  encodeOpening,
  signCustody,
  signIdentity,
  signOperations,
  signPayload,
  signRestore,
  type Value,
} from "@tearline/crypto"
import { audienceOver, sha256 } from "@tearline/crypto/border"
import { pastVerifierOf, verify } from "@tearline/exchange/border"
import { Random } from "@tearline/sim"

import { accepted, canary, decided, type Declared } from "../refusal.ts"
import { hold, type Outcome, sameBytes, type Target } from "../target.ts"
import { gateCodes, openingCodes } from "./crypto-codes.ts"
import { alder, birch, bytesNamed, type Organisation } from "./organisations.ts"
import { exampleStatement, partWith } from "./samples.ts"
import { alderIdentity } from "./signed-statements.ts"

function verifiedOf({ org, root, nextRoot, exchange, gateway, kem }: Organisation) {
  const identity = signIdentity(root, {
    org,
    name: "an organisation",
    version: 1,
    previousHash: null,
    rootPublicKey: root.verifying.publicKey,
    nextRootHash: sha256(nextRoot.verifying.publicKey),
    exchangePublicKey: exchange.verifying.publicKey,
    notBefore: 1_700_000_000,
    notAfter: 2_000_000_000,
    status: "active",
    reason: null,
  })
  const operations = signOperations(exchange, {
    org,
    version: 1,
    issuedSeconds: 1_800_000_000,
    gatewayPublicKey: gateway.verifying.publicKey,
    tlsPin: bytesNamed("pin", 32),
    nextTlsPin: null,
    fallbackKemPublicKey: kem.public.publicKey,
    endpoints: ["https://an.example:4430"],
    carriers: ["https"],
    kinds: { warning: [1] },
    heartbeatSeconds: 3600,
    dutyTelephone: "+1 202 555 0100",
  })
  return verify({ identity: [identity], operations }, undefined)
}

const alderAsPeer = { org: alder.id, verified: verifiedOf(alder) }

/** What Birch believes of the past, and of whom. */
export const past: PastVerifier = pastVerifierOf({
  own: birch.id,
  statements: verifiedOf(birch),
  gatewayKey: birch.gateway.verifying,
  find: (org: OrgId) => (org === alder.id ? alderAsPeer : undefined),
})

const digest = bytesNamed("digest", 32)

/** Birch's gateway's receipt for what Alder sent. */
const custody = signCustody(birch.gateway, {
  digest,
  sender: alder.org,
  recipient: birch.org,
  atMs: 1_900_000_000_000,
  unitHash: bytesNamed("unit", 32),
})

type Returned = Parameters<PastVerifier["returnedOf"]>[1]

/** A message of Alder's to Birch, or of Birch's to Alder, whatever it says. */
export function returnedOf(statement: Value, part: Uint8Array, isOwn = false): Returned {
  const [author, addressee] = isOwn ? [birch, alder] : [alder, birch]
  const random = new Random("audience")
  const member = { org: addressee.org, privatePart: part }
  const { root, openings } = audienceOver([member], (count) => random.bytes(count))
  const [opening] = openings
  if (opening === undefined) throw new RangeError("an audience of one has one opening")
  const payload = encode({ audience: root, bind: bytesNamed("bind", 32), statement })
  const signed = signPayload("tearline/warning/v1", author.exchange, payload)
  return {
    digest: digest.toHex() as Digest,
    signed,
    part,
    opening: encodeOpening(opening),
    custody,
  }
}

/**
 * [whole, statement, part, opening, custody]: bytes stand for themselves; anything else is made as
 * its author would have made it.
 */
function returnedFrom(input: Uint8Array): Returned | undefined {
  const value = decode(input, { bytesMax: 900_000 })
  if (!Array.isArray(value)) return undefined
  const [isOwn, said = null, part = null, opening, receipt] = value as readonly Value[]
  const partBytes = part instanceof Uint8Array ? part : encode(part)
  const made = returnedOf(said instanceof Uint8Array ? null : said, partBytes, isOwn === true)
  return {
    ...made,
    signed: said instanceof Uint8Array ? said : made.signed,
    opening: opening instanceof Uint8Array ? opening : made.opening,
    custody: receipt instanceof Uint8Array ? receipt : receipt === null ? null : custody,
  }
}

const refusedCodes: readonly string[] = [
  ...openingCodes.flatMap(([, codes]) => codes),
  "bad_signature",
]

function runReturned(input: Uint8Array): Outcome {
  return decided(() => {
    const returned = returnedFrom(input)
    if (returned === undefined) return { isAccepted: false, feature: "nothing returned" }
    const read = past.returnedOf(alder.id, returned)
    if (read.kind === "refused") {
      hold(refusedCodes.includes(read.code), "what was returned is refused with a declared code")
      return { isAccepted: false, feature: read.code }
    }
    hold(read.author === alder.id || read.author === birch.id, "an author is one of the two")
    hold(sameBytes(encode(read.part as Value), returned.part), "a part is what was signed")
    const by = read.author === alder.id ? birch.id : alder.id
    const isAboutThis = read.custody?.digest === returned.digest && read.custody.by === by
    hold(read.custody === null || isAboutThis, "a receipt is of the addressee, for this envelope")
    return accepted(`${read.author === birch.id} ${read.custody !== null}`)
  }, gateCodes)
}

export async function openReturned(): Promise<Target> {
  const part = encode(partWith())
  const statement = exampleStatement("warning")
  const { signed, opening } = returnedOf(statement, part)
  return {
    name: "returned",
    batch: 64,
    bytesMax: 620_000,
    grammar: "cbor",
    words: [canary, "statement", "audience", "bind", "__proto__"],
    seeds: [
      encode([false, statement, partWith(), 0, 0]),
      encode([true, statement, partWith(), 0, null]),
      encode([false, signed, part, opening, custody]),
      encode([false, { said: canary }, {}, 0, new Uint8Array(9)]),
    ],
    run: runReturned,
  }
}

const restoreCodes: Declared = [
  [
    CryptoError,
    [
      "not_canonical",
      "too_large",
      "malformed",
      "unknown_version",
      "wrong_context",
      "unknown_key",
      "bad_signature",
      "wrong_organisation",
    ],
  ],
]

/** A restore statement of Alder's. */
export function restoreBytes(epoch: number): Uint8Array {
  return signRestore(alder.root, { org: alder.org, epoch, issuedSeconds: 1_900_000_000 })
}

function readRestore(bytes: Uint8Array): Outcome {
  const outcome = decided(() => {
    const { org, epoch } = checkRestore(bytes, alderIdentity)
    hold(
      sameBytes(org, alder.org) && epoch >= 2,
      "a restore is of its organisation, and never the first",
    )
    return accepted("restore")
  }, restoreCodes)
  const { kind } = past.restoreOf(alder.id, bytes)
  hold((kind === "verified") === outcome.isAccepted, "suite and exchange agree on a restore")
  return outcome
}

export async function openRestore(): Promise<Target> {
  const whole = [2, 7, Number.MAX_SAFE_INTEGER].map(restoreBytes)
  const payloads = whole.map((it) => (decode(it) as readonly Value[])[2] as Uint8Array)
  return {
    name: "restore",
    batch: 64,
    bytesMax: 20_000,
    grammar: "cbor",
    words: ["tearline/restore/v1"],
    seeds: [...whole, ...payloads],
    run(input) {
      const asIs = readRestore(input)
      if (asIs.isAccepted) return asIs
      const signed = readRestore(signPayload("tearline/restore/v1", alder.root, input))
      return { ...signed, feature: `${asIs.feature} / ${signed.feature}` }
    },
  }
}
