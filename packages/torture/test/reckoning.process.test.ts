/** What the harness makes of a loss, of a message that one side never had, and of a missing need. */

import { Client } from "pg"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"

import {
  judgement,
  Ledger,
  openTrial,
  type Outcome,
  releaseMany,
  type Run,
  runScenario,
  type Scenario,
} from "@tearline/torture"

let printed: string[] = []
beforeEach(() => {
  printed = []
  const keep = (text: unknown) => printed.push(String(text)) > 0
  vi.spyOn(process.stdout, "write").mockImplementation(keep)
  vi.spyOn(process.stderr, "write").mockImplementation(keep)
})
afterEach(() => void vi.restoreAllMocks())

type Behind = (alder: string, birch: string) => Promise<void>

/** A few warnings, then something behind everybody's back, then the reckoning. */
async function afterBehind(run: Run, behind: Behind): Promise<Outcome> {
  await using trial = await openTrial(run, ["Alder", "Birch"])
  const { nodes } = trial
  const [alder, birch] = nodes
  if (alder === undefined || birch === undefined) throw new RangeError("two nodes were asked for")
  const ledger = new Ledger()
  const order = { from: alder, to: birch, precedence: "IMMEDIATE", ledger }
  await releaseMany(order, { count: 5, signal: run.signal })
  await judgement(run, { what: "nothing", nodes, ledger })
  await behind((await alder.databases()).deskOwner, (await birch.databases()).deskOwner)
  return await judgement(run, { what: "one row", nodes, ledger })
}

const limitMs = () => 200_000

function scenarioOf(run: Scenario["run"], missing: readonly string[] = []): Scenario {
  return { name: "planted", says: "", counts: {}, missing: () => missing, limitMs, run }
}

async function codeOf(scenario: Scenario): Promise<number> {
  return await runScenario({ scenario, seed: "1", isJson: false, counts: {} })
}

async function execute(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(text)
  await client.end()
}

const oneWarning = (direction: "in" | "out") =>
  `(select id from exchange.message where kind = 'warning' and direction = '${direction}' limit 1)`

const plants = {
  nothing: async () => undefined,
  senderLoses: (alder) =>
    execute(alder, `delete from exchange.message where id = ${oneWarning("out")}`),
  addresseeLoses: (_, birch) =>
    execute(birch, `delete from exchange.message where id = ${oneWarning("in")}`),
  viewsDiffer: (alder) =>
    execute(
      alder,
      "update exchange.thread set view_hash = sha256(view_hash) " +
        "where id = (select min(id) from exchange.thread)",
    ),
  threadGone: (alder) =>
    execute(alder, "delete from exchange.thread where id = (select min(id) from exchange.thread)"),
  nothingOwed: (_, birch) =>
    execute(
      birch,
      "delete from exchange.obligation where (thread, id) = (select thread, id " +
        "from exchange.obligation where end_kind is null order by thread, id limit 1)",
    ),
} satisfies Record<string, Behind>

const planted = (behind: Behind) => codeOf(scenarioOf((run) => afterBehind(run, behind)))

describe("the reckoning", () => {
  it("finds nothing where nothing is lost", async () => {
    expect(await planted(plants.nothing)).toBe(0)
    expect(printed.at(-1)).toBe("one row, 5 acknowledged, 0 lost\n")
  })

  it("calls it no trial where nothing was acknowledged", async () => {
    const idle = scenarioOf(async (run) => {
      await using trial = await openTrial(run, ["Alder"])
      return await judgement(run, { what: "silence", nodes: trial.nodes, ledger: new Ledger() })
    })
    expect(await codeOf(idle)).toBe(1)
    expect(printed.join("")).toContain("wrong: nothing was acknowledged, so that nothing was tried")
    expect(printed.at(-1)).toBe("silence, 0 acknowledged, 0 lost\n")
  })

  it("calls an acknowledged message lost that its sender has no more", async () => {
    expect(await planted(plants.senderLoses)).toBe(1)
    expect(printed.at(-1)).toBe("one row, 5 acknowledged, 1 lost\n")
    expect(printed.join("")).toContain("acknowledged, and not at its sender")
  })

  it("calls an acknowledged message lost that is not at its addressee", async () => {
    expect(await planted(plants.addresseeLoses)).toBe(1)
    expect(printed.at(-1)).toBe("one row, 5 acknowledged, 1 lost\n")
  })

  it("calls a message lost that an officer was shown and that is there no more", async () => {
    const shown = scenarioOf(async (run) => {
      await using trial = await openTrial(run, ["Alder", "Birch"])
      const { nodes } = trial
      const [alder, birch] = nodes
      if (alder === undefined || birch === undefined) throw new RangeError("two were asked for")
      const ledger = new Ledger()
      await releaseMany(
        { from: alder, to: birch, precedence: "FLASH", ledger },
        { count: 1, signal: run.signal },
      )
      ledger.noteShown(birch.org, "ab".repeat(32))
      return await judgement(run, { what: "one look", nodes, ledger })
    })
    expect(await codeOf(shown)).toBe(1)
    expect(printed.join("")).toContain("message abababababab: shown to an officer, and gone")
    expect(printed.at(-1)).toBe("one look, 1 acknowledged, 1 lost\n")
  })

  it("sees that two sides have another view of a thread", async () => {
    expect(await planted(plants.viewsDiffer)).toBe(1)
    expect(printed.join("")).toContain("has another hash on each side")
    expect(printed.at(-1)).toBe("one row, 5 acknowledged, 0 lost\n")
  })

  it("sees that a thread is gone whose messages are there", async () => {
    expect(await planted(plants.threadGone)).toBe(1)
    expect(printed.join("")).toMatch(/wrong: thread \w+ is not at Alder, and its messages are/)
  })

  it("sees that what is owed is on no list", async () => {
    expect(await planted(plants.nothingOwed)).toBe(1)
    expect(printed.join("")).toMatch(/wrong: Birch lists otherwise what thread \w+ makes owed/)
  })
})

describe("a scenario", () => {
  it("that throws has named its seed, where a document was asked for too", async () => {
    const scenario = scenarioOf(async () => {
      throw new Error("not foreseen")
    })
    for (const isJson of [false, true]) {
      printed = []
      const running = runScenario({ scenario, seed: "4711", isJson, counts: {} })
      await expect(running).rejects.toThrow("not foreseen")
      expect(printed).toEqual(["torture planted --seed 4711\n"])
    }
  })

  it("that this machine cannot run is exit code 3 with the reason, and never 0", async () => {
    const nothing = { lost: 0, wrong: [], summary: "" }
    const code = await codeOf(scenarioOf(async () => nothing, ["root: it mounts a disk"]))
    expect(printed).toEqual(["torture: planted needs root: it mounts a disk\n"])
    expect(code).toBe(3)
  })
})
