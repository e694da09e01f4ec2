/** What a courier did, in words. */

import type { HandedIn, LaidOut } from "@tearline/core"

import { plain } from "../terminal/plain.ts"

const namedMax = 20

function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`
}

export function laidOutLine(it: LaidOut, folder: string): string {
  const { units, answers, there, removed, blocked } = it
  const parts = [
    counted(units, "unit"),
    counted(answers, "receipt"),
    ...(there > 0 ? [`${there} of them there already`] : []),
    ...(removed > 0 ? [`${removed} taken off, answered`] : []),
    ...(blocked > 0 ? [`${blocked} not written: something else has the name`] : []),
  ]
  return `on ${plain(folder)}: ${parts.join(", ")}`
}

export function handedInLines(it: HandedIn, folder: string): readonly string[] {
  const parts = [
    counted(it.units, "unit"),
    `${counted(it.answers, "receipt")} (${it.news} new)`,
    ...(it.others > 0 ? [`${it.others} not for this node`] : []),
    ...(it.foreign > 0 ? [`${it.foreign} other files`] : []),
  ]
  const left = it.left.slice(0, namedMax).map(({ name, code }) => `left ${plain(name)}: ${code}`)
  const more = it.leftCount - left.length
  return [
    `from ${plain(folder)}: ${parts.join(", ")}`,
    ...left,
    ...(more > 0 ? [`left ${more} more`] : []),
  ]
}
