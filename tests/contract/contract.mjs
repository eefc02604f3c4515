// node contract.mjs BATON FOLDER: every operation of docs/openapi.yaml is called by an admin, by a key of scope intake and by nobody,
// rightly and wrongly; the status must be described and the body must be as its schema says.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { free_port, until } from './checks.mjs';

const [baton, folder] = process.argv.slice(2);

// What a right call sends, by operation; a path's {key} and a body. An operation that is not here fails the test.
const person = { key: 'anna@acme.example' };
const right = {
  post_facts: { body: { facts: [{ type: 'Page Viewed', email: 'zoe@new.example', properties: { path: '/' } }, { type: 'accept', email: 'zoe@new.example' }] } },
  get_drops: {}, get_leads: { query: 'limit=1&count=true&filter=' + encodeURIComponent('lead.open && person.employees >= 200') }, get_lead: person, get_why: person, get_funnel: { query: 'by=industry' },
  get_lookup: { query: 'q=anna' }, get_people: { query: 'limit=1' }, get_person: person, get_touches: { key: 'zoe@new.example' }, get_accounts: { query: 'prefix=acme&limit=1' }, get_account: { key: 'acme.example' },
  get_views: {}, get_view: { key: 'unassigned' }, post_view: { body: { name: 'large', label: 'Large ones', filter: 'person.employees >= 200', sort: 'score', shared: true } },
  put_view: { key: 'large', body: { filter: 'person.employees >= 500', shared: true } }, delete_view: { key: 'large' },
  get_consent: person, post_consent: { ...person, body: { purpose: 'marketing_email', given: true, text_version: '2026-03', text: 'Send me news' } },
  get_personal_data: person, erase_person: { key: 'zoe@new.example' }, get_tracking: {}, put_tracking: { body: { mode: 'full' } },
  get_merge: { query: 'into=anna@acme.example&from=ben@acme.example' },
  post_merge: { body: { into: 'anna@acme.example', from: 'ben@acme.example', keep: { name: 'survivor' } } }, delete_merge: { key: 'ben@acme.example' },
  get_suppression: { query: 'limit=1' }, get_register: { key: 'do_not_call' },
  post_register: { key: 'do_not_call', body: { entries: ['carol@acme.example', '@rival.example'], reason: 'asked' } },
  delete_register: { key: 'do_not_call', query: 'entry=carol@acme.example' },
  crm_list_contacts: { query: 'limit=1' }, crm_create_contact: { body: { properties: { email: 'eva@acme.example', firstname: 'Eva' } } },
  crm_search_contacts: { body: { filterGroups: [{ filters: [{ propertyName: 'employees', operator: 'GTE', value: '200' }] }], limit: 5 } },
  crm_get_contact: { key: 'anna@acme.example', query: 'idProperty=email' },
  crm_update_contact: { key: 'anna@acme.example', query: 'idProperty=email', body: { properties: { jobtitle: 'CSO' } } },
  crm_batch_read: { body: { inputs: [{ id: 'anna@acme.example' }], idProperty: 'email' } },
  crm_batch_create: { body: { inputs: [{ properties: { email: 'fay@acme.example' } }] } },
  crm_batch_update: { body: { inputs: [{ id: 'fay@acme.example', idProperty: 'email', properties: { firstname: 'Fay' } }] } },
  crm_batch_upsert: { body: { inputs: [{ id: 'gil@acme.example', idProperty: 'email', properties: { firstname: 'Gil' } }] } },
  crm_get_properties: {}, crm_get_property: { key: 'employees' }, crm_get_pipelines: {}, crm_get_pipeline: { key: 'handoff-loop' },
  crm_get_stages: { key: 'handoff-loop' }, crm_list_owners: {}, crm_get_owners: {}, crm_get_owner: { key: 'ada' },
  post_tracking: { key: 'track', body: { userId: 'u', event: 'Signed Up' } },
  post_tracking_page: { key: 'page', body: { anonymousId: 'v' } },
  post_tracking_server: { key: 'track', body: { userId: 'u' } },
  get_tracking_settings: { key: 'any' },
  get_playbook: {}, get_moves: {}, get_users: {}, get_session: {}, get_sessions: {},
  post_session: { body: { who: 'ada', password: 'as given' } },
  delete_session: {}, delete_one_session: { key: 'none' },
  get_members: {}, post_member: { body: { id: 'carl', roles: ['sales_rep'] } }, patch_member: { key: 'carl', body: { name: 'Carl' } },
  put_password: { key: 'carl', body: { password: 'several good words' } },
  get_keys: {}, post_key: { body: { owner: 'crm', scope: 'read' } }, delete_key: { key: 'none' }, get_audit: { query: 'limit=3' },
  get_duplicates: { query: 'limit=3' },
  get_sources: {}, get_source: { key: 'web' }, delete_source: { key: 'none' },
  post_source: { body: { name: 'web', kind: 'form', definition: 'event: Demo Requested\nfields: {email: email}\n' } },
  post_import: { query: 'file=list.csv', type: 'text/csv', body: 'Record ID,First Name,Last Name,Email,Lifecycle Stage\n1,Ann,Berg,ann@new.example,lead\n' },
  get_imports: { query: 'limit=1' }, get_import: {}, get_import_errors: {}, start_import: { body: { mode: 'both', dry_run: true } },
  cancel_import: {}, undo_import: {}, delete_import: {},
  get_form_token: { key: 'demo' }, post_form: { key: 'demo', body: { email: 'fay@new.example' } },
  post_hubspot_form: { key: 'f-1', body: { fields: [{ name: 'email', value: 'fay@new.example' }] } },
  post_web_to_lead: { body: { oid: '00D1', email: 'fay@new.example' } },
  get_hook: { key: 'meta', query: 'hub.mode=subscribe&hub.verify_token=v&hub.challenge=7' },
  post_hook: { key: 'ads', body: { lead_id: 'L', google_key: 'k', user_column_data: [{ column_id: 'EMAIL', string_value: 'fay@new.example' }] } },
  get_live: {}, get_ready: {}, get_metrics: {}, get_openapi: {}, get_page: {}, get_leads_page: {}, get_lead_page: person, get_asset: { key: 'page.css' },
};
// Called last, as they end what the others look at: a person, and the session that calls.
const last = ['erase_person', 'delete_session'];

