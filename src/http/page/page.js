// The page until the web app comes: what the server says, shown. Nothing is computed here.
'use strict';

const main = document.getElementById('main');
const status_line = document.getElementById('status');

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

async function ask(path) {
  const response = await fetch(path, { headers: { accept: 'application/json' } });
  if (response.status === 401) throw new NotSignedIn();
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail || body.title);
  return body;
}

class NotSignedIn extends Error {}

const when = (text) => (text ? text.replace('T', ' ').replace(/(:\d\d)(\.\d+)?Z$/, '$1') : '');
const time = (text) => element('time', { datetime: text || '' }, when(text));
const lead_link = (id, text) => element('a', { href: '/leads/' + encodeURIComponent(id) }, text || 'person ' + id);

// ---- the process -----------------------------------------------------------------------------------------------

function funnel_table(funnel) {
  const head = element('tr', {}, element('th', { scope: 'col' }, 'Stage'),
    ...['Inside', 'Entered', 'Leads', 'Left'].map((text) => element('th', { scope: 'col', class: 'number' }, text)));
  const inside = (stage) => element('a', { href: leads_address([], 'stage', stage.id), 'aria-label': stage.inside.toLocaleString('en') + ' inside ' + (stage.name || stage.id) },
    stage.inside.toLocaleString('en'));
  const rows = funnel.stages.map((stage) => element('tr', {}, element('th', { scope: 'row' }, stage.name || stage.id),
    element('td', { class: 'number' }, stage.inside ? inside(stage) : '0'),
    ...[stage.entered, stage.leads, stage.left].map((n) => element('td', { class: 'number' }, n.toLocaleString('en')))));
  return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Counts by stage' },
    element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows)));
}

function moves_list(moves) {
  if (moves.length === 0) return element('p', { class: 'quiet' }, 'Nobody has moved yet.');
  return element('ol', { class: 'moves' }, ...moves.map((item) => element('li', {}, time(item.move.at),
    element('div', {}, lead_link(item.person, item.name || item.email), ' ', item.move.text))));
}

/// New content; what had the focus in the old one has it in the new one, if it is still there.
function renew(section, ...children) {
  const focused = section.contains(document.activeElement) ? document.activeElement : null;
  section.replaceChildren(...children);
  if (!focused) return;
  const same = (node) => (focused.href ? node.href === focused.href : node.className === focused.className);
  [...section.querySelectorAll('a, [tabindex]')].find(same)?.focus({ preventScroll: true });
}

let drawing = null;

/// What was looked up stands there instead of the process, until the page is opened anew.
let looked_up = false;

async function show_process() {
  const [funnel, moves, playbook] = await Promise.all([ask('/api/v1/funnel'), ask('/api/v1/moves?limit=25'), ask('/api/v1/playbook')]);
  if (looked_up) return;  // somebody asked for something else meanwhile
  document.title = playbook.name + ' · Baton';
  document.getElementById('playbook').textContent =
    playbook.name + ', version ' + playbook.version + (playbook.signed ? '' : ' · unsigned');
  if (drawing === null) {
    drawing = element('img', { alt: 'The process as a flowchart; the same counts stand in the table below.' });
    main.replaceChildren(
      element('h2', {}, 'The process now'), element('div', { class: 'drawing', tabindex: '0', role: 'region', 'aria-label': 'Flowchart of the process' }, drawing),
      element('div', { class: 'columns' },
        element('section', { id: 'counts', 'aria-label': 'Counts' }), element('section', { id: 'moves', 'aria-label': 'Latest moves' })));
  }
  drawing.src = '/api/v1/playbook?format=svg&counts=true&t=' + Date.now();
  renew(document.getElementById('counts'), element('h2', {}, 'Counts'), funnel_table(funnel));
  renew(document.getElementById('moves'), element('h2', {}, 'Latest moves'), moves_list(moves.moves));
}

// ---- one lead --------------------------------------------------------------------------------------------------

/// A tenth is enough for people; the API has all places.
const rounded = (number) => String(Math.round(Number(number) * 10) / 10);

