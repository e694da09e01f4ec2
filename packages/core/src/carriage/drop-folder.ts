/**
 * A folder through which records pass: a stick, a diode's end, a share between two halves of a
 * node.
 *
 * Whoever writes may stop at any moment, whoever carries may lose, double and spoil files, and
 * others may leave what they like. So a file counts only when its bytes are those that its name
 * says, one bad file costs that file, and nothing here remembers anything: what is in the folder is
 * all there is to know.
 */

import type { Chance, Hashing } from "../host/ports.ts"
import {
  decodeDrop,
  dropBytesMax,
  dropNameOf,
  encodeDrop,
  isDropName,
  isTemporaryName,
  temporaryNameOf,
  type Drop,
  type DropFault,
} from "./drop.ts"

/** `gone`: no such file. `full` and `away` are of the whole folder, the others of one file. */
export type FolderErrorCode = "gone" | "not_a_file" | "too_large" | "unreadable" | "full" | "away"

/** What a folder's disk says. */
export class FolderError extends Error {
  override readonly name = "FolderError"
  readonly code: FolderErrorCode

  constructor(code: FolderErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    this.code = code
  }
}

/** The disk below a drop folder. All calls throw {@link FolderError}. */
export interface FolderDisk {
  /** Every name, in any order, some at a time. */
  names(): AsyncIterable<readonly string[]>
  /** A plain file's bytes; never through a link, never from a device, never more than `bytesMax`. */
  read(name: string, bytesMax: number): Promise<Uint8Array>
  /** A new file, flushed before this returns. */
  create(name: string, bytes: Uint8Array): Promise<void>
  /** Takes the place of what has the name; durable before this returns. */
  rename(from: string, to: string): Promise<void>
  /** What is not there is removed already. */
  remove(name: string): Promise<void>
}

export interface DropFolderParts {
  readonly disk: FolderDisk
  readonly hashing: Pick<Hashing, "hash">
  readonly chance: Chance
}

/** How records of one sort are files. The tenth byte is the lane, which the name tells. */
export interface RecordForm<Content> {
  readonly encode: (content: Content) => Uint8Array
  /** Undefined for anything but exactly one record. */
  readonly decode: (bytes: Uint8Array) => Content | undefined
  /** Of the largest file that is read at all. */
  readonly bytesMax: number
}

/** A file of the folder: its record, or why it is left alone. */
export type Found<Content = Drop> =
  | { readonly kind: "record"; readonly name: string; readonly drop: Content }
  | { readonly kind: "bad"; readonly name: string; readonly code: DropFault }

/** How many names are held in memory, however many the folder has. */
const pageMax = 4096

/** A folder of records of one sort. */
export class RecordFolder<Content> {
  readonly #parts: DropFolderParts
  readonly #form: RecordForm<Content>

  constructor(parts: DropFolderParts, form: RecordForm<Content>) {
    this.#parts = parts
    this.#form = form
  }

  /** Writes a record, unless it lies here whole. Gives its name. */
  async put(drop: Content): Promise<{ readonly name: string; readonly isNew: boolean }> {
    const { disk, hashing, chance } = this.#parts
    const bytes = this.#form.encode(drop)
    const name = dropNameOf(bytes, hashing)
    if ((await this.look(name)).kind === "record") return { name, isNew: false }
    const temporary = temporaryNameOf(name, chance.bytes(4))
    try {
      await disk.create(temporary, bytes)
      await disk.rename(temporary, name)
    } catch (error) {
      await disk.remove(temporary).catch(() => undefined)
      throw error
    }
    return { name, isNew: true }
  }

  /** One file. Throws `gone` for none, and what is wrong with the whole folder. */
  async look(name: string): Promise<Found<Content> | { readonly kind: "none" }> {
    if (!isDropName(name)) return { kind: "bad", name, code: "foreign_name" }
    try {
      const bytes = await this.#parts.disk.read(name, this.#form.bytesMax)
      if (dropNameOf(bytes, this.#parts.hashing) !== name) {
        return { kind: "bad", name, code: "damaged" }
      }
      const drop = this.#form.decode(bytes)
      return drop === undefined
        ? { kind: "bad", name, code: "malformed" }
        : { kind: "record", name, drop }
    } catch (error) {
      const code = error instanceof FolderError ? error.code : undefined
      if (code === "gone") return { kind: "none" }
      if (code === undefined || code === "full" || code === "away") throw error
      return { kind: "bad", name, code }
    }
  }

  /**
   * Everything in the folder, most urgent first, a page of names at a time. What is written or
   * removed meanwhile may be seen or not. Interrupted writings are passed over.
   */
  async *scan(isWanted: (name: string) => boolean = () => true): AsyncGenerator<Found<Content>> {
    let after = ""
    for (;;) {
      const page = await firstNames(this.#parts.disk.names(), after, pageMax)
      for (const name of page) {
        if (isTemporaryName(name) || !isWanted(name)) continue
        const found = await this.look(name)
        if (found.kind !== "none") yield found
      }
      const last = page.at(-1)
      if (last === undefined || page.length < pageMax) return
      after = last
    }
  }

  remove(name: string): Promise<void> {
    return this.#parts.disk.remove(name)
  }

  /** The name under which a record lies. */
  nameOf(content: Content): string {
    return dropNameOf(this.#form.encode(content), this.#parts.hashing)
  }

  /** Removes a file unless it cannot be: then it stays, and costs itself alone. */
  async tryRemove(name: string): Promise<boolean> {
    try {
      await this.#parts.disk.remove(name)
      return true
    } catch (error) {
      if (error instanceof FolderError) return false
      throw error
    }
  }

  /** Removes what interrupted writings of records have left. Only for the one who writes here. */
  async sweep(): Promise<void> {
    const { disk } = this.#parts
    for await (const names of disk.names()) {
      for (const name of names) if (isTemporaryName(name)) await this.tryRemove(name)
    }
  }
}

const dropForm: RecordForm<Drop> = {
  encode: encodeDrop,
  decode: decodeDrop,
  bytesMax: dropBytesMax,
}

/** A folder of the carrier `file`. */
export class DropFolder extends RecordFolder<Drop> {
  constructor(parts: DropFolderParts) {
    super(parts, dropForm)
  }
}

const compareText = (a: string, b: string) => (a < b ? -1 : Number(a > b))

/** The first names after one, in their order, without holding all of them. */
async function firstNames(
  names: AsyncIterable<readonly string[]>,
  after: string,
  limit: number,
): Promise<string[]> {
  let first: string[] = []
  for await (const some of names) {
    for (const name of some) if (compareText(name, after) > 0) first.push(name)
    if (first.length >= 2 * limit) first = first.toSorted(compareText).slice(0, limit)
  }
  return first.toSorted(compareText).slice(0, limit)
}
