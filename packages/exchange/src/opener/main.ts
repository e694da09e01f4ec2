/**
 * The opener: the one place in which a peer's bytes are decrypted.
 *
 * A process of its own, without network, database, environment or children, and replaced often:
 * what a malicious envelope could make of it holds no signing key and cannot speak to anybody but
 * the exchange that started it. docs/decisions/0009-opener.md.
 */

import { serveOpenings } from "./openings.ts"

await serveOpenings()