function came_from(touches) {
  const told = (touch) => touch && touch.text + ', ' + when(touch.at);
  const known = touches.leads.map((lead) => lead.known || lead.touch);
  return [['First touch', told(touches.first)],
    ...known.map((touch, i) => ['Became a lead' + (i ? ' again' : '') + ' by', told(touch)]),
    ['Last touch', touches.touches.length > 1 ? told(touches.last) : null]];
}

function facts_of(lead, consents, why, touches) {
  const rows = [['Stage', lead.stage_name + ' since ' + when(lead.stage_entered_at)], ['Furthest', lead.furthest_name], ['Cycle', lead.cycle],
    ['Held by', lead.holder ? lead.holder.kind + ' ' + lead.holder.name + (lead.holder.responsible ? ' (responsible: ' + lead.holder.responsible + ')' : '') : 'nobody'],
    ['Hand-off', lead.hand_off ? 'number ' + lead.hand_off.number + ', ' + lead.hand_off.state.replaceAll('_', ' ') : 'none yet'],
    ...came_from(touches),
    ['Account', lead.account], ['Known by', lead.keys.map((k) => k.key).join(', ')],
    ...why.scores.map((s) => [s.name + ' score', rounded(s.value)]),
    ...why.classes.map((c) => [c.name + ' class', c.label || 'none']),
    ...consents.map((c) => ['Consent: ' + c.label, c.state + ' since ' + when(c.since) + (c.unverified ? ' (said in a browser)' : '')]),
    ...(lead.attributes || []).filter((a) => !a.id.startsWith('consent_')).map((a) => [a.label || a.id, Array.isArray(a.value) ? a.value.join(', ') : String(a.value)])];
  return element('dl', {}, ...rows.filter(([, value]) => value !== '' && value !== null && value !== undefined).flatMap(([name, value]) =>
    [element('dt', {}, name), element('dd', {}, String(value))]));
}

function clause_line(clause) {
  const good = (clause.truth === 'yes') !== (clause.list === 'none');
  const mark = element('span', { class: good ? 'yes' : 'no' }, good ? '✓ ' : '✗ ');
  const name = (clause.list === 'none' ? 'not ' : '') + clause.name;
  return element('li', {}, mark, name, element('span', { class: 'quiet' }, ' — ' + clause.because + (clause.truth === 'unknown' ? ' (unknown)' : '')));
}

function arrow_part(arrow) {
  const parts = [element('h3', {}, (arrow.label ? arrow.label + ' → ' : 'To ') + arrow.to_name + (arrow.holds ? '' : ': not yet'))];
  if (arrow.waits_for) parts.push(element('p', {}, 'Waits for ' + arrow.waits_for + '.'));
  if (arrow.smallest_change.length) parts.push(element('p', {}, 'It would be enough: ' + arrow.smallest_change.join('; ') + '.'));
  if (arrow.clauses.length) parts.push(element('ul', { class: 'clauses' }, ...arrow.clauses.map(clause_line)));
  return element('div', {}, ...parts);
}

function passed_part(why) {
  if (!why.passed.length) return [];
  return [element('h3', {}, 'By time alone since the last fact'),
    element('ul', {}, ...why.passed.map((p) => element('li', {}, time(p.at), ' ' + p.text)))];
}

function timeline_list(timeline) {
  return element('ol', { class: 'timeline' }, ...[...timeline].reverse().map((entry) => element('li', { class: entry.kind === 'fact' ? 'fact' : 'history' },
    time(entry.at), element('div', {}, entry.text, entry.touch ? element('span', { class: 'touch' }, ' · came ' + (entry.touch === 'direct' ? 'directly' : 'from ' + entry.touch)) : null))));
}

