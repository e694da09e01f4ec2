/**
 * The audience: a commitment, inside the signed content, to whom it was addressed and with what
 * private part.
 *
 * An addressee can check, and later show, that it was addressed. It cannot see who else was, nor
 * seal the signed content to a third party as if the sender had: that party is in no leaf.
 */

import { fixedTree, isSame, leafHash, rootFromPath } from "@tearline/log"

import { digestBytes } from "./header.ts"
import { sha256 } from "./suite.ts"

/** What shows that one addressee is in the audience. The salt is a secret of the two. */
export interface AudienceOpening {
  readonly salt: Uint8Array
  readonly index: number
  /** Eight hashes joined, 256 bytes. */
  readonly path: Uint8Array
}

/** An addressee as the audience commits to it. */
export interface AudienceMember {
  readonly org: Uint8Array
  /** The exact bytes of the private part. */
  readonly privatePart: Uint8Array
}

/** The audience root and one opening for each member, in order. At most 256 members. */
export function audienceOver(
  members: readonly AudienceMember[],
  random: (bytes: number) => Uint8Array,
): { root: Uint8Array; openings: readonly AudienceOpening[] } {
  const indexes = distinctIndexes(members.length, random)
  const seats = members.map((member, at) => {
    const salt = random(digestBytes)
    return { salt, index: indexes[at] ?? 0, leaf: audienceLeaf(salt, member) }
  })
  const tree = fixedTree(sha256, new Map(seats.map(({ index, leaf }) => [index, leaf])), random)
  const openings = seats.map(({ salt, index }) => ({ salt, index, path: tree.pathOf(index) }))
  return { root: tree.root, openings }
}

/** Whether the opening shows that the member is in the audience of that root. */
export function isInAudience(
  root: Uint8Array,
  member: AudienceMember,
  opening: AudienceOpening,
): boolean {
  const { salt, index, path } = opening
  const found = rootFromPath(sha256, { leafHash: audienceLeaf(salt, member), index, path })
  return found !== undefined && isSame(found, root)
}

function audienceLeaf(salt: Uint8Array, member: AudienceMember): Uint8Array {
  const content = Buffer.concat([salt, member.org, sha256(member.privatePart)])
  return leafHash(sha256, content)
}

/** So many different places in a tree of 256, none more likely than another. */
export function distinctIndexes(
  count: number,
  random: (bytes: number) => Uint8Array,
): readonly number[] {
  if (count < 1 || count > 256) {
    throw new RangeError(`${count} addressees: an envelope has 1 to 256`)
  }
  const indexes = new Set<number>()
  // One byte is one of 256 places, so that drawing again until it is new favours none.
  while (indexes.size < count) indexes.add(random(1)[0] ?? 0)
  return [...indexes]
}
