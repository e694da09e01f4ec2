/**
 * A wire between two nodes that can be cut, as one finds it between two organisations: each node in
 * a network of its own (a namespace of the kernel), and a router between them that is in a third.
 *
 * What the router is told to drop vanishes without a word, one way or both, as behind a broken
 * firewall; a link that is down is seen by its own end.
 */

import { ran } from "./command.ts"

export type End = "alder" | "birch"

const numbers: Readonly<Record<End, number>> = { alder: 1, birch: 2 }
const ends: readonly End[] = ["alder", "birch"]

export class Wire implements Disposable {
  readonly #tag: string
  readonly #names: string[] = []
  readonly #onExit = (): void => this[Symbol.dispose]()

  private constructor(tag: string) {
    this.#tag = tag
  }

  /** Lays it; takes all of it up again where it cannot. */
  static lay(): Wire {
    const wire = new Wire(`tearline-${process.pid}`)
    process.once("exit", wire.#onExit)
    try {
      wire.#layAll()
      return wire
    } catch (error) {
      wire[Symbol.dispose]()
      throw error
    }
  }

  /** The command that runs another at this end. */
  entering(end: End): readonly string[] {
    return this.#entering(end)
  }

  addressOf(end: End): string {
    return `10.77.${numbers[end]}.2`
  }

  /** Whatever goes to this end is dropped. */
  drop(to: End): void {
    this.#route("replace", "blackhole", `${this.addressOf(to)}/32`)
  }

  pass(to: End): void {
    this.#route("del", "blackhole", `${this.addressOf(to)}/32`)
  }

  /** The link of this end, up or down. */
  link(end: End, state: "up" | "down"): void {
    ran("ip", "-n", this.#network("router"), "link", "set", end, state)
  }

  /** What goes to this end trickles. */
  slow(to: End): void {
    const trickle = ["tbf", "rate", "256kbit", "burst", "8kb", "latency", "200ms"]
    this.#queue("add", "dev", to, "root", ...trickle)
  }

  /** It runs again; gives how often something had to wait. */
  letRun(to: End): number {
    const told = this.#queue("show", "dev", to)
    this.#queue("del", "dev", to, "root")
    return Number(/overlimits (\d+)/.exec(told)?.[1] ?? 0)
  }

  [Symbol.dispose](): void {
    process.off("exit", this.#onExit)
    for (const name of this.#names.splice(0)) {
      try {
        ran("ip", "netns", "del", name)
      } catch {
        // It goes with the last process in it.
      }
    }
  }

  #layAll(): void {
    for (const place of ["router", ...ends] as const) {
      ran("ip", "netns", "add", this.#network(place))
      this.#names.push(this.#network(place))
      ran("ip", "-n", this.#network(place), "link", "set", "lo", "up")
    }
    const router = this.#network("router")
    for (const end of ends) {
      const network = this.#network(end)
      const gateway = `10.77.${numbers[end]}.1`
      const peer = ["type", "veth", "peer", "name", "line", "netns", network]
      ran("ip", "-n", router, "link", "add", end, ...peer)
      ran("ip", "-n", router, "addr", "add", `${gateway}/24`, "dev", end)
      ran("ip", "-n", router, "link", "set", end, "up")
      ran("ip", "-n", network, "addr", "add", `${this.addressOf(end)}/24`, "dev", "line")
      ran("ip", "-n", network, "link", "set", "line", "up")
      ran("ip", "-n", network, "route", "add", "default", "via", gateway)
    }
    const forward = "echo 1 > /proc/sys/net/ipv4/ip_forward"
    const [first, ...rest] = [...this.#entering("router"), "sh", "-c", forward]
    ran(first, ...rest)
  }

  /** Not by `ip netns exec`, whose copy of all mounts would hold those of others. */
  #entering(place: End | "router"): readonly string[] {
    return ["nsenter", `--net=/run/netns/${this.#network(place)}`]
  }

  #network(place: End | "router"): string {
    return `${this.#tag}-${place}`
  }

  #queue(...what: readonly string[]): string {
    return ran("tc", "-s", "-n", this.#network("router"), "qdisc", ...what)
  }

  #route(...what: readonly string[]): void {
    ran("ip", "-n", this.#network("router"), "route", ...what)
  }
}
