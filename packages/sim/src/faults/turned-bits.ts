/** Which row of an organisation's disks a bit turns over in. */

import type { Target } from "../disk/damage.ts"
import type { ExchangeDisk } from "../disk/exchange-disk.ts"
import type { MessageRow, OutboxRow, ReceiptRow } from "../disk/exchange-rows.ts"
import type { Organisation } from "../node/organisation.ts"
import { bytesOf } from "../suite/bytes.ts"
import type { Random } from "../time/random.ts"
import type { World } from "../world/world.ts"

/** Old rows are hardly ever read again. */
const recentCount = 300

function messageOf(disk: ExchangeDisk, random: Random): Target<MessageRow> | undefined {
  const threads = [...disk.threads].slice(-recentCount)
  if (threads.length === 0) return undefined
  const [thread, { messages }] = random.pick(threads)
  if (messages.length === 0) return undefined
  const row = random.pick(messages)
  return {
    kind: "message",
    key: row.id,
    row,
    bytes: [row.signed, row.part],
    withBytes: ([signed = row.signed, part = row.part]) => ({ ...row, signed, part }),
    replace: (it, by) => disk.replaceMessage(thread, it, by),
  }
}

function receiptOf(disk: ExchangeDisk, random: Random): Target<ReceiptRow> | undefined {
  const receipts = [...disk.receipts].slice(-recentCount)
  if (receipts.length === 0) return undefined
  const [key, row] = random.pick(receipts)
  return {
    kind: "receipt",
    key,
    row,
    bytes: [row.receipt],
    withBytes: ([receipt = row.receipt]) => ({ ...row, receipt }),
    replace: (it, by) => {
      if (disk.receipts.get(key) === it) disk.platter.put(disk.receipts, key, by)
    },
  }
}

function unitOf(disk: ExchangeDisk, random: Random): Target<OutboxRow["item"]> | undefined {
  const rows = [...disk.outbox.values()]
  if (rows.length === 0) return undefined
  const row = random.pick(rows).item
  return {
    kind: "outbox unit",
    key: row.id,
    row,
    bytes: [row.unit],
    withBytes: ([unit = row.unit]) => ({ ...row, unit }),
    replace: (it, by) => disk.outboxTable.replace(it, by),
  }
}

type LinkRow = ExchangeDisk["links"] extends Map<unknown, infer Row> ? Row : never

function linkOf(disk: ExchangeDisk, random: Random): Target<LinkRow> | undefined {
  const links = [...disk.links]
  if (links.length === 0) return undefined
  const [peer, row] = random.pick(links)
  return {
    kind: "link",
    key: peer,
    row,
    bytes: [bytesOf(JSON.stringify(row))],
    // Kept as a value and not as bytes: whoever reads it never comes so far as to read the value.
    withBytes: () => ({ ...row }),
    replace: (it, by) => {
      if (disk.links.get(peer) === it) disk.platter.put(disk.links, peer, by)
    },
  }
}

/** One bit somewhere; nothing happens where there is nothing of the kind. */
export function turnBit({ see }: World, own: Organisation, random: Random): void {
  const { exchangeDisk: exchange, gatewayDisk: gateway } = own
  const turn = <Row extends object>(target: Target<Row> | undefined, damage = exchange.damage) => {
    if (target === undefined || damage.isIn(target.row)) return
    damage.strike(target, random)
    see(`bit of a stored ${target.kind} turned over`)
  }
  random
    .weighted([
      { weight: 8, of: () => turn(messageOf(exchange, random)) },
      { weight: 6, of: () => turn(gateway.target(random), gateway.damage) },
      { weight: 2, of: () => turn(receiptOf(exchange, random)) },
      { weight: 3, of: () => turn(unitOf(exchange, random)) },
      { weight: 1, of: () => turn(linkOf(exchange, random)) },
    ])
    .of()
}
