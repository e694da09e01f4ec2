/** Whether two arrays hold the same bytes. Tells how far they agree by its time: for no secret. */
export function isSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one === other) return true
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}
