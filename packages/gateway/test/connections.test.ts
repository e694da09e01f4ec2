/** Who keeps a connection when the places are full. */

import { EventEmitter } from "node:events"

import fc from "fast-check"
import { expect, test } from "vitest"

import { Connections } from "../src/connections.ts"

const limits = { countMax: 8, ownerCountMax: 4, strangerCountMax: 2 }

class Connection extends EventEmitter {
  readonly pin: string | undefined
  requests = 0
  isDropped = false

  constructor(pin: string | undefined) {
    super()
    this.pin = pin
  }

  destroy(): this {
    this.isDropped = true
    this.emit("close")
    return this
  }
}

type Established = Parameters<Connections["established"]>[0]

/** What happens to them: a connection is made, asks, is answered, or closes by itself. */
function lived(all: Connections) {
  const made: Connection[] = []
  const standing = () => made.filter((it) => !it.isDropped)
  return {
    standing,
    connect: (pin: string | undefined): Connection => {
      const connection = new Connection(pin)
      made.push(connection)
      all.established(connection as unknown as Established, pin)
      return connection
    },
    begin: (connection: Connection): void => {
      connection.requests += 1
      all.begun(connection)
    },
    end: (connection: Connection): void => {
      connection.requests -= 1
      all.ended(connection)
    },
  }
}

const steps = fc.array(
  fc.record({
    what: fc.constantFrom("connect", "connect", "begin", "end", "close"),
    pin: fc.constantFrom("alder", "birch", "cedar", undefined),
    at: fc.nat(),
  }),
  { maxLength: 80 },
)

test("every limit holds, and who has a request in hand is never dropped (M-CAR-17)", () => {
  fc.assert(
    fc.property(steps, (list) => {
      const all = new Connections(limits)
      const { standing, connect, begin, end } = lived(all)
      for (const { what, pin, at } of list) {
        const before = standing()
        const busy = before.filter((it) => it.requests > 0 && what !== "close")
        const chosen = before[at % Math.max(1, before.length)]
        if (what === "connect") connect(pin)
        else if (chosen === undefined) continue
        else if (what === "begin") begin(chosen)
        else if (what === "close") chosen.destroy()
        else if (chosen.requests > 0) end(chosen)
        expect(busy.filter((it) => it.isDropped)).toEqual([])
        const now = standing()
        expect(all.count).toBe(now.length)
        expect(now.length).toBeLessThanOrEqual(limits.countMax)
        for (const owner of ["alder", "birch", "cedar"]) {
          const own = now.filter((it) => it.pin === owner).length
          expect(own).toBeLessThanOrEqual(limits.ownerCountMax)
        }
        const strangers = now.filter((it) => it.pin === undefined).length
        expect(strangers).toBeLessThanOrEqual(limits.strangerCountMax)
      }
    }),
  )
})

test("a peer is let in while anything idles, at the cost of who holds most (M-CAR-17)", () => {
  const { connect, begin, standing } = lived(new Connections(limits))
  const alder = [1, 2, 3, 4].map(() => connect("alder"))
  const birch = [1, 2, 3].map(() => connect("birch"))
  connect(undefined)
  for (const connection of birch) begin(connection)
  const cedar = connect("cedar")
  expect(standing()).toContain(cedar)
  expect(alder[0]?.isDropped, "the one that was idle for longest").toBe(true)
  expect(birch.filter((it) => it.isDropped)).toEqual([])
})

test("a peer's own connections make room for its own first (M-CAR-17)", () => {
  const { connect, begin, end, standing } = lived(new Connections(limits))
  const [first, second, third] = [1, 2, 3, 4].map(() => connect("alder"))
  if (first === undefined || second === undefined) throw new RangeError("four were made")
  begin(first)
  begin(second)
  end(second)
  const newest = connect("alder")
  expect(standing()).toContain(newest)
  expect(third?.isDropped, "idle since it was made, the second since later").toBe(true)
  expect([first.isDropped, second.isDropped]).toEqual([false, false])
})

test("where every connection has a request in hand, the newcomer goes (M-CAR-17)", () => {
  const { connect, begin } = lived(new Connections(limits))
  for (const pin of ["alder", "alder", "birch", "birch", "cedar", "cedar", "cedar", "cedar"]) {
    begin(connect(pin))
  }
  expect(connect("alder").isDropped).toBe(true)
})
