/**
 * Scripts for the command line, after those of age: commands, the files they use, and what must
 * come out, in one text that reads like a session.
 *
 *     # comment
 *     tearline ARGS          must exit 0
 *     ! tearline ARGS        must not
 *     exit N                 the last exit code
 *     stdout TEXT | stderr TEXT | ! stdout TEXT     must (not) hold it; `.` means anything at all
 *     env NAME=VALUE | mkdir PATH | chmod MODE PATH | stdin FILE | exists PATH | ! exists PATH
 *     -- FILE --             begins a file, which lasts to the next such line
 *
 * `$WORK` is the folder that a script runs in. The real program runs, as a process, every time.
 */

import { spawnSync } from "node:child_process"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"

const main = new URL("../src/main.ts", import.meta.url).pathname
/** As `tools/bootstrap.mjs` starts it. */
const quiet = "--disable-warning=ExperimentalWarning"

interface Session {
  readonly work: string
  readonly env: Record<string, string>
  stdin: string
  stdout: string
  stderr: string
  exit: number | null
}

/** Runs a script; gives what did not hold, each with its line, or an empty list. */
export function runScript(text: string): readonly string[] {
  const work = mkdtempSync(`${tmpdir()}/tearline-script-`)
  const [script = "", ...files] = text.split(/^-- (?=.+ --$)/m)
  for (const file of files) {
    const end = file.indexOf(" --\n")
    writeFileSync(`${work}/${file.slice(0, end)}`, file.slice(end + 4))
  }
  const env = { PATH: process.env["PATH"] ?? "", HOME: work, TZ: "UTC", TEARLINE_OFFICER: "ines" }
  const session: Session = { work, env, stdin: "", stdout: "", stderr: "", exit: null }
  try {
    return script.split("\n").flatMap((line, index) => {
      const failure = step(session, line.trim().replaceAll("$WORK", work))
      return failure === undefined ? [] : [`line ${index + 1}: ${line}\n${failure}`]
    })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function step(session: Session, line: string): string | undefined {
  if (line === "" || line.startsWith("#")) return undefined
  const isNegated = line.startsWith("! ")
  const [verb = "", ...rest] = (isNegated ? line.slice(2) : line).split(" ")
  const argument = rest.join(" ")
  const does = verbs[verb]
  if (does === undefined) return `no such verb: ${verb}`
  const isTrue = does(session, argument)
  return isTrue === isNegated ? outputOf(session) : undefined
}

function outputOf({ exit, stdout, stderr }: Session): string {
  return `exit ${exit}\nstdout: ${stdout}\nstderr: ${stderr}`
}

/** Each says whether it holds. */
const verbs: Readonly<Record<string, (session: Session, argument: string) => boolean>> = {
  tearline: (session, argument) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [quiet, main, ...words(argument)],
      {
        cwd: session.work,
        env: session.env,
        input: session.stdin,
        encoding: "utf8",
      },
    )
    Object.assign(session, { stdout, stderr, exit: status, stdin: "" })
    return status === 0
  },
  exit: (session, argument) => session.exit === Number(argument),
  stdout: (session, argument) => holds(session.stdout, argument),
  stderr: (session, argument) => holds(session.stderr, argument),
  exists: (session, argument) => existsSync(`${session.work}/${argument}`),
  stdin: (session, argument) => {
    session.stdin = readFileSync(`${session.work}/${argument}`, "utf8")
    return true
  },
  mkdir: (session, argument) => {
    mkdirSync(`${session.work}/${argument}`, { recursive: true })
    return true
  },
  chmod: (session, argument) => {
    const [mode = "", path = ""] = argument.split(" ")
    chmodSync(`${session.work}/${path}`, Number.parseInt(mode, 8))
    return true
  },
  env: (session, argument) => {
    const at = argument.indexOf("=")
    session.env[argument.slice(0, at)] = argument.slice(at + 1)
    return true
  },
}

function holds(output: string, wanted: string): boolean {
  return wanted === "." ? output !== "" : output.includes(wanted)
}

/** Words as a shell makes them, with single quotes as the only quotes. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/(?:'([^']*)'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ""))
}
