// Random programs within the grammar both sides know, with values both represent exactly; every answer must agree.
//   node compare.mjs DRIVER [PROGRAMS] [SEED]
import {spawnSync} from 'node:child_process'
import {Environment} from '@marcbachmann/cel-js'

const [driver, programs = '20000', seed = '1'] = process.argv.slice(2)

// mulberry32: small, seeded, good enough to choose branches.
let state = Number(seed) >>> 0
const random = () => {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const below = (n) => Math.floor(random() * n)
const pick = (...choices) => choices[below(choices.length)]

// ---- variables: fractions are quarters, so that sums and one product stay exact in both -------------------------

const integers = [0n, 1n, -1n, 2n, 3n, 7n, 150n, -40n, 9223372036854775807n, 4611686018427387904n]
const texts = ['', 'a', 'b', 'VP Sales', 'ä€', '😀x', '12', '-3', 'a"b\\c', 'ABC abc', 'line\nbreak']
const quarters = () => (below(4001) - 2000) / 4
const moments = () => new Date(Date.UTC(2020 + below(8), below(12), 1 + below(28), below(24), below(60), below(60)))

function person() {
  const made = {}
  const maybe = (name, make) => { if (random() < 0.8) made[name] = make() }
  for (const n of ['0', '1', '2']) {
    maybe('i' + n, () => pick(...integers))
    maybe('d' + n, quarters)
    maybe('s' + n, () => pick(...texts))
    maybe('b' + n, () => random() < 0.5)
    maybe('t' + n, moments)
    maybe('l' + n, () => Array.from({length: below(4)}, () => pick('a', 'b', 'x', '12')))
  }
  // A blank text is "not answered" with us: it is absent on both sides.
  for (const name of ['s0', 's1', 's2']) if (made[name] === '') delete made[name]
  return made
}

// ---- programs ---------------------------------------------------------------------------------------------------

const read = (letter) => `person.${letter}${below(3)}`
const quote = (text) => JSON.stringify(text)
const local = (locals, kind) => locals.filter((l) => l.kind === kind).map((l) => l.name)

function integer(depth, locals) {
  const names = local(locals, 'int')
  if (depth <= 0) return names.length && random() < 0.5 ? pick(...names) : pick(read('i'), read('i'), String(pick(0, 1, 2, 3, 7, 150, -1, -40)), '0x1F')
  const next = depth - 1
  switch (below(9)) {
    case 0: return `(${integer(next, locals)} ${pick('+', '-')} ${integer(next, locals)})`
    case 1: return `${integer(0, locals)} * ${integer(0, locals)}`
    case 2: return `(${integer(next, locals)}) ${pick('/', '%')} ${integer(0, locals)}`
    case 3: return `size(${text(next, locals)})`
    case 4: return `${list(next, locals)}.size()`
    case 5: return `(${condition(next, locals)} ? ${integer(next, locals)} : ${integer(next, locals)})`
    case 6: return `int(${pick(text(0, locals), double(0), quote(String(below(100))))})`
    case 7: return `-${integer(0, [])}`
    default: return `[${integer(next, locals)}, ${integer(next, locals)}][${pick('0', '1', '2', integer(0, locals))}]`
  }
}

function double(depth) {
  if (depth <= 0) return pick(read('d'), read('d'), '0.5', '2.25', '-7.75', '1e2', '0.25', '3.0')
  switch (below(5)) {
    case 0: return `(${double(depth - 1)} ${pick('+', '-')} ${double(depth - 1)})`
    case 1: return `${double(0)} * ${double(0)}`
    case 2: return `${read('d')} / ${pick('2.0', '4.0', '-0.5')}`
    case 3: return `double(${pick(String(below(50)), quote('2.5'))})`
    default: return `-${double(0)}`
  }
}

function text(depth, locals) {
  const names = local(locals, 'string')
  if (depth <= 0) return names.length && random() < 0.6 ? pick(...names) : pick(read('s'), read('s'), quote(pick(...texts)), "'it\\'s'", 'r"\\d"', '"\\u00e4\\x41\\101"')
  const next = depth - 1
  switch (below(6)) {
    case 0: return `(${text(next, locals)} + ${text(next, locals)})`
    case 1: return `${text(0, locals)}.lowerAscii()`
    case 2: return `string(${pick(integer(next, locals), double(0), condition(0, locals))})`
    case 3: return `${read('l')}[${below(4)}]`
    case 4: return `(${condition(next, locals)} ? ${text(next, locals)} : ${text(next, locals)})`
    default: return text(0, locals)
  }
}

const moment = () => pick(read('t'), read('t'), 'timestamp("2026-01-31T00:00:00Z")', 'timestamp("2024-02-29T12:30:00.5+02:00")')
const span = () => pick('duration("1h")', 'duration("36h")', 'duration("90s")', 'duration("1.5h")', `(${moment()} - ${moment()})`)

/// A list of texts.
function list(depth, locals) {
  if (depth <= 0) return pick(read('l'), read('l'), '["a", "b"]', '["x"]')
  const next = depth - 1
  const x = `v${locals.length}`
  const inner = [...locals, {name: x, kind: 'string'}]
  switch (below(4)) {
    case 0: return `[${text(next, locals)}, ${text(next, locals)}]`
    case 1: return `${list(next, locals)}.filter(${x}, ${condition(next, inner)})`
    case 2: return `${list(next, locals)}.map(${x}, ${text(next, inner)})`
    default: return `(${list(next, locals)} + ${list(next, locals)})`
  }
}

const order = () => pick('<', '<=', '>', '>=', '==', '!=')

function condition(depth, locals) {
  if (depth <= 0) return pick('true', 'false', read('b'), read('b'), `has(${read(pick('i', 'd', 's', 'b', 't', 'l'))})`)
  const next = depth - 1
  const x = `v${locals.length}`
  const texts_of = [...locals, {name: x, kind: 'string'}]
  const integers_of = [...locals, {name: x, kind: 'int'}]
  const macro = () => pick('exists', 'all', 'exists_one')
  switch (below(15)) {
    case 0:
    case 1: return `(${condition(next, locals)} && ${condition(next, locals)})`
    case 2:
    case 3: return `${condition(next, locals)} || ${condition(next, locals)}`
    case 4: return `!(${condition(next, locals)})`
    case 5: return `(${condition(next, locals)} ? ${condition(next, locals)} : ${condition(next, locals)})`
    case 6: return `${integer(next, locals)} ${order()} ${integer(next, locals)}`
    case 7: return `${double(next)} ${order()} ${double(next)}`
    case 8: return `${text(next, locals)} ${order()} ${text(next, locals)}`
    case 9: return `${moment()} ${pick('', '', '+ ' + span(), '- ' + span())} ${order()} ${moment()}`
    case 10: return `${span()} ${order()} ${span()}`
    case 11: return `${text(next, locals)} in ${list(next, locals)}`
    case 12: return `${text(next, locals)}.${pick('contains', 'startsWith', 'endsWith')}(${text(next, locals)})`
    case 13: return `${text(next, locals)}.matches(${pick('"^a"', 'r"\\d+$"', '"[A-Z]{2}"', '"b|x"', '""')})`
    default: return random() < 0.5
      ? `${list(next, locals)}.${macro()}(${x}, ${condition(next, texts_of)})`
      : `[${integer(next, locals)}, ${integer(next, locals)}, ${integer(0, locals)}].${macro()}(${x}, ${condition(next, integers_of)})`
  }
}

function program() {
  const depth = below(5)
  switch (below(8)) {
    case 0: return integer(depth, [])
    case 1: return double(depth)
    case 2: return text(depth, [])
    case 3: return list(depth, [])
    case 4: return pick(`${moment()} + ${span()}`, span(), moment(), `${span()} - ${span()}`)
    default: return condition(depth, [])
  }
}

// ---- both answers, in one spelling ------------------------------------------------------------------------------

const environment = new Environment({homogeneousAggregateLiterals: false}).registerVariable('person', 'map')

const quoted = (s) => '"' + s.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n') + '"'
/// A double as our decimals print it; nothing when six places do not hold it exactly.
function decimal(number) {
  if (!Number.isFinite(number) || !Number.isInteger(number * 1e6) || Math.abs(number) > 1e9) throw new Inexact()
  return 'double ' + (number === 0 ? '0' : String(Number(number.toFixed(6))))
}
class Inexact extends Error {}

function canonical(value) {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return decimal(value)
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'boolean') return String(value)
  if (value === null) return 'null'
  if (value instanceof Date) return 'timestamp ' + BigInt(value.getTime()) * 1000n
  if (Array.isArray(value)) return '[' + value.map(canonical).join(', ') + ']'
  return 'duration ' + (value.seconds * 1000000n + BigInt(value.nanos) / 1000n)
}

