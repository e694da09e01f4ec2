/**
 * Self-signed certificates, the only kind that nodes show each other.
 *
 * What a peer trusts is the hash of the public key (SPKI) that an operations statement names; name,
 * dates and issuer of the certificate mean nothing. TLS merely wants one as a container, so it is
 * written out here in the least DER that TLS accepts (RFC 5280 4.1), for ECDSA on P-256.
 */

import {
  X509Certificate,
  generateKeyPairSync,
  hash,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto"

import type { TlsIdentity } from "./config.ts"

/** A new key pair and its certificate; `pin` is what goes into an operations statement. */
export function selfSignedIdentity(): TlsIdentity & { readonly pin: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  return {
    certificate: pem(certificateOf(publicKey, privateKey)),
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }),
    pin: pinOfKey(publicKey),
  }
}

/** The pin of a certificate in PEM: SHA-256 of its SPKI in hexadecimal. */
export function pinOfCertificate(certificate: string): string {
  return pinOfKey(new X509Certificate(certificate).publicKey)
}

/** The pin of a public key. */
export function pinOfKey(publicKey: KeyObject): string {
  return hash("sha256", publicKey.export({ type: "spki", format: "der" }), "hex")
}

const sequence = 0x30
const set = 0x31
const integer = 0x02
const bitString = 0x03
const objectId = 0x06
const utf8String = 0x0c
const generalizedTime = 0x18
const explicitVersion = 0xa0

const ecdsaWithSha256 = der(sequence, der(objectId, Buffer.from("2a8648ce3d040302", "hex")))
const commonName = der(objectId, Buffer.from("550403", "hex"))

function certificateOf(publicKey: KeyObject, privateKey: KeyObject): Buffer {
  // The same for everybody: who a node is stands in its operations statement and nowhere else.
  const attribute = der(sequence, commonName, der(utf8String, Buffer.from("tearline")))
  const name = der(sequence, der(set, attribute))
  const serial = randomBytes(16)
  // Positive, and without a leading zero byte.
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f)
  const toBeSigned = der(
    sequence,
    der(explicitVersion, der(integer, Uint8Array.of(2))),
    der(integer, serial),
    ecdsaWithSha256,
    name,
    der(sequence, time("20200101000000Z"), time("99991231235959Z")),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  )
  const signature = sign("sha256", toBeSigned, privateKey)
  return der(sequence, toBeSigned, ecdsaWithSha256, der(bitString, Uint8Array.of(0), signature))
}

function time(text: string): Buffer {
  return der(generalizedTime, Buffer.from(text))
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const short = length < 0x80 ? [length] : undefined
  const medium = length < 0x1_00 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Uint8Array.of(tag, ...(short ?? medium)), content])
}

function pem(content: Buffer): string {
  const lines = content.toString("base64").match(/.{1,64}/g) ?? []
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n")
}
