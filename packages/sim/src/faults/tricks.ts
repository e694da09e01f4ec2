/** All that a hostile peer tries, how often, and whether it has to be refused. */

import type { Random } from "../time/random.ts"
import type { Crafts } from "./crafts.ts"
import {
  accepting,
  deceiving,
  ofAddressees,
  ofOriginators,
  plainWarning,
  type Trick,
} from "./foul-play.ts"

function trick(rare: string, weight: number, isRefused: boolean, craft: Trick["craft"]): Trick {
  return { rare, weight, isRefused, craft }
}

/** What is not as it should be, whoever says it. */
const illFormed = (crafts: Crafts): readonly Trick[] => [
  trick("hostile peer sends a malformed statement", 1, true, () => [
    { statement: { answers: "none" } },
  ]),
  trick("hostile peer sends malformed content", 1, true, () => [
    { statement: { kind: "warning", content: { title: "" } } },
  ]),
  trick("hostile peer sends a malformed part", 1, true, () => [{ part: { number: -1 } }]),
  trick("hostile peer signs in another's name", 1, true, (it) => [
    { statement: { author: it.org } },
  ]),
  trick("hostile peer uses another lane", 1, true, () => [
    { statement: { precedence: "FLASH" }, lane: 3 },
  ]),
  trick("hostile peer names a thread that is not its nonce's", 1, true, (it) => [
    {
      ...crafts.warning(it),
      part: { subject: { thread: "ab".repeat(16), nonce: "cd".repeat(16) } },
    },
  ]),
  trick("hostile peer names another nonce in its thread", 1, true, (it) => crafts.misnamed(it)),
  trick("hostile peer names two policies", 1, true, (it) => [
    {
      ...crafts.warning(it),
      statement: { kind: "warning", content: plainWarning, policy: "ab".repeat(32) },
    },
  ]),
  trick("hostile peer speaks of the link in a thread", 1, true, () => [
    { part: { subject: { thread: "ef".repeat(16) } } },
  ]),
  trick("hostile peer speaks of a thread on the link", 1, true, () => [
    { statement: { ...crafts.usual(accepting), answers: ["ab".repeat(32)] } },
  ]),
  trick("hostile peer writes what reads otherwise", 1, true, (it) => [
    {
      ...crafts.warning(it),
      statement: { kind: "warning", content: { ...plainWarning, title: deceiving } },
    },
  ]),
  trick("hostile peer brings what is addressed to another", 1, true, (it) => [
    { addressee: crafts.anotherThan(it) },
  ]),
  trick("hostile peer sends what breaks its reader", 1, true, (it) => [
    { ...crafts.warning(it), isPoison: true },
  ]),
  trick("hostile peer's slot is of another lane", 1, true, () => [{ slotLane: 0 }]),
]

/** What its thread does not allow, or gives no effect. */
const outOfPlace = (crafts: Crafts, random: Random): readonly Trick[] => [
  trick("hostile peer warns in good order", 3, false, (it) => [crafts.warning(it)]),
  trick("hostile peer speaks in a foreign thread", 3, true, (it) => crafts.foreign(it)),
  trick("hostile peer sends an unknown kind in a thread", 1, false, (it) =>
    crafts.inOwn(it, { kind: "telepathy", content: { thought: "of nothing" } }),
  ),
  trick("hostile peer changes the status of a thread", 1, true, (it) =>
    crafts.inOwn(it, { kind: "mend", status: "test", content: { how: "dropped", ground: "x" } }),
  ),
  trick("hostile peer answers its own warning", 1, true, (it) =>
    crafts.inOwn(it, { kind: "acceptance", content: { verdict: "accepted", owner: "desk" } }),
  ),
  trick("hostile peer says in its own thread what the other end says", 2, true, (it) =>
    crafts.inOwn(it, crafts.usual(random.pick(ofAddressees))),
  ),
  trick("hostile peer says what the originator says", 2, true, (it) =>
    crafts.inGiven(it, random.pick(ofOriginators)),
  ),
  trick("hostile peer answers what cannot be answered so", 2, false, (it) => crafts.misplaced(it)),
  trick("hostile peer warns twice in one thread", 1, false, (it) => crafts.second(it)),
  trick("hostile peer uses one number twice", 1, false, (it) => crafts.twoUnderOneNumber(it)),
  trick("hostile peer answers its own words", 2, false, (it) => crafts.selfish(it)),
]

/** What a link has to bear. */
const onTheLink = (crafts: Crafts, random: Random): readonly Trick[] => [
  trick("hostile peer sends an unknown kind", 1, false, () => [
    { statement: { kind: "telepathy" } },
  ]),
  trick("hostile peer takes back its word as refused", 1, false, (it) =>
    crafts.refusal(crafts.ownWarning(it)),
  ),
  trick("hostile peer refuses what it was sent", 1, false, (it) =>
    crafts.refusal(crafts.givenWarning(it)),
  ),
  trick("hostile peer refuses what went to another", 1, false, (it) =>
    crafts.refusal(crafts.lastOf(it)),
  ),
  trick("hostile peer opens many epochs", 0.1, false, () =>
    Array.from({ length: 70 }, (_, at) => ({
      epoch: at + 2,
      number: 1,
      part: { epoch: at + 2 },
    })),
  ),
  trick("hostile peer is restored again and again", 0.1, false, () => crafts.restores()),
  trick("hostile peer gives back what nobody asked for", 1, true, () => [crafts.unaskedReturn()]),
  trick("hostile peer sends a hundred at once", 0.2, true, () => [
    { statement: { answers: "none" } },
  ]),
  trick("hostile peer jumps far ahead in its lane", 1, false, () => [
    { number: 1_000_000 + random.below(1_000_000) },
  ]),
  trick("hostile peer brings a captured unit", 1, true, () => []),
  trick("hostile peer sends noise", 1, true, () => []),
]

export function tricksOf(crafts: Crafts, random: Random): readonly Trick[] {
  return [...illFormed(crafts), ...outOfPlace(crafts, random), ...onTheLink(crafts, random)]
}
