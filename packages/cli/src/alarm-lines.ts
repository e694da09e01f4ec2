/** What the node must tell a person unasked, one line for each ground. */

import type { NodeAlarm } from "./desk/answers.ts"
import { plain } from "./terminal/plain.ts"
import type { Style } from "./terminal/style.ts"
import { absolute, ago } from "./terminal/time.ts"

const words: Readonly<Record<string, (it: NodeAlarm, nowMs: number) => string>> = {
  "clock-suspect": () =>
    "the node's clock has jumped; no due time moved: set the machine's time right, " +
    "then restart the node",
  storage: storageWords,
  conflict: (it) => `${placeOf(it)}: two messages contradict each other; both are kept and shown`,
  "unknown-policy": (it) => `${placeOf(it)} names a policy unknown here: the built-in times count`,
  damaged: (it) => `${placeOf(it)} is damaged where it is stored: restore it from a backup`,
  "restored-without-epoch": withoutEpochWords,
  "restored-too-often": (it) =>
    `${peerOf(it)} was restored again and again; what it lost is given back from ` +
    `${absolute(it.untilMs ?? 0)}: ask it why, by another way`,
  "link-damaged": (it) =>
    `the stored link to ${peerOf(it)} is damaged; the next message writes it anew: if this stays, ` +
    "stop the node, restore the database from a backup, type tearline restore, start it again",
  "peer-unknown": (it) =>
    `${peerOf(it)} is no peer of this node any more, and what it sent waits unread: ` +
    "get its invite, and type tearline peer add",
  "seam-silent": (it, nowMs) =>
    "nothing comes through the folders from the gateway, the last " +
    `${ago(it.sinceMs ?? 0, nowMs)}: see that mover, guard and gateway run`,
  "link-silent": (it, nowMs) => {
    const when = ago(it.sinceMs ?? 0, nowMs)
    return it.wasHeard === false
      ? `${peerOf(it)} was added ${when} and has never been heard: see tearline status`
      : `${peerOf(it)} is silent, last heard ${when}`
  },
  gaps: (it) =>
    `${peerOf(it)}: ${it.missing ?? 0} of its messages missing here, ${it.unheld ?? 0} of ours there`,
}

function withoutEpochWords(it: NodeAlarm): string {
  const then = "stop the node, type tearline restore, start it again"
  const lost = `${peerOf(it)} holds what this database has lost; nothing is sent to it: `
  if (it.laterEpoch === undefined) return lost + then
  return `${lost}it knows of epoch ${it.laterEpoch}, so set this machine's clock right, then ${then}`
}

function storageWords({ process = "", code = "" }: NodeAlarm): string {
  const whose = `the ${plain(process)}'s database`
  if (code === "disk_full") {
    return `the disk of ${whose} is full: free some space, and the node goes on by itself`
  }
  if (code === "corrupt") {
    return `${whose} is damaged: stop the node and restore it from a backup`
  }
  return `${whose} fails (${plain(code)}): see logs/ and postgres/server.log of the state folder`
}

function peerOf({ peer = "", peerName = peer }: NodeAlarm): string {
  return plain(peerName)
}

function placeOf(it: NodeAlarm): string {
  return `thread ${plain(it.thread?.slice(0, 8) ?? "")} with ${peerOf(it)}`
}

function wordsOf(it: NodeAlarm, nowMs: number): string {
  const known = Object.hasOwn(words, it.kind) ? words[it.kind] : undefined
  return known?.(it, nowMs) ?? `${plain(it.kind)}: ${placeOf(it)}`
}

export function alarmLines(
  alarms: readonly NodeAlarm[],
  { style, nowMs }: { style: Style; nowMs: number },
): readonly string[] {
  return alarms.map((it) => style.alarm(`! ${wordsOf(it, nowMs)}`))
}
