/**
 * The shared libraries of the server's package, under all the names that its programs ask for.
 *
 * Npm packages carry no symbolic links. The package makes them in its install script, which many
 * installations switch off, so that the programs then die on a library they cannot find. We make a
 * folder of our own and leave the package as it is.
 */

import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs"
import { basename } from "node:path"

interface LibraryLink {
  source: string
  target: string
}

/**
 * Fills `folder` with links to the files of `<native>/lib` and those that the package lists.
 *
 * `toFile` says where a link to a file's name shall point.
 */
export function linkLibraries(
  native: string,
  folder: string,
  toFile: (name: string) => string,
): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const present = new Set(readdirSync(folder))
  const link = (file: string, name: string): void => {
    if (present.has(name)) return
    symlinkSync(toFile(file), `${folder}/${name}`)
    present.add(name)
  }
  for (const { source, target } of listedLinks(native)) link(basename(source), basename(target))
  for (const name of readdirSync(`${native}/lib`)) if (/\.(so|dylib)/.test(name)) link(name, name)
}

function listedLinks(native: string): readonly LibraryLink[] {
  return JSON.parse(readFileSync(`${native}/pg-symlinks.json`, "utf8")) as LibraryLink[]
}