const store = path.join(folder, 'contract.db');
for (const ending of ['', '-wal', '-shm', '.heads', '.lock']) rmSync(store + ending, { force: true });
function command(...words) {
  const made = spawnSync(baton, [...words, '--store', store], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  return made.stdout.trim().split('\n').at(-1);
}
const password = command('user', 'add', 'ada', '--role', 'admin');
const intake = command('key', 'create', '--scope', 'intake', '--owner', 'site');
for (const [name, definition] of Object.entries({
  demo: 'kind: form\nevent: Demo Requested\nfields: {email: email}\n',
  hub: 'kind: hubspot-form\nform: f-1\nevent: Demo Requested\n',
  sf: 'kind: web-to-lead\nform: 00D1\nevent: Demo Requested\n' })) {
  writeFileSync(path.join(folder, name + '.yaml'), definition);
  command('source', 'add', name, '--file', path.join(folder, name + '.yaml'));
}
writeFileSync(path.join(folder, 'ads.yaml'), 'kind: google\nevent: Demo Requested\n');
command('source', 'add', 'ads', '--file', path.join(folder, 'ads.yaml'), '--secret', 'k');
writeFileSync(path.join(folder, 'meta.yaml'), 'kind: meta\nevent: Demo Requested\n');
command('source', 'add', 'meta', '--file', path.join(folder, 'meta.yaml'), '--secret', 'k', '--access-token', 't', '--verify-token', 'v');
const port = await free_port();
const base = 'http://127.0.0.1:' + port;
const server = spawn(baton, ['serve', '--store', store, '--listen', '127.0.0.1:' + port, '--playbook', 'handoff-loop'], { stdio: ['ignore', 'inherit', 'inherit'] });
await until('a ready server', async () => (await fetch(base + '/readyz')).ok);

let calls = 0;
const wrong = [];
try {
  const contract = await (await fetch(base + '/openapi.json')).json();
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats(ajv);
  ajv.addSchema(contract, 'contract');
  const pointer = (...parts) => 'contract#/' + parts.map((p) => encodeURIComponent(p.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');

  const sign_in = await fetch(base + '/api/v1/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ who: 'ada', password }) });
  const cookie = sign_in.headers.get('set-cookie').split(';')[0];
  const callers = { nobody: {}, 'an intake key': { authorization: 'Bearer ' + intake }, 'an admin': { cookie } };
  const seeded = await fetch(base + '/api/v1/facts', {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify({ facts: [
      { type: 'profile', email: 'anna@acme.example', account: 'acme.example', properties: { name: 'Anna Berg', title: 'VP Sales', employees: 900, industry: 'software' } },
      { type: 'Demo Requested', email: 'anna@acme.example' },
      { type: 'profile', email: 'ben@acme.example', properties: { name: 'Ben Berg' } }] }),
  });
  assert.equal((await seeded.json()).accepted, 3);
  // A file to be started, looked at, and one that was taken in, with its errors.
  const send_file = async (row) => (await (await fetch(base + '/api/v1/imports?file=list.csv', { method: 'POST', headers: { 'content-type': 'text/csv', cookie },
    body: 'Record ID,First Name,Last Name,Email,Lifecycle Stage\n' + row })).json()).upload.id;
  const taken = await send_file('8,Bea,Berg,no address,lead\n');
  await fetch(base + '/api/v1/imports/' + taken + '/start', { method: 'POST', headers: { cookie } });
  await until('an import', async () => (await (await fetch(base + '/api/v1/imports/' + taken, { headers: { cookie } })).json()).upload.state === 'done');
  for (const id of ['get_import', 'get_import_errors', 'undo_import']) right[id].key = taken;
  for (const id of ['start_import', 'cancel_import', 'delete_import']) right[id].key = await send_file('9,Cleo,Berg,cleo@new.example,lead\n');

  async function hold(name, method, route, operation, caller, call) {
    let target = route.replace('{key}', encodeURIComponent(call.key ?? 'none')).replace('{portal}', '1');
    if (call.query) target += '?' + call.query;
    const headers = { ...callers[caller] };
    if (call.body !== undefined) headers['content-type'] = call.type ?? 'application/json';
    const body = call.body === undefined ? undefined : typeof call.body === 'string' ? call.body : JSON.stringify(call.body);
    const response = await fetch(base + target, { method, headers, body });
    const text = await response.text();
    const said = `${name} ${method} ${target} by ${caller}: ${response.status}`;
    calls += 1;
    let described = operation.responses[String(response.status)];
    if (!described) return wrong.push(`${said} is not described: ${text.slice(0, 200)}`);
    if (text.includes('"no_such_route"') && call.key !== 'none') return wrong.push(`${said}: is described and not there`);
    let place = ['paths', route, method.toLowerCase(), 'responses', String(response.status)];
    if (described.$ref) {
      place = described.$ref.slice(2).split('/');
      described = place.reduce((node, part) => node[part], contract);
    }
    const type = (response.headers.get('content-type') ?? '').split(';')[0];
    if (!described.content) return text === '' || wrong.push(`${said} has a body`);
    if (!described.content?.[type]) return wrong.push(`${said}: ${type} is not described`);
    if (!described.content[type].schema || !type.endsWith('json')) return;
    const validate = ajv.getSchema(pointer(...place, 'content', type, 'schema'));
    if (!validate(JSON.parse(text))) wrong.push(`${said}: ${ajv.errorsText(validate.errors)} in ${text.slice(0, 300)}`);
  }

  const operations = Object.entries(contract.paths).flatMap(([route, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ route, method: method.toUpperCase(), operation, id: operation.operationId })));
  assert.deepEqual(operations.map((o) => o.id).filter((id) => !right[id]), [], 'operations without a right call');
  assert.deepEqual(Object.keys(right).filter((id) => !operations.some((o) => o.id === id)), [], 'right calls of no operation');
  operations.sort((a, b) => last.includes(a.id) - last.includes(b.id));
  for (const { route, method, operation, id } of operations) {
    for (const caller of Object.keys(callers)) {
      const call = { ...right[id] };
      if (id === 'post_session') call.body = { who: 'ada', password: caller === 'nobody' ? 'not the password' : password };
      await hold(id, method, route, operation, caller, call);
    }
    if (operation.requestBody) for (const body of ['{', '[]', '{"x":1}', ''])
      await hold(id + ' wrongly', method, route, operation, 'an admin', { ...right[id], body });
    if (operation.requestBody) await hold(id + ' as text', method, route, operation, 'an admin', { ...right[id], type: 'text/plain' });
    if (route.includes('{key}')) await hold(id + ' of nobody', method, route, operation, 'an admin', { ...right[id], key: 'none' });
    for (const parameter of operation.parameters ?? []) {
      if (parameter.in !== 'query' || parameter.schema.type === 'string') continue;
      await hold(id + ' with a wrong ' + parameter.name, method, route, operation, 'an admin', { ...right[id], query: parameter.name + '=wrong' });
    }
  }
} finally {
  server.kill('SIGTERM');
}
for (const line of wrong) console.log('FAIL  ' + line);
console.log(`${calls} calls, ${wrong.length} not as described`);
process.exit(wrong.length === 0 && calls > 0 ? 0 : 1);
