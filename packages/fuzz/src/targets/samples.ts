/** Valid statements and parts of every message kind, out of the specification's own vectors. */

import { readFileSync } from "node:fs"

import { builtInPolicy, policyHashOf, type Part, type Statement } from "@tearline/core"
import type { Value } from "@tearline/crypto"
import { hashing } from "@tearline/exchange/border"

import { alder, messageNamed, threadNamed } from "./organisations.ts"

interface Vectors {
  readonly contents: {
    readonly valid: readonly {
      readonly name: string
      readonly kind: string
      readonly content: Record<string, Value>
    }[]
  }
}

const vectors = JSON.parse(
  readFileSync(`${import.meta.dirname}/../../../../spec/vectors/messages.json`, "utf8"),
) as Vectors

const policyHash: string = policyHashOf(hashing, builtInPolicy)

/** Every valid content of the vectors, with its kind. */
export const contents: Vectors["contents"]["valid"] = vectors.contents.valid

export type Fields = Readonly<Record<string, Value>>

/** A statement of Alder's with this content. */
export function statementWith(kind: string, content: Fields): Fields {
  return {
    version: 1,
    kind,
    author: alder.id,
    atMs: 1_900_000_000_000,
    status: "actual",
    precedence: "IMMEDIATE",
    evidence: "signed",
    policy: policyHash,
    answers: kind === "warning" || kind === "heartbeat" ? [] : [messageNamed("answered")],
    content,
  } satisfies Record<keyof Statement, Value>
}

/** A statement of that kind as the specification gives one. */
export function exampleStatement(kind: string): Fields {
  const found = contents.find((it) => it.kind === kind)
  if (found === undefined) throw new RangeError(`the vectors hold no ${kind}`)
  return statementWith(kind, found.content)
}

/** A part that places a message in Alder's thread, or on the link. */
export function partWith(changes: Partial<Record<keyof Part, Value>> = {}): Fields {
  return {
    subject: { thread: threadNamed("thread"), nonce: threadNamed("nonce") },
    epoch: 1,
    number: 1,
    previous: null,
    asks: ["read-back"],
    releasableTo: [],
    policy: policyHash,
    held: [
      {
        lane: 1,
        epoch: 1,
        upTo: 4,
        beyond: [
          [6, 6],
          [9, 12],
        ],
      },
    ],
    ...changes,
  }
}
