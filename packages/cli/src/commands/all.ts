/** Every command, in the order of the help: the node, its peers, the loop from warning to press. */

import type { Command } from "../command.ts"
import { accept } from "./accept.ts"
import { action } from "./action.ts"
import { carry } from "./carry.ts"
import { helpCommand } from "./help.ts"
import { inbox } from "./inbox.ts"
import { init } from "./init.ts"
import { mend } from "./mend.ts"
import { outcome } from "./outcome.ts"
import { peerAdd } from "./peer-add.ts"
import { peerExport } from "./peer-export.ts"
import { peerList } from "./peer-list.ts"
import { publicLineReply } from "./public-line-reply.ts"
import { publicLine } from "./public-line.ts"
import { reach } from "./reach.ts"
import { readBackReply } from "./read-back-reply.ts"
import { readBack } from "./read-back.ts"
import { read } from "./read.ts"
import { reject } from "./reject.ts"
import { restore } from "./restore.ts"
import { show } from "./show.ts"
import { status } from "./status.ts"
import { thanksReply } from "./thanks-reply.ts"
import { thanks } from "./thanks.ts"
import { threads } from "./threads.ts"
import { up } from "./up.ts"
import { warn } from "./warn.ts"
import { windowDecision } from "./window-decision.ts"
import { windowDissent } from "./window-dissent.ts"

export const commands: readonly Command[] = [
  init,
  up,
  restore,
  status,
  carry,
  peerExport,
  peerAdd,
  peerList,
  warn,
  inbox,
  threads,
  show,
  read,
  accept,
  reject,
  mend,
  readBack,
  readBackReply,
  action,
  reach,
  windowDecision,
  windowDissent,
  outcome,
  thanks,
  thanksReply,
  publicLine,
  publicLineReply,
  helpCommand(() => commands),
]
