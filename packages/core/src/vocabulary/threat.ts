/**
 * What is threatened, with what, against whom, and how far the plot has come.
 *
 * Codes and labels are our own; `gtd` is the number of the nearest category of the Global Terrorism
 * Database, for statistics only. Its definitions are under copyright and stand nowhere here.
 */

import { codeList, type CodeList, type CodeOf } from "./code-list.ts"

/** Number of the nearest category in the Global Terrorism Database, where there is one. */
export interface GtdNumber {
  readonly gtd?: number
}

const mapped = {
  source: "own codes, with category numbers of the Global Terrorism Database",
  standing: "own",
} as const

const attackEntries = {
  assassination: { label: "killing of a chosen person", gtd: 1 },
  "armed-assault": { label: "attack on people with weapons", gtd: 2 },
  bombing: { label: "attack with a bomb", gtd: 3 },
  hijacking: { label: "seizure of a vehicle, vessel or aircraft", gtd: 4 },
  "hostage-barricade": { label: "hostages held on the spot", gtd: 5 },
  "hostage-kidnapping": { label: "people carried off", gtd: 6 },
  "facility-attack": { label: "attack on a building or an installation", gtd: 7 },
  "unarmed-assault": { label: "attack on people without weapons", gtd: 8 },
  unknown: { label: "kind of attack not known", gtd: 9 },
} as const

export const attacks: CodeList<keyof typeof attackEntries, GtdNumber> = codeList(
  { name: "attack", ...mapped },
  attackEntries,
)
export type Attack = CodeOf<typeof attacks>

const attackModeEntries = {
  suicide: { label: "the attacker means to die" },
  "multiple-sites": { label: "several places at about the same time" },
  "second-device": { label: "a second charge meant for those who come to help" },
  marauding: { label: "attackers move on from victim to victim" },
  drone: { label: "by an unmanned aircraft or vessel" },
  "cyber-physical": { label: "through a control system, with bodily effect" },
  parcel: { label: "sent by post or as freight" },
} as const

/** What changes protection, whatever the attack; several may hold at once. */
export const attackModes: CodeList<keyof typeof attackModeEntries> = codeList(
  { name: "attack-mode", source: "own", standing: "own" },
  attackModeEntries,
)
export type AttackMode = CodeOf<typeof attackModes>

const weaponEntries = {
  biological: { label: "germs or toxins", gtd: 1 },
  chemical: { label: "poisonous or corrosive substances", gtd: 2 },
  radiological: { label: "radioactive substances", gtd: 3 },
  nuclear: { label: "a nuclear device", gtd: 4, standing: "to-be-checked" },
  firearms: { label: "guns", gtd: 5 },
  explosives: { label: "explosives", gtd: 6 },
  "fake-weapons": { label: "a pretended weapon", gtd: 7 },
  incendiary: { label: "fire", gtd: 8 },
  melee: { label: "knives, blows, bare hands", gtd: 9 },
  vehicle: { label: "a vehicle driven at people, not one that carries a bomb", gtd: 10 },
  "sabotage-equipment": { label: "tools to break or derail", gtd: 11 },
  other: { label: "another weapon", gtd: 12 },
  unknown: { label: "weapon not known", gtd: 13 },
} as const

export const weapons: CodeList<keyof typeof weaponEntries, GtdNumber> = codeList(
  { name: "weapon", ...mapped },
  weaponEntries,
)
export type Weapon = CodeOf<typeof weapons>

const targetEntries = {
  business: { label: "a firm, shop or office", gtd: 1 },
  government: { label: "government in general", gtd: 2 },
  police: { label: "police", gtd: 3 },
  military: { label: "armed forces", gtd: 4 },
  "abortion-related": { label: "a clinic or person connected with abortion", gtd: 5 },
  aviation: { label: "an airport or aircraft", gtd: 6 },
  diplomatic: { label: "diplomats and missions abroad", gtd: 7 },
  education: { label: "a place of learning", gtd: 8 },
  "food-water": { label: "supply of food or water", gtd: 9 },
  media: { label: "journalists and media", gtd: 10 },
  maritime: { label: "ships and ports", gtd: 11 },
  ngo: { label: "a non-governmental organisation", gtd: 12 },
  other: { label: "another target", gtd: 13 },
  "private-persons": { label: "private persons and what they own", gtd: 14 },
  religious: { label: "clergy and religious bodies", gtd: 15 },
  telecommunication: { label: "telecommunication", gtd: 16 },
  "armed-group": { label: "an armed group that is not a state's", gtd: 17 },
  tourists: { label: "tourists", gtd: 18 },
  transport: { label: "transport other than by air or sea", gtd: 19 },
  unknown: { label: "target not known", gtd: 20 },
  utilities: { label: "supply of power, gas and the like", gtd: 21 },
  "violent-party": { label: "a political party that uses violence", gtd: 22 },
  "mass-gathering": { label: "a concert, match or other crowd" },
  "place-of-worship": { label: "a church, mosque, synagogue, temple" },
  "public-square-market": { label: "a square, street or market" },
  station: { label: "a railway, metro or bus station" },
  school: { label: "a school or nursery" },
  hospital: { label: "a hospital" },
  embassy: { label: "an embassy or consulate" },
} as const

/** The last seven name places that somebody can guard; a warning prefers them where they fit. */
export const targets: CodeList<keyof typeof targetEntries, GtdNumber> = codeList(
  { name: "target", ...mapped },
  targetEntries,
)
export type Target = CodeOf<typeof targets>

const plotStageEntries = {
  aspiration: { label: "wished for, without a plan" },
  planning: { label: "being planned" },
  "acquiring-means": { label: "getting weapons, money or people" },
  reconnaissance: { label: "watching the target" },
  rehearsal: { label: "trying it out" },
  imminent: { label: "about to happen" },
  "under-way": { label: "happening" },
} as const

/** In the order in which a plot advances. */
export const plotStages: CodeList<keyof typeof plotStageEntries> = codeList(
  { name: "plot-stage", source: "own", standing: "own" },
  plotStageEntries,
)
export type PlotStage = CodeOf<typeof plotStages>
