import { officerOption, withDesk } from "../act.ts"
import { asCalled } from "../calling.ts"
import { CliError } from "../cli-error.ts"
import type { Command, Context, Report } from "../command.ts"
import { normalFingerprint } from "../fingerprint.ts"
import { type Given, usageError } from "../given.ts"
import type { ReadInvite } from "../invite.ts"
import { confirmationOf, isConfirmed } from "../terminal/confirmation.ts"
import { plain } from "../terminal/plain.ts"
import { table } from "../terminal/table.ts"

const methods = ["voice", "qr", "in-person"] as const

export const peerAdd: Command = {
  name: "peer add",
  summary: "add a peer, once two people have compared fingerprints",
  details:
    "Shows both fingerprints, each six groups of five digits. Read them out to each other on a line " +
    "that you already trust, never one that came with the invite. Who compared, and how, is recorded.",
  positionals: [{ name: "INVITE", help: "the peer's invite file; - for standard input" }],
  options: {
    fingerprint: {
      type: "text",
      value: "<digits>",
      help: "the peer's, as it was read out; instead of being asked",
    },
    method: { type: "text", value: "<code>", help: "how it was compared", codes: methods },
    officer: officerOption,
  },
  examples: [
    "tearline peer add birch.invite",
    'tearline peer add birch.invite --method voice --fingerprint "12345 67890 12345 67890 12345 67890"',
  ],
  run: runAdd,
}

async function runAdd(context: Context): Promise<Report> {
  const { given, terminal, environment } = context
  const typed = typedFingerprint(given)
  const calling = { program: environment.program, dir: given.text("dir") }
  // Cryptography takes a quarter of a second to load, and few commands need it.
  const { readInvite } = await import("../invite.ts")
  const invite = await readInvite(given.positionals[0] ?? "-")
  return withDesk(context, async (desk) => {
    const own = await terminal.during("waiting for the node…", desk.invite())
    if (own.fingerprint === invite.fingerprint) throw ownInvite()
    terminal.show(shown(own.fingerprint, invite))
    const method = typed === undefined ? await confirmed(context, invite) : methodOf(given)
    if (typed !== undefined && typed !== invite.fingerprint) throw mismatch(invite)
    const { org, name } = invite
    const peer = await terminal.during(
      "waiting for the node…",
      desk.addPeer({
        invite: invite.invite,
        fingerprint: invite.fingerprint,
        officer: given.text("officer") ?? environment.officer,
        method,
      }),
    )
    return {
      document: { ...peer, org, name, fingerprint: invite.fingerprint, method },
      lines: [
        `added ${plain(name)} (organisation ${org}), compared by ${method}`,
        asCalled("once it has added this node too, it is heard: tearline status shows it", calling),
      ],
    }
  })
}

function typedFingerprint(given: Given): string | undefined {
  const typed = given.text("fingerprint")
  if (typed === undefined) return undefined
  const normal = normalFingerprint(typed)
  if (normal === undefined) {
    throw usageError("--fingerprint is not six groups of five digits", "peer add")
  }
  methodOf(given)
  return normal
}

function methodOf(given: Given): string {
  const method = given.text("method")
  if (method !== undefined) return method
  throw usageError("--method is missing: voice, qr or in-person", "peer add")
}

function shown(own: string, invite: ReadInvite): readonly string[] {
  return table([
    ["your fingerprint", own],
    [`that of ${plain(invite.name)}`, invite.fingerprint],
    ["", `organisation ${invite.org}, ${invite.endpoints.map(plain).join(", ")}`],
  ])
}

async function confirmed({ given, terminal }: Context, invite: ReadInvite): Promise<string> {
  if (!terminal.isInteractive) {
    throw new CliError("not_confirmed", "nobody is here to compare the fingerprints", {
      hint: 'compare them first, then give what was read out: --method voice --fingerprint "…"',
    })
  }
  const question = `has ${plain(invite.name)} read out its line, digit for digit, and you yours?`
  if (!isConfirmed(await terminal.ask(confirmationOf(question)))) {
    const message = `it was not confirmed; ${plain(invite.name)} was not added`
    throw new CliError("not_confirmed", message, {
      hint: "run it again once the lines are compared, and type the whole word yes",
    })
  }
  const asked = "how was it: voice, qr or in-person (Enter for voice)? "
  return given.text("method") ?? asMethod(await terminal.ask(asked))
}

function asMethod(answer: string): string {
  if (answer === "") return "voice"
  if (methods.some((it) => it === answer)) return answer
  throw new CliError("not_confirmed", "how it was compared was not said; nothing was changed", {
    hint: "answer voice, qr or in-person, or give --method",
  })
}

/** Said before two people compare what can only be equal. */
function ownInvite(): CliError {
  return new CliError("refused", "this is the invite of this node itself", {
    hint: "ask the other organisation for its invite",
    shown: "bad_invite",
  })
}

function mismatch(invite: ReadInvite): CliError {
  const message = `the fingerprint is not that of ${plain(invite.name)}'s invite; nothing was changed`
  return new CliError("fingerprint_mismatch", message, {
    hint: "if it was read out right, someone changed the invite on its way: ask for it by another way",
  })
}
