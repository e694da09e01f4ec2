import { expect, test } from "vitest"

import { externalRoles, PostgresError, type RoleUrls, usersOf } from "../src/index.ts"

const urls: RoleUrls = {
  gatewayOwner: "postgresql://owner:p1@db.birch.example/gateway",
  gateway: "postgresql://gateway:p2@db.birch.example/gateway",
  deskOwner: "postgresql://owner:p1@db.birch.example/desk",
  exchange: "postgresql://exchange:p3@db.birch.example/desk",
  home: "postgresql://home:p4@db.birch.example/desk",
  bridge: "postgresql://bridge:p5@/desk?host=%2Frun%2Fpostgresql",
}

function refusal(change: Partial<RoleUrls>): PostgresError | undefined {
  try {
    externalRoles({ ...urls, ...change })
    return undefined
  } catch (error) {
    if (error instanceof PostgresError) return error
    throw error
  }
}

test("the URLs of an external server come in the shape of the embedded one's", () => {
  expect(externalRoles(urls)).toEqual(urls)
})

test("what is no PostgreSQL URL is refused, and never repeated in the message", () => {
  for (const url of ["", "secret-word", "mysql://u:secret-word@db/x", "postgresql//secret-word"]) {
    const refused = refusal({ home: url })
    expect(refused?.code).toBe("bad_url")
    expect(refused?.message).not.toContain("secret-word")
  }
})

test("the gateway shares neither its database nor its user with the desk", () => {
  const sameDatabase = "postgresql://gateway:p2@db.birch.example/desk"
  expect(refusal({ gateway: sameDatabase })?.code).toBe("bad_url")
  const sameUser = "postgresql://exchange:p3@db.birch.example/desk"
  expect(refusal({ home: sameUser })?.code).toBe("bad_url")
})

test("migrations learn the names of the roles from the URLs, however they are written", () => {
  const exchange = "postgresql://birch%40exchange:p3@db.birch.example/desk"
  expect(usersOf({ ...urls, exchange })).toEqual({
    gateway: "gateway",
    exchange: "birch@exchange",
    home: "home",
    bridge: "bridge",
  })
})
