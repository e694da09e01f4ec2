/** One run of an exchange: the core's machine and carriage over a disk and a line to the gateway. */

import {
  ActError,
  CarriedAnswers,
  Departures,
  exchangeMachine,
  GivingBack,
  Intake,
  laneOf,
  builtInPolicy,
  startHost,
  TakenReports,
  type AnsweredUnit,
  type Departed,
  type Digest,
  type ExchangeAnswer,
  type ExchangeInput,
  type ExchangeJournal,
  type ExchangeOutput,
  type Host,
  type NodeClock,
  type OrgId,
  type OutboxItem,
  type Thread,
  type ThreadId,
} from "@tearline/core"

import { alarmFault, clockFault, type Look } from "../checkers/clocks.ts"
import { Unattended } from "../checkers/unattended.ts"
import { InHand } from "../checkers/urgency.ts"
import { DiskError } from "../disk/platter.ts"
import type { Guard } from "../seam/guard.ts"
import type { InnerDoor } from "../seam/inner-door.ts"
import { SeamDoor } from "../seam/seam-door.ts"
import { agreedMs } from "../sticks/couriers.ts"
import { pastVerifierOf, restoreStatement } from "../suite/past.ts"
import { hashing, openSealer, PoisonError } from "../suite/suite.ts"
import { Life } from "../time/life.ts"
import type { Random } from "../time/random.ts"
import type { World } from "../world/world.ts"
import { FeedLine } from "./feed-line.ts"
import { isByFile } from "./gateway-process.ts"
import { openHeld, readAnswer } from "./opening.ts"
import type { Organisation } from "./organisation.ts"
import { departureTimes as times, heartbeatMs, places, tickMs, waits } from "./times.ts"

const minute = 60_000

/** What a disk, an officer or a peer can bring about; anything else is a mistake of ours. */
function isForeseen(error: unknown): boolean {
  return error instanceof DiskError || error instanceof ActError || error instanceof PoisonError
}

type Submit = (input: ExchangeInput) => Promise<ExchangeAnswer>

function givingOf(world: World, submit: Submit): GivingBack {
  return new GivingBack({ submit, onTrouble: () => world.see("giving back interrupted") })
}

export class ExchangeProcess {
  readonly life: Life
  readonly clock: NodeClock
  readonly #world: World
  readonly #own: Organisation
  readonly #journal: ExchangeJournal
  readonly #host: Host<ExchangeInput, ExchangeAnswer>
  readonly #departures: Departures
  readonly #intake: Intake
  readonly #taken: TakenReports
  readonly #inHand: InHand
  readonly #unattended: Unattended
  #looked: Look
  readonly #giving: GivingBack
  readonly #line: FeedLine
  readonly #seam: SeamDoor | undefined

