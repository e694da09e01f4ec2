import { mkdtempSync } from "node:fs"
import { initNode, launch } from "@tearline/cli"
import { benchWarning } from "./warning.ts"
import { watch } from "./watch.ts"
const root = mkdtempSync("/tmp/bprof-")
const nodes = []
for (const name of ["alder", "birch"]) {
  await initNode({ dir: `${root}/${name}`, name, listen: { host: "127.0.0.1", port: 0 } })
  nodes.push(await launch({ dir: `${root}/${name}`, extraEnv: { NODE_OPTIONS: "--cpu-prof --cpu-prof-dir=/tmp/prof" }, onEvent: (e) => { if (e.kind === "exited") console.log(JSON.stringify(e)) } }))
}
const [a, b] = nodes as any
const c = { officer: "x", method: "in-person" }
await a.desk.addPeer({ ...(await b.desk.invite()), ...c })
await b.desk.addPeer({ ...(await a.desk.invite()), ...c })
const wa = await watch(a.desk), wb = await watch(b.desk)
let n = 0
const t0 = performance.now()
async function loop() {
  const made = await a.desk.warn({ addressees: [{ org: b.org }], precedence: "IMMEDIATE", status: "test", content: benchWarning(String(n++)), officer: "bench" })
  const t = made.threads[0]!.thread
  await wb.until(t, (d) => d.messages.some((m: any) => m.kind === "warning"))
  await b.desk.act(t, { kind: "receipt", content: { step: "read", role: "duty-officer" }, officer: "bench" })
  await wa.until(t, (d) => d.messages.some((m: any) => m.content.step === "read"))
}
const N = 400
await Promise.all(Array.from({ length: 16 }, async () => { while (n < N) await loop() }))
console.log("per s", N / ((performance.now() - t0) / 1000))
wa.stop(); wb.stop()
for (const it of nodes) await it.stop()