/// {value} | {error} | {rejected}: what it refuses by type is outside the common ground.
function theirs(expression, context) {
  try {
    return {value: canonical(environment.evaluate(expression, {person: context}))}
  } catch (error) {
    if (error instanceof Inexact) return {rejected: 'inexact'}
    const message = error.message.split('\n')[0]
    return /no such overload|must (have|return|be)|found no matching|Logical operator/.test(message) ? {rejected: message} : {error: message}
  }
}

const json = (context) => JSON.stringify(context, (_, v) => (typeof v === 'bigint' ? JSON.rawJSON?.(String(v)) ?? `#${v}#` : v)).replace(/"#(-?\d+)#"/g, '$1')
/// Fractions go as text: our side reads decimals, not doubles.
const portable = (context) => json(Object.fromEntries(Object.entries(context).map(([k, v]) => [k, typeof v === 'number' ? String(v) : v])))

const cases = Array.from({length: Number(programs)}, () => ({expression: program(), context: person()}))
const input = cases.map((c) => `{"expression":${JSON.stringify(c.expression)},"person":${portable(c.context)}}`).join('\n') + '\n'
const run = spawnSync(driver, [], {input, maxBuffer: 1 << 30, encoding: 'utf8'})
if (run.status !== 0) {
  console.error(`the driver ended with ${run.status ?? run.signal}: ${run.stderr}`)
  process.exit(1)
}
const answers = run.stdout.split('\n')

