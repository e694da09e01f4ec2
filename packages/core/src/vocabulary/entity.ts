/**
 * The main entities of UMF, the message format behind European police queries: a target to map to.
 * Its own list, licence and version have not been read yet, hence `to-be-checked` throughout.
 */

import { codeList, type CodeList, type CodeOf } from "./code-list.ts"

const entityEntries = {
  person: { label: "a human being" },
  organisation: { label: "a body, firm or group" },
  location: { label: "a place" },
  event: { label: "something that happened or is planned, an offence among others" },
  item: { label: "a thing" },
  "means-of-communication": { label: "a number, account or device to communicate with" },
  "means-of-transport": { label: "a vehicle, vessel or aircraft" },
  "identity-document": { label: "a document that states who somebody is" },
  firearm: { label: "a firearm" },
  product: { label: "goods or a substance" },
  connection: { label: "a relation between two of the others" },
} as const

export const umfEntities: CodeList<keyof typeof entityEntries> = codeList(
  { name: "umf-entity", source: "UMF main entities, from memory", standing: "to-be-checked" },
  entityEntries,
)
export type UmfEntity = CodeOf<typeof umfEntities>
