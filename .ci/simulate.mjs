// Compares answers of `kmsguard can --json` with those of iam-simulate: simulate.mjs REQUESTS ANSWERS
//
// Not compared is one thing that AWS's text leaves open and iam-simulate decides: whether a permissions boundary that
// does not allow caps what a key policy allows to everyone, for a session of a role. kmsguard cannot tell there.
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { readFileSync } from 'node:fs'

const lines = (path) => readFileSync(path, 'utf8').trim().split('\n').map((line) => JSON.parse(line))
const named = (policies) => policies.map((policy, at) => ({ name: `p${at}`, policy }))

async function simulated(asked) {
  const found = await runSimulation({
    request: {
      principal: asked.principal,
      action: asked.action,
      resource: { resource: asked.key_arn, accountId: asked.key_account },
      contextVariables: asked.context,
    },
    identityPolicies: named(asked.identity_policies),
    permissionBoundaryPolicies: asked.permissions_boundary.length ? named(asked.permissions_boundary) : undefined,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: asked.key_policy,
  }, {})
  return found.resultType === 'error' ? JSON.stringify(found.errors) : found.overallResult
}

const [requests, answers] = process.argv.slice(2, 4).map(lines)
const counts = {}
let differing = 0
const openToBoundary = (asked) => asked.permissions_boundary.length > 0 && asked.principal.includes(':assumed-role/')
for (const [at, asked] of requests.entries()) {
  const [ours, theirs] = [answers[at].result, await simulated(asked)]
  counts[ours] = (counts[ours] ?? 0) + 1
  const open = ours === 'Undecided' && theirs === 'Allowed' && openToBoundary(asked)
  if (answers[at].id !== asked.id || (ours !== theirs && !open)) {
    differing += 1
    if (differing <= 10) console.log(`kmsguard: ${ours}, iam-simulate: ${theirs}\n${JSON.stringify(asked)}`)
  }
}
console.log(`${requests.length} requests, ${differing} judged otherwise; kmsguard: ${JSON.stringify(counts)}`)
process.exit(differing > 0 || requests.length < 2000 ? 1 : 0)
