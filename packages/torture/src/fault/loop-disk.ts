/**
 * A disk whose power can be cut: ext4 in a file, mounted over a loop device.
 *
 * The cut is ext4's own "shutdown without flushing the log", as file system developers test with:
 * from that instant nothing more reaches the device, and what was written and not flushed is gone.
 * What the device itself was handed stays: a drive that loses its own cache is not modelled.
 */

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs"

import { hasProgram, ran } from "./command.ts"
import { Mount } from "./mount.ts"

/** EXT4_IOC_SHUTDOWN, _IOR('X', 125, __u32), with EXT4_GOING_FLAGS_NOLOGFLUSH. */
const request = 0x80_04_58_7d
const noLogFlush = 2

/** Node has no ioctl; these do, and one of them is on nearly every system. */
const callers: Readonly<Record<string, (path: string) => readonly string[]>> = {
  perl: (path) => [
    "-e",
    `my $how = pack("I", ${noLogFlush}); sysopen(F, $ARGV[0], 0) and ioctl(F, ${request}, $how) or die "$!"`,
    path,
  ],
  python3: (path) => [
    "-c",
    `import fcntl,os,struct,sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), ${request}, struct.pack("I", ${noLogFlush}))`,
    path,
  ],
}

export function callerOfShutdown(): string | undefined {
  return Object.keys(callers).find(hasProgram)
}

export class LoopDisk implements AsyncDisposable {
  /** Where it is mounted. */
  readonly path: string
  readonly #image: string
  #mount: Mount

  private constructor(path: string, image: string) {
    this.path = path
    this.#image = image
    this.#mount = this.#mounted()
  }

  /** A new, empty one under `folder`, mounted. */
  static make(folder: string, name: string, megabytes: number): LoopDisk {
    const image = `${folder}/${name}.img`
    mkdirSync(`${folder}/${name}`)
    writeFileSync(image, "")
    truncateSync(image, megabytes * 1024 * 1024)
    ran("mkfs.ext4", "-q", "-F", "-m", "0", image)
    return new LoopDisk(`${folder}/${name}`, image)
  }

  /** The power fails now. */
  cut(): void {
    const caller = callerOfShutdown()
    if (caller === undefined) throw new RangeError("neither perl nor python3 is here")
    ran(caller, ...(callers[caller]?.(this.path) ?? []))
  }

  /** Mounts, so that the journal is played back, and has the whole checked. Throws on damage. */
  async recover(): Promise<void> {
    await this.#mount.unmount()
    this.#mount = this.#mounted()
    await this.#mount.unmount()
    ran("e2fsck", "-f", "-n", this.#image)
    this.#mount = this.#mounted()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#mount[Symbol.asyncDispose]()
    rmSync(this.#image, { force: true })
  }

  #mounted(): Mount {
    return Mount.at(this.path, "-o", "loop", this.#image)
  }
}

/** Whether a cut loses what was not flushed, and keeps what was: otherwise it proves nothing. */
export async function losesUnflushed(folder: string): Promise<boolean> {
  await using disk = LoopDisk.make(folder, "canary", 16)
  const [kept, lost] = [`${disk.path}/flushed`, `${disk.path}/unflushed`]
  const file = openSync(kept, "w")
  writeSync(file, "flushed")
  fsyncSync(file)
  const parent = openSync(disk.path, "r")
  fsyncSync(parent)
  closeSync(parent)
  writeSync(file, " and not")
  closeSync(file)
  writeFileSync(lost, "not")
  disk.cut()
  await disk.recover()
  return readFileSync(kept, "utf8") === "flushed" && !existsSync(lost)
}
