/** A map that forgets what has not been asked for longest. */
export class RecentMap<Value> {
  readonly #values = new Map<string, Value>()
  readonly #countMax: number

  constructor(countMax: number) {
    this.#countMax = countMax
  }

  /** The value under a key, made if it is not there. */
  valueOf(key: string, make: () => Value): Value {
    const value = this.#values.get(key) ?? make()
    this.#values.delete(key)
    this.#values.set(key, value)
    const oldest = this.#values.keys().next().value
    if (this.#values.size > this.#countMax && oldest !== undefined) this.#values.delete(oldest)
    return value
  }
}
