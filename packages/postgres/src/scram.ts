/**
 * SCRAM verifiers as PostgreSQL stores them, so that a password itself is never in a statement.
 *
 * RFC 5802 section 3, RFC 7677; the form is that of `pg_authid.rolpassword`.
 */

import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto"

interface Salting {
  iterations: number
  salt: Buffer
}

/** `SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>`, salted afresh unless told. */
export function scramVerifier(password: string, salting?: Salting): string {
  const { iterations, salt } = salting ?? { iterations: 4096, salt: randomBytes(16) }
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256")
  const mac = (text: string): Buffer => createHmac("sha256", salted).update(text).digest()
  const storedKey = createHash("sha256").update(mac("Client Key")).digest("base64")
  const serverKey = mac("Server Key").toString("base64")
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${serverKey}`
}

/** Whether the stored verifier was made from this password. */
export function verifies(stored: string | null, password: string): boolean {
  const match = /^SCRAM-SHA-256\$(\d+):([^$]+)\$/.exec(stored ?? "")
  if (stored === null || match === null) return false
  const salting = { iterations: Number(match[1]), salt: Buffer.from(match[2] ?? "", "base64") }
  const expected = Buffer.from(scramVerifier(password, salting))
  return expected.length === stored.length && timingSafeEqual(expected, Buffer.from(stored))
}
