/**
 * The databases of a node: migrations, and what both doors share.
 *
 * Each process has a door of its own, `@tearline/store/gateway` and `@tearline/store/exchange`, and
 * no other way to its tables. All SQL of the project is behind these three.
 */

export { discard } from "./discard.ts"
export { assertDurable, type Queryable } from "./durability.ts"
export { StoreError, type StoreErrorCode } from "./error.ts"
export { migrate, type MigrateOptions, type RoleNames } from "./migrate.ts"
export { gatewayProgress, linkProgress, type LinkProgress } from "./progress.ts"
