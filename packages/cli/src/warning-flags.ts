/** A small warning out of flags: complete, or refused with the name of what is missing. */

import { type ElementName, elementNames, vocabulary } from "@tearline/core"

import type { Option } from "./command.ts"
import { given as present } from "./content.ts"
import { type Given, usageError } from "./given.ts"
import { parseTime } from "./terminal/time.ts"

const text = (help: string, value = "<text>"): Option => ({ type: "text", value, help })

const questions: Readonly<Record<ElementName, string>> = {
  what: "what is going to happen",
  who: "who is going to do it",
  where: "where",
  when: "when",
  how: "how, and with what",
  "how-sure": "how sure this is",
  ask: "what is asked of the addressee",
}

const unfilled = {
  unknown: "unknown",
  withheld: "known-withheld",
  "not-applicable": "not-applicable",
} as const

const unfilledOption = (help: string): Option => ({
  type: "text",
  value: "<element>",
  help: `${help}; may be repeated`,
  isMultiple: true,
  codes: elementNames,
})

export const warningOptions: Readonly<Record<string, Option>> = {
  title: text("one line for lists"),
  life: {
    type: "text",
    value: "<yes|no>",
    help: "whether lives are threatened",
    codes: ["yes", "no"],
  },
  ...Object.fromEntries(elementNames.map((name) => [name, text(questions[name])])),
  unknown: unfilledOption("an element that is not known"),
  withheld: unfilledOption("an element that is known and not told"),
  "not-applicable": unfilledOption("an element that does not apply"),
  assessment: unfilledOption("an element that is assessed; without this it is stated as a fact"),
  language: text("language tag of the texts (default: en)", "<tag>"),
  tlp: {
    type: "text",
    value: "<code>",
    help: "who may read it",
    codes: vocabulary.tlpLabels.codes,
  },
  pap: {
    type: "text",
    value: "<code>",
    help: "how visibly it may be acted upon",
    codes: vocabulary.papLabels.codes,
  },
  handling: { ...text("a handling code; may be repeated", "<code>"), isMultiple: true },
  "may-tell": {
    ...text("what may be told to whom without asking again; may be repeated", "<whom=text>"),
    isMultiple: true,
  },
  "life-saving-act": {
    type: "text",
    value: "<code>",
    help: "what may be done beyond the marking to save life",
    codes: vocabulary.lifeSavingActs.codes,
  },
  "court-use": {
    type: "text",
    value: "<code>",
    help: "whether it may stand before a court",
    codes: vocabulary.courtUses.codes,
  },
  "retain-until": text("when it is to be shredded", "<time>"),
  earliest: text("begin of the threat window", "<time>"),
  latest: text("end of the threat window", "<time>"),
  "best-guess": text("most likely time", "<time>"),
  "window-basis": text("what the window rests on"),
  "time-zone": text("IANA name of the zone in which it was meant", "<zone>"),
  "at-end": text("what is to happen when the window has passed"),
  "lowered-because": text("why a threat to life travels below IMMEDIATE"),
}

/** The content of the warning. Throws `wrong_usage` naming the first thing that is missing. */
export function warningContent(given: Given, nowMs: number): object {
  return {
    title: given.needed("title"),
    threatToLife: given.needed("life") === "yes",
    elements: elementsOf(given),
    marking: markingOf(given, nowMs),
    ...present({ window: windowOf(given, nowMs), loweredBecause: given.text("lowered-because") }),
  }
}

function elementsOf(given: Given): object {
  return Object.fromEntries(elementNames.map((name) => [name, elementOf(given, name)]))
}

function elementOf(given: Given, name: ElementName): object {
  const states = Object.entries(unfilled).filter(([flag]) => given.list(flag).includes(name))
  const said = given.text(name)
  const [first, second] = states
  if (second !== undefined || (first !== undefined && said !== undefined)) {
    throw usageError(`two things are said of ${name}; one of them suffices`, "warn")
  }
  if (first !== undefined) return { state: first[1] }
  if (said === undefined) {
    const ways = `give --${name}, or --unknown ${name}, --withheld ${name}, --not-applicable ${name}`
    throw usageError(`nothing is said of ${name}: ${ways}`, "warn")
  }
  const basis = given.list("assessment").includes(name) ? "assessment" : "fact"
  return { state: "filled", text: said, language: given.text("language") ?? "en", basis }
}

function markingOf(given: Given, nowMs: number): object {
  return {
    tlp: given.needed("tlp"),
    pap: given.needed("pap"),
    ...present({
      handling: given.list("handling"),
      mayTell: given.list("may-tell").map(tellingOf),
      lifeSavingAct: given.text("life-saving-act"),
      courtUse: given.text("court-use"),
      retainUntilMs: timeOf(given, "retain-until", nowMs),
    }),
  }
}

function tellingOf(typed: string): object {
  const at = typed.indexOf("=")
  if (at > 0) return { whom: typed.slice(0, at), text: typed.slice(at + 1) }
  throw usageError(`--may-tell has no "=": "${typed}"`, "warn")
}

const windowFlags = ["earliest", "latest", "best-guess", "window-basis", "time-zone", "at-end"]

function windowOf(given: Given, nowMs: number): object | undefined {
  if (!windowFlags.some((name) => given.isOn(name))) return undefined
  return {
    ...present({
      earliestMs: timeOf(given, "earliest", nowMs),
      latestMs: timeOf(given, "latest", nowMs),
      bestGuessMs: timeOf(given, "best-guess", nowMs),
    }),
    basis: given.needed("window-basis"),
    timeZone: given.needed("time-zone"),
    atEnd: given.needed("at-end"),
  }
}

function timeOf(given: Given, flag: string, nowMs: number): number | undefined {
  const typed = given.text(flag)
  return typed === undefined ? undefined : parseTime(flag, typed, nowMs)
}
