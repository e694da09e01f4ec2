/** Which node a command is about. */

import { resolve } from "node:path"

import type { Context } from "../command.ts"

/** `--dir`, else TEARLINE_DIR, else the folder in the user's home. Absolute. */
export function stateDir({ given, environment }: Context): string {
  return resolve(given.text("dir") ?? environment.dir)
}