  constructor(world: World, own: Organisation, run: number) {
    this.#world = world
    this.#own = own
    const life = new Life(world.schedule)
    this.life = life
    const writtenMs = own.exchangeDisk.latestMs
    this.clock = own.wall.start(world.plant.remembersTime ? writtenMs : 0)
    const isBehind = writtenMs - own.wall.wallMs() > minute
    this.#looked = { ...this.#look(), isBehind }
    this.#unattended = new Unattended(own, { renewMs: times.renewMs, tellMs: waits.tellAgainMs })
    this.#inHand = new InHand({ ...places, ...times.backOffMs }, world.schedule, (it) =>
      world.checkers.fail("I10", `${own.name}: ${it}`),
    )
    const random = own.random.split(`run ${run}`)
    const chance = random.split("nonce")
    const disk = own.exchangeDisk
    this.#journal = disk.journal(life)
    const machine = exchangeMachine({
      own: own.org,
      journal: this.#journal,
      sealer: openSealer(random.split("seal"), (it) => world.checkers.seals(own, it), world.poison),
      past: pastVerifierOf(own.org),
      hashing,
      clock: this.clock,
      chance: { bytes: (count) => chance.bytes(count) },
      policy: builtInPolicy,
      withinMs: (peer) => (isByFile(world, own.org, peer) ? agreedMs : null),
      perform: (output) => this.#perform(output),
    })
    this.#host = startHost(world.plant.machine(machine, own))
    const submit = (input: ExchangeInput) => this.submit(input)
    this.#giving = givingOf(world, submit)
    const spreading = random.split("spread")
    this.#departures = new Departures({
      outbox: this.#inHand.watched(world.plant.outbox(disk.outboxTable.portOf(life, "exchange"))),
      hand: (item) => this.#hand(item),
      submit,
      timers: life,
      spread: () => spreading.unit(),
      times,
      places,
      onFailed: (_item, code) => {
        if (code === "foreign_receipt") world.see("receipt that nobody believes")
      },
      onTrouble: (trouble) => {
        if (trouble === "custody_not_noted") world.see("custody not noted at once")
        if (trouble === "lease_not_renewed") world.see("lease not renewed by a failing disk")
      },
    })
    this.#intake = new Intake({
      open: async (held) => openHeld(held, own.org, world.plant),
      submit,
      isOfTheWorld: (error) => error instanceof DiskError,
      timers: life,
      retryMs: waits.intakeRetryMs,
      onTaken: (held, input, answer) => {
        if (answer.kind === "again") world.see("duplicate recognised by the exchange")
        if (input.kind === "arrived") this.#departures.tryNow(held.sender)
      },
      onTrouble: (_held, error) => {
        const isDamage = error instanceof DiskError && error.code === "corrupt"
        world.see(isDamage ? "arrival waits for a damaged row" : "arrival not taken at once")
      },
    })
    this.#seam = own.guard && this.#seamDoor(own.guard, random.split("seam"))
    this.#taken = this.#takenReports()
    this.#line = this.#newLine()
  }

  #newLine(): FeedLine {
    return new FeedLine(this.#world, this.#own, {
      life: this.life,
      gateway: () => this.#gateway(),
      isCut: () => this.#isCut,
      onConnected: () => this.#departures.tryNow(),
      onArrival: (held) => this.#intake.receive(held),
    })
  }

  #takenReports(): TakenReports {
    return new TakenReports({
      report: (digests) => this.#report(digests),
      timers: this.life,
      gatherMs: 0,
      retryMs: waits.tellAgainMs,
    })
  }

  start(): void {
    const { exchangeDisk } = this.#own
    exchangeDisk.outboxTable.takeBack("exchange")
    if (this.#own.mustReopen) this.#reopen()
    else if (this.#own.epoch > 1 && this.#world.plant.opensEpoch) this.#askAgain()
    this.#seam?.start()
    this.#departures.start(exchangeDisk.outbox.size)
    this.#line.connect()
    this.#tick()
    if (this.#world.byFile !== undefined) this.#carriedAnswers().start()
    this.#world.people.isBack(this.#own)
  }

  submit(input: ExchangeInput): Promise<ExchangeAnswer> {
    // Until the new epoch is durable nothing else has a turn: it would seal under numbers long given.
    if (this.#own.mustReopen && input.kind !== "reopened") {
      return Promise.reject(new DiskError("unavailable", "the new epoch is not written yet"))
    }
    const answer = this.#host.submit(input, laneOf(input))
    answer.catch((error: unknown) => {
      if (!isForeseen(error)) {
        this.#world.checkers.fail("I9", `${this.#own.name}: ${input.kind} breaks: ${String(error)}`)
      }
    })
    return answer
  }

  /**
   * What whoever looks at a thread is answered, as production reads it for them. Rejects with
   * DiskError where it cannot be read, or not whole.
   */
  async show(thread: ThreadId): Promise<Thread | undefined> {
    return (await this.#journal.thread(thread))?.thread
  }

  /** An item has left the outbox, durably. */
  dequeued(id: string): void {
    this.#inHand.gone(id)
  }

  /** The connection is reset, or merely falls silent. */
  gatewayIsGone(): void {
    // Through folders nobody hears of it.
    if (this.#seam !== undefined) return
    if (this.#own.random.isLucky(0.8)) this.#line.reconnect()
  }

  gatewayIsBack(): void {
    if (!this.#line.isFed && this.#seam === undefined) this.#line.reconnect()
  }

  #perform(output: ExchangeOutput): void {
    switch (output.kind) {
      case "send":
        this.#inHand.add(output.item)
        return this.#departures.send(output.item)
      case "taken":
        this.#unattended.taken(output.digest, this.#world.schedule.nowMs)
        return this.#taken.add(output.digest)
      case "show":
        return this.#world.people.shown(this.#own, output.thread)
      case "give-back":
        return this.#giving.due(output.due)
    }
  }

  /** First of all, and again after a crash until it is durable. */
  #reopen(): void {
    // Without its new epoch a restored exchange must say nothing: it stops and starts again.
    this.#askToReopen().then(
      () => this.#own.reopened(),
      () => this.#own.restartExchange(),
    )
  }

  #askToReopen(): Promise<ExchangeAnswer> {
    const { epoch, org } = this.#own
    const statement = restoreStatement(org, epoch)
    const peers = [...this.#world.peers].filter((it) => it !== this.#own.org)
    return this.submit({ kind: "reopened", epoch, statement, peers })
  }

  /** As each later start does; what is open already is not opened a second time. */
  #askAgain(): void {
    const isOpenedTwice = this.#askToReopen().then(
      (answer) => answer.kind !== "refused",
      // By a failing disk: the next start asks again.
      () => false,
    )
    void isOpenedTwice.then((isTwice) => {
      if (isTwice) this.#world.checkers.fail("I12", `${this.#own.name} opens one epoch twice`)
      return isTwice
    })
  }

  #tick(): void {
    const isSuspect = this.clock.isSuspect()
    if (isSuspect) this.#world.see("clock suspect shown to a person")
    this.#lookAround(isSuspect)
    const links = [...this.#world.organisations.values()]
      .filter((it) => it !== this.#own)
      .filter((it) => !this.#isResting(it.org))
      .map((it) => ({ peer: it.org, heartbeatMs }))
    this.submit({ kind: "ticked", links }).then(
      () => this.#isAlive(links),
      () => this.#world.see("heartbeat not written"),
    )
    this.life.after(tickMs, () => this.#tick())
  }

  /** Before the reckoning nothing more is put on a stick that nobody would bring in time. */
  #isResting(peer: OrgId): boolean {
    const isLate = this.#world.schedule.nowMs < this.#world.restUntilMs
    return isLate && isByFile(this.#world, this.#own.org, peer)
  }

  /** A person looks at the clock and at the alarms. */
  #lookAround(isSuspect: boolean): void {
    const { checkers, people } = this.#world
    const before = this.#looked
    this.#looked = this.#look()
    const fault =
      clockFault(before, this.#looked, isSuspect) ??
      alarmFault(this.#own, checkers.lanes, this.#looked.nodeMs) ??
      this.#leftLying()
    if (fault !== undefined) checkers.fail("I10", `${this.#own.name} ${fault}`)
    const unshown = people.unshown(this.#own, this.#own.wellSinceMs)
    if (unshown !== undefined) checkers.fail("I3", `${this.#own.name} ${unshown}`)
  }

  #leftLying(): string | undefined {
    // Folders lose and delay what goes between the two halves, whoever attends to it.
    if (this.#seam !== undefined) return undefined
    const { nowMs } = this.#world.schedule
    const { wellSinceMs } = this.#own
    return this.#unattended.fault({ nowMs, wellSinceMs }) ?? this.#inHand.untried(nowMs)
  }

  #look(): Look {
    const { nowMs: trueMs } = this.#world.schedule
    return { trueMs, nodeMs: this.clock.nowMs(), offsetMs: this.#own.wall.offsetMs }
  }

  #isAlive(links: readonly { readonly peer: OrgId }[]): void {
    const peers = links.map((it) => it.peer)
    if (!this.life.isOver) {
      this.#world.checkers.lanes.ticked(this.#own, peers, this.clock.nowMs())
    }
  }

  /** Our gateway, if it can be reached at this moment. */
  #gateway(): InnerDoor | undefined {
    if (this.#seam !== undefined) return this.#seam
    return this.#own.isInnerCut ? undefined : this.#own.gateway
  }

  /** Through folders nothing is cut: it comes later. */
  get #isCut(): boolean {
    return this.#seam === undefined && this.#own.isInnerCut
  }

  #seamDoor(guard: Guard, random: Random): SeamDoor {
    return new SeamDoor({
      guard,
      life: this.life,
      random,
      onLate: async ({ digest, peer }, answer) => {
        const departed = readAnswer(answer, { digest, peer }, this.#own.org)
        if (departed.kind !== "custody" && departed.kind !== "refused") return true
        this.#world.see("answer through the folders later than anybody waited")
        return await this.#departures.settle(`${digest}/${peer}`, departed)
      },
      onBegun: () => this.#line.reconnect(),
    })
  }

  #hand(item: OutboxItem): Promise<Departed> {
    const { promise, resolve } = Promise.withResolvers<Departed>()
    const { life } = this
    this.#world.checkers.handed(this.#own, item)
    // By file there is no line to be first on: the order is that of the names on the stick.
    const isCarried = this.#seam !== undefined || isByFile(this.#world, this.#own.org, item.peer)
    const isBack = isCarried ? () => this.#inHand.carried(item) : this.#inHand.handed(item)
    if (isCarried) isBack()
    const settle = (departed: Departed) => {
      if (departed.kind === "failed") isBack()
      resolve(departed)
    }
    const failed = (code: string) => () => settle({ kind: "failed", code })
    const gateway = this.#gateway()
    if (gateway === undefined) {
      this.#world.see("own gateway out of reach")
      life.after(waits.unreachableMs, failed("gateway_unreachable"))
      return promise
    }
    gateway.depart(item.peer, item.unit, (answer) => {
      if (life.isOver) return
      if (this.#isCut) {
        this.#world.see("answer lost between the two halves")
        life.after(waits.handMsMax, failed("timeout"))
      } else settle(readAnswer(answer, item, this.#own.org))
    })
    return promise
  }

  #report(digests: readonly Digest[]): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const gateway = this.#gateway()
    if (gateway === undefined) {
      this.#world.see("taken not told")
      this.life.after(waits.unreachableMs, () => resolve(false))
      return promise
    }
    const cancel = this.life.after(waits.handMsMax, () => resolve(false))
    const answered = (isNoted: boolean) => {
      if (this.#isCut || this.life.isOver) return
      cancel()
      resolve(isNoted)
    }
    gateway.taken(digests).then(
      () => answered(true),
      () => answered(false),
    )
    return promise
  }

  #carriedAnswers(): CarriedAnswers {
    return new CarriedAnswers({
      isNeeded: () => this.#world.byFile !== undefined && this.#gateway() !== undefined,
      answers: async () => (await this.#gateway()?.answers()) ?? [],
      settled: (units) => this.#settled(units),
      read: ({ peer, digest, answer: { kind, bytes } }) =>
        readAnswer(
          kind === "custody" ? { kind, receipt: bytes } : { kind: "refused", refusal: bytes },
          { peer, digest },
          this.#own.org,
        ),
      settle: (id, answer) => this.#departures.settle(id, answer),
      timers: this.life,
      everyMs: waits.answersMs,
    })
  }

  /** A gateway that stops meanwhile answers nothing. */
  #settled(units: readonly AnsweredUnit[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const cancel = this.life.after(waits.handMsMax, () => reject(new Error("timeout")))
    const told = this.#gateway()?.settled(units) ?? Promise.reject(new Error("away"))
    told.then(resolve, reject).finally(cancel)
    return promise
  }
}
