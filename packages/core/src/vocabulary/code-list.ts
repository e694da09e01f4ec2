/**
 * A closed list of codes that we write, and an open door for the codes that we read.
 *
 * A code is what stands in a signed message, so it is stable, never translated and never reused;
 * its label is for people and may change. Sovereign nodes grow their lists at different times: what
 * we write is checked against the list, what a peer wrote is only checked to be a short plain
 * string, so that a code we do not know is kept and shown (spec/vocabulary.md).
 */

import * as v from "valibot"

/**
 * How far a wording may be trusted: `public-source` was read in a public copy of its standard,
 * `own` is this project's, `to-be-checked` is remembered and awaits a look at the original.
 */
export type Standing = "public-source" | "own" | "to-be-checked"

/** `kebab` for our own codes; `standard` where a published standard fixes another spelling. */
export type CodeForm = "kebab" | "standard"

/** What a list says of one code. The label is English, in our own words, for people only. */
export interface CodeEntry {
  readonly label: string
  readonly standing: Standing
}

/** What is said once of a whole list; an entry may state a `standing` of its own. */
export interface CodeListHead {
  readonly name: string
  readonly source: string
  readonly standing: Standing
  readonly form?: CodeForm
}

/**
 * Codes in their published order, with what each says. `More` is what entries of this list carry
 * beside their label, such as a lane or a range.
 */
export interface CodeList<Code extends string, More extends object = object> {
  readonly name: string
  readonly source: string
  readonly form: CodeForm
  readonly codes: readonly Code[]
  readonly entries: Readonly<Record<Code, CodeEntry & More>>
}

/** The union of a list's codes: `CodeOf<typeof rejectCodes>`. */
export type CodeOf<List extends CodeList<string>> = List["codes"][number]

/** An entry as it is written down: the list's standing holds where it states none. */
type WrittenEntry<More extends object> = Omit<CodeEntry, "standing"> & Partial<CodeEntry> & More

export function codeList<Code extends string, More extends object = object>(
  { name, source, standing, form = "kebab" }: CodeListHead,
  written: Readonly<Record<Code, WrittenEntry<More>>>,
): CodeList<Code, More> {
  const codes = Object.keys(written) as Code[]
  const entries = Object.fromEntries(codes.map((it) => [it, { standing, ...written[it] }]))
  // The keys are those of `written`, which the type of `fromEntries` forgets.
  return { name, source, form, codes, entries: entries as CodeList<Code, More>["entries"] }
}

/** For what we write: exactly the list's codes. The issue names the list, not the refused value. */
export function codeSchema<Code extends string>(
  list: CodeList<Code>,
): v.PicklistSchema<readonly Code[], string> {
  return v.picklist(list.codes, `not a code of ${list.name}: use one that its list names`)
}

/** Longest code that is read from a peer, in characters. */
export const codeCharactersMax = 64

/**
 * For what we read: any short code, known to us or not. Plain ASCII, so that two codes that look
 * alike on a screen are alike. spec/vocabulary.md, M-VOC-1 and M-VOC-3.
 */
export const anyCodeSchema: v.GenericSchema<string> = v.pipe(
  v.string("not a code: use a string"),
  v.maxLength(codeCharactersMax, `not a code: use at most ${codeCharactersMax} characters`),
  v.regex(
    /^[A-Za-z0-9]+(?:[-:+./_ ][A-Za-z0-9]+)*$/,
    "not a code: use letters and digits, joined by single separators",
  ),
)

/** Whether this list names the code. A code it does not name is shown as it came. */
export function isKnown<Code extends string>(list: CodeList<Code>, code: string): code is Code {
  return Object.hasOwn(list.entries, code)
}
