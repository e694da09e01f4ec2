/** What a courier did, in words. */

import { precedences, type HandedIn, type LaidOut } from "@tearline/core"

import type { LinkStatus } from "../desk/answers.ts"
import { plain } from "../terminal/plain.ts"

const namedMax = 20

function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`
}

export function laidOutLines(it: LaidOut, folder: string): readonly string[] {
  const { units, answers, there, removed, cleared, displaced, blocked } = it
  const parts = [
    counted(units, "unit"),
    counted(answers, "receipt"),
    ...(there > 0 ? [`${there} of them there already`] : []),
    ...(removed > 0 ? [`${removed} taken off, answered`] : []),
    ...(cleared > 0 ? [`${cleared} taken off, handed in here`] : []),
    ...(displaced > 0 ? [`${displaced} taken off for what is more urgent`] : []),
    ...(blocked > 0 ? [`${blocked} not written: something else has the name`] : []),
  ]
  const line = `on ${plain(folder)}: ${parts.join(", ")}`
  const full = noRoomText(it)
  return full === undefined ? [line] : [line, `no room for ${full}`]
}

/** What goes on the next stick, most urgent first; undefined where all had room. */
export function noRoomText({ noRoom }: LaidOut): string | undefined {
  const said = precedences.codes
    .map((code) => ({ code, count: noRoom[precedences.entries[code].lane] ?? 0 }))
    .filter(({ count }) => count > 0)
    .map(({ code, count }) => `${count} ${code}`)
  return said.length === 0 ? undefined : said.join(", ")
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

/** Why nothing is to go to the peer that was named; undefined where something may. */
export function byLineText(links: readonly LinkStatus[], peer: string): string | undefined {
  const link = links.find((it) => it.peer === peer)
  if (link === undefined || link.carrier === "file") return undefined
  return `${plain(link.name)} is reached by ${plain(link.carrier)}: no envelope goes to it by file`
}
