/**
 * The PostgreSQL server under a node: an embedded one that we supervise, or one given by URLs.
 *
 * A node must not ask its operator to install a database first, and must not lose what it has
 * acknowledged. So a real server ships as a package and this one finds it, makes its cluster,
 * starts, adopts and stops it, and gives each process a role of its own. Whichever server it is,
 * `checkSafety` refuses one that could lose acknowledged commits.
 *
 * The hard parts are all at the edges: root, long paths, killed launchers, locks that dead servers
 * left. docs/decisions/0003-embedded-postgres.md says what was chosen and why.
 */

export { PostgresError, type PostgresErrorCode } from "./error.ts"
export { externalRoles, prepareRoles, type RoleUrls, usersOf } from "./roles.ts"
export {
  assertSafeSettings,
  checkSafety,
  type Queryable,
  selfCheckSql,
  type Setting,
} from "./safety.ts"
export { type Origin, type PostgresServer, startPostgres, type StartOptions } from "./server.ts"
