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
import { isSameBytes } from "./same-bytes.ts"

/** `full` and `away` are of the whole folder, the others of one file. */
export type FolderErrorCode = "not_a_file" | "too_large" | "unreadable" | "full" | "away"

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
  /**
   * A plain file's bytes; never through a link, never from a device, never more than `bytesMax`.
   * Undefined where nothing has the name.
   */
  read(name: string, bytesMax: number): Promise<Uint8Array | undefined>
  /** A new file, flushed before this returns. */
  create(name: string, bytes: Uint8Array): Promise<void>
  /** Takes the place of what has the name; durable before this returns. */
  rename(from: string, to: string): Promise<void>
  /** What is not there is removed already. */
  remove(name: string): Promise<void>
  /** Absent where nobody can say. */
  readonly room?: () => Promise<FolderRoom>
}

/** Of the medium below a folder. */
export interface FolderRoom {
  readonly freeBytes: number
  readonly totalBytes: number
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
  | {
      readonly kind: "record"
      readonly name: string
      readonly drop: Content
      /** As they lie there: no record is written in two ways. */
      readonly bytes: Uint8Array
    }
  | { readonly kind: "bad"; readonly name: string; readonly code: DropFault }

/** Where a record lies; `isNew`: it did not before. */
export interface Laid {
  readonly name: string
  readonly isNew: boolean
}

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
  put(drop: Content): Promise<Laid> {
    return this.lay(this.#form.encode(drop))
  }

  /** The same of a record that is encoded already. */
  async lay(bytes: Uint8Array): Promise<Laid> {
    const name = this.nameOf(bytes)
    if (await this.holds(name, bytes)) return { name, isNew: false }
    await this.write(name, bytes)
    return { name, isNew: true }
  }

  /** The name under which these bytes lie. */
  nameOf(bytes: Uint8Array): string {
    return dropNameOf(bytes, this.#parts.hashing)
  }

  /** Whether these very bytes lie there. */
  async holds(name: string, bytes: Uint8Array): Promise<boolean> {
    try {
      const there = await this.#parts.disk.read(name, bytes.length)
      return there !== undefined && isSameBytes(there, bytes)
    } catch (error) {
      mustBeOfOneFile(error)
      return false
    }
  }

  /** Writes over what has the name, whole or not at all. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    const { disk, chance } = this.#parts
    const temporary = temporaryNameOf(name, chance.bytes(4))
    try {
      await disk.create(temporary, bytes)
      await disk.rename(temporary, name)
    } catch (error) {
      await disk.remove(temporary).catch(() => undefined)
      throw error
    }
  }

  /** Undefined where nobody can say. */
  async room(): Promise<FolderRoom | undefined> {
    return await this.#parts.disk.room?.()
  }

  /** One file. Throws what is wrong with the whole folder. */
  async look(name: string): Promise<Found<Content> | { readonly kind: "none" }> {
    if (!isDropName(name)) return { kind: "bad", name, code: "foreign_name" }
    try {
      const bytes = await this.#parts.disk.read(name, this.#form.bytesMax)
      if (bytes === undefined) return { kind: "none" }
      if (this.nameOf(bytes) !== name) return { kind: "bad", name, code: "damaged" }
      const drop = this.#form.decode(bytes)
      return drop === undefined
        ? { kind: "bad", name, code: "malformed" }
        : { kind: "record", name, drop, bytes }
    } catch (error) {
      return { kind: "bad", name, code: mustBeOfOneFile(error) }
    }
  }

  /**
   * Everything in the folder, most urgent first, a page of names at a time. What is written or
   * removed meanwhile may be seen or not. Interrupted writings are passed over, and so are names up
   * to `after`, which is asked before each page.
   */
  async *scan(
    isWanted: (name: string) => boolean = () => true,
    after: () => string = () => "",
  ): AsyncGenerator<Found<Content>> {
    let from = after()
    for (;;) {
      const page = await firstNames(this.#parts.disk.names(), from, pageMax)
      for (const name of page) {
        if (isTemporaryName(name) || !isWanted(name)) continue
        const found = await this.look(name)
        if (found.kind !== "none") yield found
      }
      const last = page.at(-1)
      if (last === undefined || page.length < pageMax) return
      from = [last, after()].toSorted(compareText).at(-1) ?? last
    }
  }

  remove(name: string): Promise<void> {
    return this.#parts.disk.remove(name)
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

/** Throws anything but the trouble of a single file, of which it gives the code. */
function mustBeOfOneFile(error: unknown): Exclude<FolderErrorCode, "full" | "away"> {
  if (!(error instanceof FolderError)) throw error
  const { code } = error
  if (code === "full" || code === "away") throw error
  return code
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
