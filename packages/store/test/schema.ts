/** A database as a reviewer reads it: tables, keys, indexes and what each role may do. */

import { query } from "./database.ts"

const own = "('exchange', 'home', 'bridge', 'gateway', 'store')"

const columnsSql = `
  select n.nspname || '.' || c.relname as relation, a.attname as name,
    format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as is_needed,
    pg_get_expr(d.adbin, d.adrelid) as fallback
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relkind in ('r', 'v') and n.nspname in ${own}
  order by 1, a.attnum`

const indexesSql = `
  select schemaname || '.' || tablename as relation, indexdef as text
  from pg_indexes where schemaname in ${own} order by 1, indexdef`

const grantsSql = `
  select n.nspname || '.' || c.relname as relation,
    g.grantee::regrole || ': ' || string_agg(lower(g.privilege_type), ', ' order by g.privilege_type) as text
  from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) g
  where n.nspname in ${own} and g.grantee <> c.relowner
  group by 1, g.grantee
  union all
  select n.nspname || '.' || c.relname, g.grantee::regrole || ': '
    || lower(g.privilege_type) || ' (' || a.attname || ')'
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) g
  where n.nspname in ${own}
  order by 1, 2`

const schemasSql = `
  select n.nspname as name, coalesce(string_agg(g.grantee::regrole::text, ', ' order by 1)
    filter (where g.grantee <> n.nspowner), 'nobody') as users
  from pg_namespace n left join aclexplode(n.nspacl) g on true
  where n.nspname in ${own} group by n.nspname order by 1`

function of(rows: Record<string, unknown>[], relation: string): Record<string, unknown>[] {
  return rows.filter((it) => it["relation"] === relation)
}

export async function schemaOf(url: string): Promise<string> {
  const schemas = await query(url, [schemasSql])
  const columns = await query(url, [columnsSql])
  const indexes = await query(url, [indexesSql])
  const grants = await query(url, [grantsSql])
  const relations = [...new Set(columns.map((it) => String(it["relation"])))]
  const tables = relations.map((relation) =>
    [
      `table ${relation}`,
      ...of(columns, relation).map(columnLine),
      ...of(indexes, relation).map((it) => `  ${String(it["text"])}`),
      ...of(grants, relation).map((it) => `  grant ${String(it["text"])}`),
    ].join("\n"),
  )
  const lines = schemas.map((it) => `schema ${String(it["name"])}, used by ${String(it["users"])}`)
  return `${[lines.join("\n"), ...tables].join("\n\n")}\n`
}

function columnLine(column: Record<string, unknown>): string {
  const { name, type, is_needed: isNeeded, fallback } = column
  const rest = [
    isNeeded === true ? "not null" : "",
    fallback === null ? "" : `default ${fallback as string}`,
  ]
  return `  ${[String(name), String(type), ...rest].filter((it) => it !== "").join(" ")}`
}