async function show_lead(key) {
  const path = '/api/v1/leads/' + encodeURIComponent(key);
  const [{ lead, consents, timeline }, why, touches] =
    await Promise.all([ask(path), ask(path + '/why'), ask('/api/v1/people/' + encodeURIComponent(key) + '/touches')]);
  document.title = (lead.name || lead.email || 'Person ' + lead.id) + ' · Baton';
  main.replaceChildren(element('h2', {}, lead.name || lead.email || 'Person ' + lead.id),
    element('div', { class: 'columns' },
      element('section', {}, facts_of(lead, consents, why, touches)),
      element('section', {}, element('h2', {}, 'Why, and why not yet'), ...passed_part(why), ...why.arrows.map(arrow_part),
        ...why.classes.filter((c) => c.better).map((c) => element('p', {}, 'Missing for ' + c.name + ' ' + c.better + ': ' + c.missing.join('; ') + '.')))),
    element('h2', {}, 'Timeline, newest first'), timeline_list(timeline));
}

async function show_found(text) {
  const { leads } = await ask('/api/v1/leads?limit=50&q=' + encodeURIComponent(text));
  main.replaceChildren(element('h2', {}, leads.length ? 'Found for “' + text + '”' : 'Nobody found for “' + text + '”'),
    element('ul', {}, ...leads.map((row) => element('li', {}, lead_link(row.id, row.name || row.email), ' ' + [row.account, row.stage].filter(Boolean).join(' · ')))));
}

// ---- the list of leads, by views -------------------------------------------------------------------------------

const columns = [['Name'], ['Account'], ['Stage'], ['In it since', 'entered'], ['Held by'], ['Classes'], ['Score', 'score'], ['Last change', 'updated']];

/// The address keeps what is asked for, so that it can be sent to somebody.
function leads_address(asked, name, value) {
  const next = new URLSearchParams(asked);
  next.set(name, value);
  if (!value) next.delete(name);
  const query = next.toString();
  return '/leads' + (query && '?' + query);
}

function views_nav(views, asked) {
  const link = (view) => element('a', { href: leads_address([], 'view', view.name),
    ...(asked.get('view') === (view.name || null) && !asked.has('stage') ? { 'aria-current': 'page' } : {}) }, view.label || view.name);
  return element('nav', { 'aria-label': 'Views', class: 'views' }, ...[{ name: '', label: 'Everybody' }, ...views].map(link));
}

function leads_head(asked, sort) {
  return element('tr', {}, ...columns.map(([text, by]) => element('th',
    { scope: 'col', ...(by === 'score' ? { class: 'number' } : {}), ...(by && by === sort ? { 'aria-sort': 'descending' } : {}) },
    by ? element('a', { href: leads_address(asked, 'sort', by) }, text + (by === sort ? ' ↓' : '')) : text)));
}

function lead_row(row, stages) {
  const cell = (content) => element('td', {}, content || '');
  const minute = (text) => element('time', { datetime: text || '' }, when(text).slice(0, 16));
  const classes = row.classes.split(' ').map((one) => one.replaceAll('_', ' ').replace('=', ' ')).join(', ');
  return element('tr', {}, element('th', { scope: 'row' }, lead_link(row.id, row.name || row.email)), cell(row.account),
    cell((stages.get(row.stage) || row.stage) + (row.open || !row.is_lead ? '' : ', closed')), cell(minute(row.stage_entered_at)), cell(row.holder), cell(classes),
    element('td', { class: 'number' }, rounded(row.score)), cell(minute(row.updated_at)));
}

/// A filter looks at people for a fifth of a second a page: where few fit, a page may be empty and not the last.
async function leads_page(asked, cursor) {
  const query = new URLSearchParams(asked);
  query.set('limit', '50');
  if (cursor) query.set('cursor', cursor);
  else query.set('count', 'true');
  return ask('/api/v1/leads?' + query);
}

