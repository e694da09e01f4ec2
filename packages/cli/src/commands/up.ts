import type { Command, Context } from "../command.ts"
import type { NodeEvent, RunningNode } from "../launcher/launch.ts"
import { stateDir } from "../state/choice.ts"
import { plain } from "../terminal/plain.ts"
import type { Terminal } from "../terminal/terminal.ts"

export const up: Command = {
  name: "up",
  summary: "run the node: PostgreSQL, gateway and exchange, until Ctrl-C",
  details:
    "What dies is started again. Ctrl-C or SIGTERM ends everything in order; a second Ctrl-C says " +
    "what it still waits for. Diagnostics are in logs/ of the state folder, bounded, without content.",
  options: {},
  examples: ["tearline up --dir ./alder", "TEARLINE_DIR=./alder tearline up --json"],
  run: runUp,
}

async function runUp(context: Context): Promise<undefined> {
  const { terminal } = context
  const dir = stateDir(context)
  // The launcher brings PostgreSQL's supervisor and the stores with it; no other command needs them.
  const { launch } = await import("../launcher/launch.ts")
  const stopping = stopSignal(terminal)
  const node = await launch({
    dir,
    signal: stopping.signal,
    onProgress: (message) => terminal.note(message),
    onEvent: (event) => tell(terminal, event),
  })
  stopping.waitFor(node)
  terminal.printLine(
    { event: "ready", org: node.org, name: node.name, endpoint: node.endpoint, pids: node.pids },
    `${plain(node.name)} is ready at ${plain(node.endpoint)} (organisation ${node.org})`,
  )
  await stopping.asked
  terminal.note("stopping…")
  await node.stop()
  terminal.note("stopped, nothing is left running")
  return undefined
}

interface Stopping {
  readonly signal: AbortSignal
  readonly asked: Promise<void>
  waitFor(node: RunningNode): void
}

/** The first signal asks to stop; each later one is told what is still being waited for. */
function stopSignal(terminal: Terminal): Stopping {
  const controller = new AbortController()
  const asked = Promise.withResolvers<void>()
  let node: RunningNode | undefined
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      const left = node?.stillRunning().join(", ") ?? "the start to reach its next step"
      terminal.note(`still waiting for ${left === "" ? "the last file to close" : left}`)
    }
    controller.abort()
    asked.resolve()
  }
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, onSignal)
  return {
    signal: controller.signal,
    asked: asked.promise,
    waitFor: (running) => {
      node = running
    },
  }
}

function tell(terminal: Terminal, event: NodeEvent): void {
  if (event.kind === "exited" && event.code !== 0) {
    const how = event.signal ?? `code ${event.code ?? "unknown"}`
    terminal.note(`the ${event.process} ended (${how}); starting it again`)
  }
  if (event.process === "postgres" && event.kind === "ready") {
    terminal.note(`the database is back, as process ${event.pid}`)
  }
  if (event.process === "postgres" && event.kind === "failed") {
    const advice = event.code === "disk_full" ? ": free some space on its disk" : ""
    terminal.note(`the database is away (${event.code})${advice}; trying again`)
  }
}
