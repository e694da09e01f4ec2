/**
 * `partition`: a wire between two networks of the kernel's is cut, one way, both ways, flapping.
 * Who is not root has `bad-line`, a proxy that misbehaves.
 */

import { setTimeout as pause } from "node:timers/promises"

import type { Random } from "@tearline/sim"

import { Deck } from "../fault/deck.ts"
import { type End, Wire } from "../fault/wire.ts"
import { OutsideNode } from "../node/outside-node.ts"
import type { Outcome, Run, Scenario } from "../scenario.ts"
import {
  type During,
  during,
  ends,
  failing,
  type Fault,
  type Medium,
  names,
  schedules,
  schedulesMsMax,
} from "./failing-line.ts"
import { linuxOnly, programs, rootOnly } from "./needs.ts"

export const partition: Scenario = {
  name: "partition",
  says: "the network between two nodes fails one way, both ways, flapping; all arrives after it",
  counts: { schedules },
  missing: () => [
    ...linuxOnly(),
    ...rootOnly("it makes networks; npm run torture -- bad-line needs none"),
    ...programs("ip", "tc", "nsenter", "sh"),
  ],
  limitMs: schedulesMsMax,
  run: parting,
}

async function parting(run: Run): Promise<Outcome> {
  using wire = Wire.lay()
  const held = { slowed: 0, trickles: 0 }
  const outcome = await failing(run, wired(wire, run.random.split("deck"), held))
  const isIdle = held.trickles > 0 && held.slowed === 0
  return { ...outcome, wrong: [...outcome.wrong, ...(isIdle ? ["nothing ever trickled"] : [])] }
}

/** How often a wire was made to trickle, and how many packets had to wait for it. */
interface Held {
  slowed: number
  trickles: number
}

type Make = (wire: Wire, random: Random, held: Held) => Fault

function wired(wire: Wire, random: Random, held: Held): Medium {
  const deck = new Deck(makes, random)
  // That which shows most plainly that the wire is cut at all comes first.
  let next: Make | undefined = bothWays
  return {
    node: (end, folder) =>
      new OutsideNode({
        name: names[end],
        dir: `${folder}/${end}`,
        prefix: wire.entering(end),
        listen: { host: wire.addressOf(end), port: 8443 },
      }),
    ready: () => undefined,
    fault: (own) => {
      const make = next ?? deck.deal()
      next = undefined
      return make(wire, own, held)
    },
  }
}

const cutting = (wire: Wire): During =>
  during(
    () => ends.forEach((it) => wire.drop(it)),
    () => ends.forEach((it) => wire.pass(it)),
  )

const bothWays: Make = (wire) => ({ name: "both ways", cutOff: ends, during: cutting(wire) })

const oneWay: Make = (wire, random) => {
  const end = random.pick<End>(ends)
  return {
    name: `nothing reaches ${names[end]}`,
    // What goes the other way gets through, on a connection that there is, and is never answered.
    cutOff: [end],
    during: during(
      () => wire.drop(end),
      () => wire.pass(end),
    ),
  }
}

const linkDown: Make = (wire, random) => {
  const end = random.pick<End>(ends)
  return {
    name: `the link of ${names[end]} is down`,
    cutOff: ends,
    during: during(
      () => wire.link(end, "down"),
      () => wire.link(end, "up"),
    ),
  }
}

const trickle: Make = (wire, random, held) => {
  const end = random.pick<End>(ends)
  return {
    name: `what goes to ${names[end]} trickles`,
    cutOff: [],
    during: during(
      () => wire.slow(end),
      () => {
        held.trickles += 1
        held.slowed += wire.letRun(end)
      },
    ),
  }
}

const flapping: Make = (wire, random) => ({
  name: "flapping",
  cutOff: [],
  during: async (meanwhile) => {
    const once = cutting(wire)
    const over = new AbortController()
    const done = meanwhile().finally(() => over.abort())
    while (!over.signal.aborted) {
      await once(() => pause(random.between(50, 900)))
      await pause(random.between(50, 900))
    }
    await done
  },
})

const makes: readonly Make[] = [bothWays, oneWay, linkDown, trickle, flapping]
