/** An exchange whose newest restore statement is older than what its database has been in. */

import { afterAll, beforeAll, expect, test } from "vitest"

import { newLink } from "@tearline/core"
import { signRestore } from "@tearline/crypto"
import { openExchangeStore } from "@tearline/store/exchange"

import { type ExchangeConfig, runExchange, systemClock } from "../src/index.ts"
import { type Database, exchangeDocument, nodeDatabase, organisation } from "./organisation.ts"

let database: Database
let config: ExchangeConfig
let restoredIn: (epoch: number) => ExchangeConfig

beforeAll(async () => {
  database = await nodeDatabase()
  const alder = await organisation({ name: "Alder" })
  config = exchangeDocument(alder, database.exchange)
  restoredIn = (epoch) => {
    const org = alder.rootKey.verifying.id
    const statement = signRestore(alder.rootKey, { org, epoch, issuedSeconds: epoch })
    return { ...config, restore: Buffer.from(statement).toString("base64") }
  }
  const birch = await organisation({ name: "Birch" })
  const store = await openExchangeStore(database.exchange, { org: config.org })
  const link = { ...newLink(birch.org, Date.now()), epoch: 9 }
  await store.commit([{ kind: "link", link, expectedVersion: null, version: 1 }])
  await store.close()
})

afterAll(() => database.end())

const ports = { clock: systemClock(), diagnostics: () => undefined }

test("M-ID-12: it does not run, with an older one or with none, and runs with one that is not", async () => {
  for (const document of [config, restoredIn(8)]) {
    await expect(runExchange(document, ports)).rejects.toMatchObject({
      code: "bad_config",
      message: expect.stringContaining("epoch 9") as string,
    })
  }
  for (const epoch of [9, 10]) {
    const running = await runExchange(restoredIn(epoch), ports)
    await running.close()
  }
})
