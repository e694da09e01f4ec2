/** Vocabularies of STIX 2.1 that a warning or an assessment can be mapped to. */

import { codeList, type CodeList, type CodeOf } from "./code-list.ts"

const stix = { source: "OASIS, STIX 2.1 vocabularies", standing: "public-source" } as const

const actorTypeEntries = {
  activist: { label: "acts for a political or social cause" },
  competitor: { label: "a rival firm or body" },
  "crime-syndicate": { label: "organised crime" },
  criminal: { label: "a criminal, alone or loosely organised" },
  hacker: { label: "breaks into systems for its own sake" },
  "insider-accidental": { label: "an insider who does harm unawares" },
  "insider-disgruntled": { label: "an insider with a grudge" },
  "nation-state": { label: "a state or its service" },
  sensationalist: { label: "seeks attention" },
  spy: { label: "gathers secrets" },
  terrorist: { label: "uses violence to frighten for a cause" },
  unknown: { label: "not known" },
} as const

export const stixActorTypes: CodeList<keyof typeof actorTypeEntries> = codeList(
  { name: "stix-threat-actor-type", ...stix },
  actorTypeEntries,
)
export type StixActorType = CodeOf<typeof stixActorTypes>

const actorRoleEntries = {
  agent: { label: "carries it out for another" },
  director: { label: "leads it" },
  independent: { label: "acts alone" },
  "infrastructure-architect": { label: "designs the means" },
  "infrastructure-operator": { label: "runs the means" },
  "malware-author": { label: "writes the code" },
  sponsor: { label: "pays or supports it" },
} as const

export const stixActorRoles: CodeList<keyof typeof actorRoleEntries> = codeList(
  { name: "stix-threat-actor-role", ...stix },
  actorRoleEntries,
)
export type StixActorRole = CodeOf<typeof stixActorRoles>

const motivationEntries = {
  accidental: { label: "no intent" },
  coercion: { label: "forced by others" },
  dominance: { label: "power over others" },
  ideology: { label: "belief" },
  notoriety: { label: "fame" },
  "organizational-gain": { label: "gain for a body" },
  "personal-gain": { label: "gain for oneself" },
  "personal-satisfaction": { label: "a feeling of one's own" },
  revenge: { label: "revenge" },
  unpredictable: { label: "no pattern" },
} as const

export const stixMotivations: CodeList<keyof typeof motivationEntries> = codeList(
  { name: "stix-attack-motivation", ...stix },
  motivationEntries,
)
export type StixMotivation = CodeOf<typeof stixMotivations>

const resourceLevelEntries = {
  individual: { label: "one person" },
  club: { label: "a loose circle of volunteers" },
  contest: { label: "people drawn together for one occasion" },
  team: { label: "a formal group" },
  organization: { label: "a large, lasting body" },
  government: { label: "a state" },
} as const

export const stixResourceLevels: CodeList<keyof typeof resourceLevelEntries> = codeList(
  { name: "stix-attack-resource-level", ...stix },
  resourceLevelEntries,
)
export type StixResourceLevel = CodeOf<typeof stixResourceLevels>

const sophisticationEntries = {
  none: { label: "no skill" },
  minimal: { label: "uses what others made" },
  intermediate: { label: "adapts what others made" },
  advanced: { label: "makes its own" },
  expert: { label: "finds new ways in secret" },
  innovator: { label: "works where few have worked" },
  strategic: { label: "can place its own people and parts ahead" },
} as const

export const stixSophistications: CodeList<keyof typeof sophisticationEntries> = codeList(
  { name: "stix-threat-actor-sophistication", ...stix },
  sophisticationEntries,
)
export type StixSophistication = CodeOf<typeof stixSophistications>

const opinionEntries = {
  "strongly-disagree": { label: "certainly wrong" },
  disagree: { label: "probably wrong" },
  neutral: { label: "cannot say" },
  agree: { label: "probably right" },
  "strongly-agree": { label: "certainly right" },
} as const

export const stixOpinions: CodeList<keyof typeof opinionEntries> = codeList(
  { name: "stix-opinion", ...stix },
  opinionEntries,
)
export type StixOpinion = CodeOf<typeof stixOpinions>

const identityClassEntries = {
  individual: { label: "one person" },
  group: { label: "an informal group" },
  system: { label: "a computer or other machine" },
  organization: { label: "a formal body" },
  class: { label: "a kind of people or bodies" },
  unknown: { label: "not known" },
} as const

export const stixIdentityClasses: CodeList<keyof typeof identityClassEntries> = codeList(
  { name: "stix-identity-class", ...stix },
  identityClassEntries,
)
export type StixIdentityClass = CodeOf<typeof stixIdentityClasses>

const groupingContextEntries = {
  "suspicious-activity": { label: "things seen that look like one affair" },
  "malware-analysis": { label: "what the study of a piece of code found" },
  unspecified: { label: "no reason given" },
} as const

export const stixGroupingContexts: CodeList<keyof typeof groupingContextEntries> = codeList(
  { name: "stix-grouping-context", ...stix },
  groupingContextEntries,
)
export type StixGroupingContext = CodeOf<typeof stixGroupingContexts>

const sectorEntries = {
  agriculture: { label: "agriculture" },
  aerospace: { label: "aerospace" },
  automotive: { label: "car industry" },
  chemical: { label: "chemical industry" },
  commercial: { label: "trade" },
  communications: { label: "communications" },
  construction: { label: "building" },
  defense: { label: "defence" },
  education: { label: "education" },
  energy: { label: "energy" },
  entertainment: { label: "entertainment" },
  "financial-services": { label: "banking and finance" },
  government: { label: "government" },
  "emergency-services": { label: "police, fire and rescue" },
  "government-local": { label: "local government" },
  "government-national": { label: "national government" },
  "government-public-services": { label: "public services" },
  "government-regional": { label: "regional government" },
  healthcare: { label: "health care" },
  "hospitality-leisure": { label: "hotels, food and leisure" },
  infrastructure: { label: "infrastructure" },
  dams: { label: "dams" },
  nuclear: { label: "nuclear plants and material" },
  water: { label: "water" },
  insurance: { label: "insurance" },
  manufacturing: { label: "manufacturing" },
  mining: { label: "mining" },
  "non-profit": { label: "non-profit bodies" },
  pharmaceuticals: { label: "medicines" },
  retail: { label: "shops" },
  technology: { label: "technology" },
  telecommunications: { label: "telecommunications" },
  transportation: { label: "transport" },
  utilities: { label: "supply of power, gas and the like" },
} as const

export const stixSectors: CodeList<keyof typeof sectorEntries> = codeList(
  { name: "stix-industry-sector", ...stix },
  sectorEntries,
)
export type StixSector = CodeOf<typeof stixSectors>
