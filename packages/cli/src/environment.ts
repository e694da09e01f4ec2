/** Every environment variable that this package reads, in one place. None of them is a secret. */

import { homedir, userInfo } from "node:os"

export interface Environment {
  /** Folder of the node's state, unless `--dir` names one. */
  readonly dir: string
  /** Who acts, unless `--officer` says so. */
  readonly officer: string
  readonly mayColour: boolean
  /** Node's own: where compiled code is kept between starts, if the caller has said so. */
  readonly codeCache: string | undefined
  /** How a person types the program: npm says so, where it runs us as its script. */
  readonly program: string
}

export const variables: Readonly<Record<string, string>> = {
  TEARLINE_DIR: "the node's state folder, where --dir is not given (default: ~/.tearline)",
  TEARLINE_OFFICER: "who acts, where --officer is not given (default: the user's name)",
  NO_COLOR: "set to anything: no colour",
}

export function readEnvironment(from: NodeJS.ProcessEnv = process.env): Environment {
  return {
    dir: nonEmpty(from["TEARLINE_DIR"]) ?? `${homedir()}/.tearline`,
    officer: nonEmpty(from["TEARLINE_OFFICER"]) ?? userName(),
    codeCache: nonEmpty(from["NODE_COMPILE_CACHE"]),
    program: from["npm_lifecycle_event"] === "tearline" ? "npm run -s tearline --" : "tearline",
    mayColour: nonEmpty(from["NO_COLOR"]) === undefined && from["TERM"] !== "dumb",
  }
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === "" ? undefined : value
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A user id without an entry, as in many containers.
    return `user-${process.getuid?.() ?? 0}`
  }
}