async function show_leads() {
  const asked = new URLSearchParams([...new URLSearchParams(location.search)].filter(([name, value]) => ['view', 'stage', 'sort', 'q'].includes(name) && value));
  const [{ views }, funnel] = await Promise.all([ask('/api/v1/views'), ask('/api/v1/funnel')]);
  const view = views.find((one) => one.name === asked.get('view'));
  const stages = new Map(funnel.stages.map((stage) => [stage.id, stage.name]));
  const whom = view ? view.label || view.name : asked.has('view') ? 'No such view' : 'Everybody';
  const title = asked.has('stage') ? whom + ' in ' + (stages.get(asked.get('stage')) || asked.get('stage')) : whom;
  document.title = title + ' · Baton';
  const said = element('p', { class: 'quiet', role: 'status' });
  const body = element('tbody');
  const more = element('button', { type: 'button', hidden: '' }, 'Show more');
  main.replaceChildren(views_nav(views, asked), element('h2', {}, title),
    ...(view ? [element('p', { class: 'quiet' }, 'Whoever fits ', element('code', {}, view.filter))] : []), said,
    element('div', { class: 'scroll leads', tabindex: '0', role: 'region', 'aria-label': title },
      element('table', {}, element('thead', {}, leads_head(asked, asked.get('sort') || (view ? view.sort : 'updated'))), body)), more);
  let cursor = null;
  const go_on = async () => {
    const page = await leads_page(asked, cursor);
    cursor = page.next_cursor;
    more.hidden = !cursor;
    if (page.count) said.textContent = page.count.count.toLocaleString('en') + (page.count.capped ? '+' : '') + (page.count.count === 1 ? ' person' : ' people');
    const rows = page.leads.map((row) => lead_row(row, stages));
    body.append(...rows);
    return rows[0];
  };
  more.addEventListener('click', () => run(async () => {
    const first = await go_on();
    first?.querySelector('a').focus();
  }));
  await go_on();
}

// ---- signing in ------------------------------------------------------------------------------------------------

async function sign_in(event) {
  event.preventDefault();
  const fields = event.target.elements;
  const body = JSON.stringify({ who: fields.who.value.trim(), password: fields.password.value });
  const response = await fetch('/api/v1/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (response.ok) return location.reload();
  const problem = await response.json();
  const wrong = document.getElementById('wrong');
  wrong.textContent = problem.detail;
  fields.password.value = '';
  fields.password.focus();
}

function show_sign_in() {
  if (document.getElementById('sign-in')) return;
  document.title = 'Sign in · Baton';
  document.getElementById('find').hidden = document.getElementById('places').hidden = true;
  const who = element('input', { id: 'who', name: 'who', autocomplete: 'username', required: '' });
  const form = element('form', { id: 'sign-in' },
    element('label', { for: 'who' }, 'Name or e-mail'), who,
    element('label', { for: 'password' }, 'Password'),
    element('input', { id: 'password', name: 'password', type: 'password', autocomplete: 'current-password', required: '' }),
    element('p', { id: 'wrong', role: 'alert' }), element('button', {}, 'Sign in'));
  form.addEventListener('submit', sign_in);
  main.replaceChildren(element('h2', {}, 'Sign in'), form);
  who.focus();
}

async function show_who() {
  const { by, member } = await ask('/api/v1/session');
  if (by !== 'session') return;
  const leave = element('button', { type: 'button', id: 'sign-out' }, 'Sign out ' + member);
  leave.addEventListener('click', async () => {
    await fetch('/api/v1/session', { method: 'DELETE' });
    location.reload();
  });
  document.querySelector('header').append(leave);
}

// ---- running ---------------------------------------------------------------------------------------------------

async function run(show) {
  try {
    await show();
    status_line.textContent = '';
  } catch (error) {
    if (error instanceof NotSignedIn) return show_sign_in();
    status_line.textContent = error.message;
  }
}

document.getElementById('find').addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = document.getElementById('key').value.trim();
  if (!text) return;
  const known = await fetch('/api/v1/leads/' + encodeURIComponent(text)).then((r) => r.ok, () => false);
  if (known) location.href = '/leads/' + encodeURIComponent(text);
  else {
    looked_up = true;
    run(() => show_found(text)).then(() => main.focus());
  }
});

run(show_who);
const at = location.pathname.match(/^\/leads\/([^/]+)$/);
if (at) {
  run(() => show_lead(decodeURIComponent(at[1])));
} else if (location.pathname === '/leads') {
  run(show_leads);
} else {
  run(show_process);
  setInterval(() => document.hidden || looked_up || run(show_process), 5000);
}