const known = [
  // cel-js lets -(-2^63) and -2^63 / -1 grow beyond 64 bits; cel-spec and we call it overflow.
  (ours, its) => ours === 'unknown overflow' && its.value !== undefined && /\d{19}/.test(its.value),
  // A constant that can never be computed is refused at load with us, even where && or || would absorb it.
  (ours) => /^problem .*(divides by zero|cannot be computed)/.test(ours),
]
let agreed = 0, values = 0, rejected = 0, expected = 0
const wrong = []
cases.forEach((c, i) => {
  const ours = answers[i]
  const its = theirs(c.expression, c.context)
  if (its.rejected) rejected++
  else if (its.error ? ours.startsWith('unknown') || ours.startsWith('problem') : ours === its.value) {
    agreed++
    if (its.value !== undefined) values++
  }
  else if (known.some((difference) => difference(ours, its))) expected++
  else wrong.push({...c, ours, its})
})

console.log(`cel-js oracle, seed ${seed}: ${agreed} agree (${values} with a value), ${wrong.length} differ, ${expected} known differences, ` +
  `${rejected} outside the common ground, of ${cases.length}`)
wrong.sort((a, b) => a.expression.length - b.expression.length)
for (const w of wrong.slice(0, 10)) {
  console.log(`\n  ${w.expression}\n  with ${portable(w.context)}\n  ours: ${w.ours}\n  cel-js: ${w.its.value ?? 'error: ' + w.its.error}`)
}
// A comparison that hardly compares proves nothing.
const hollow = values < cases.length * 0.4
if (hollow) console.log('too few programs were compared')
process.exit(wrong.length || hollow ? 1 : 0)
