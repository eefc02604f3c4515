// node clients.mjs BATON FOLDER: Standard Webhooks' own client signs; a server with a source of that kind takes what it signed, once, and
// nothing else. The other providers' signatures are made by the rule of their manuals, with Node's own HMAC.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Webhook } from 'standardwebhooks';
import { check, finish, free_port, until } from './checks.mjs';

const [baton, folder] = process.argv.slice(2);
const store = path.join(folder, 'hooks.db');
for (const ending of ['', '-wal', '-shm', '.heads', '.lock']) rmSync(store + ending, { force: true });
function command(...words) {
  const made = spawnSync(baton, [...words, '--store', store], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  return made.stdout.trim().split('\n').at(-1);
}
function source(name, definition, secret) {
  writeFileSync(path.join(folder, name + '.yaml'), definition);
  writeFileSync(path.join(folder, name + '.secret'), secret + '\n');
  command('source', 'add', name, '--file', path.join(folder, name + '.yaml'), '--secret-file', path.join(folder, name + '.secret'));
}
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
source('crm', `kind: signed
event: Lead Told
signature: standard-webhooks
only: {type: lead.created}
fields: {data.email: email, data.company: [account, company]}
time_field: timestamp
`, secret);
source('typeform', 'kind: typeform\nevent: Quiz Answered\nfields: {mail: email}\n', 'secret');
source('meetings', 'kind: calendly\nevent: Meeting Booked\n', 'secret');
source('ads', 'kind: google\nevent: Lead Form Filled\n', 'a key');
const port = await free_port();
const base = 'http://127.0.0.1:' + port;
const server = spawn(baton, ['serve', '--store', store, '--listen', '127.0.0.1:' + port, '--playbook', 'handoff-loop'], { stdio: ['ignore', 'inherit', 'inherit'] });
await until('a ready server', async () => (await fetch(base + '/readyz')).ok);

const post = async (name, body, headers = {}) => (await fetch(base + '/hooks/' + name, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })).status;
const events = async (key) => {
  const answer = await fetch(base + '/api/v1/leads/' + encodeURIComponent(key));
  return answer.ok ? (await answer.json()).timeline.filter((entry) => entry.kind === 'fact').map((entry) => entry.type) : [];
};
const newest_drop = async () => (await (await fetch(base + '/api/v1/drops')).json()).drops[0];
const hmac = (text, encoding) => createHmac('sha256', 'secret').update(text).digest(encoding);

try {
  const client = new Webhook(secret);
  const told = (email) => JSON.stringify({ type: 'lead.created', timestamp: new Date().toISOString(), data: { email, company: 'Acme' } });
  const signed = (id, body, at = new Date(), by = client) => ({ 'webhook-id': id, 'webhook-timestamp': String(Math.floor(at.getTime() / 1000)), 'webhook-signature': by.sign(id, at, body) });

  await check('a call signed by the client is taken, its repetition once', async () => {
    const body = told('ada@acme.example');
    for (let i = 0; i < 3; i += 1) assert.equal(await post('crm', body, signed('msg_1', body)), 200);
    assert.equal((await events('ada@acme.example')).filter((type) => type === 'Lead Told').length, 1);
    assert.equal(await post('crm', body, signed('msg_2', body)), 200);
    assert.equal((await events('ada@acme.example')).filter((type) => type === 'Lead Told').length, 2);
  });
  await check('of several signatures one is enough', async () => {
    const body = told('bo@acme.example');
    const headers = signed('msg_3', body);
    headers['webhook-signature'] = 'v1,AAAA ' + headers['webhook-signature'];
    assert.equal(await post('crm', body, headers), 200);
    assert.equal((await events('bo@acme.example')).filter((type) => type === 'Lead Told').length, 1);
  });
  await check('what is not signed so is refused, and seen', async () => {
    const body = told('eve@acme.example');
    const other = new Webhook('whsec_' + Buffer.from('another secret of enough bytes').toString('base64'));
    const old = new Date(Date.now() - 10 * 60_000);
    assert.equal(await post('crm', body), 401);
    assert.equal((await newest_drop()).code, 'signature_missing');
    assert.equal(await post('crm', body, signed('msg_4', body, new Date(), other)), 401);
    assert.equal(await post('crm', body + ' ', signed('msg_4', body)), 401);
    assert.equal((await newest_drop()).code, 'signature_wrong');
    assert.equal(await post('crm', body, signed('msg_4', body, old)), 401);
    assert.equal((await newest_drop()).code, 'too_old');
    assert.deepEqual(await events('eve@acme.example'), []);
  });
  await check('other events are left out, and seen', async () => {
    const body = JSON.stringify({ type: 'lead.deleted', data: {} });
    assert.equal(await post('crm', body, signed('msg_5', body)), 200);
    assert.equal((await newest_drop()).code, 'not_for_us');
  });
  await check('a Typeform response, by base64 of the raw bytes', async () => {
    const body = '{"event_type": "form_response",  "form_response": {"token": "t1", "answers": [{"type": "email", "email": "tia@acme.example", "field": {"ref": "mail"}}]}}';
    assert.equal(await post('typeform', body, { 'typeform-signature': 'sha256=' + hmac(body, 'hex') }), 401);
    for (let i = 0; i < 2; i += 1) assert.equal(await post('typeform', body, { 'typeform-signature': 'sha256=' + hmac(body, 'base64') }), 200);
    assert.equal((await events('tia@acme.example')).filter((type) => type === 'Quiz Answered').length, 1);
  });
  await check('a Calendly meeting, made, moved and cancelled', async () => {
    const call = (event, payload) => {
      const body = JSON.stringify({ event: 'invitee.' + event, created_at: new Date().toISOString(), payload: { email: 'cy@acme.example', name: 'Cy', ...payload } });
      const t = Math.floor(Date.now() / 1000);
      return post('meetings', body, { 'calendly-webhook-signature': `t=${t},v1=${hmac(t + '.' + body, 'hex')}` });
    };
    assert.equal(await call('created', { uri: 'u/1' }), 200);
    assert.equal(await call('canceled', { uri: 'u/1', rescheduled: true, new_invitee: 'u/2' }), 200);
    assert.equal(await call('created', { uri: 'u/2', old_invitee: 'u/1' }), 200);
    assert.equal(await call('canceled', { uri: 'u/2' }), 200);
    assert.deepEqual((await events('cy@acme.example')).filter((type) => type.startsWith('Meeting')), ['Meeting Booked', 'Meeting Rescheduled', 'Meeting Cancelled']);
  });
  await check("a lead of Google's form, a test and a wrong key", async () => {
    const lead = (more) => JSON.stringify({ lead_id: 'L1', google_key: 'a key', user_column_data: [{ column_id: 'EMAIL', string_value: 'gus@acme.example' }], ...more });
    assert.equal(await post('ads', lead({ is_test: true })), 200);
    assert.equal((await newest_drop()).code, 'test_lead');
    assert.deepEqual(await events('gus@acme.example'), []);
    assert.equal(await post('ads', lead({ google_key: 'another' })), 403);
    for (let i = 0; i < 2; i += 1) assert.equal(await post('ads', lead({})), 200);
    assert.equal((await events('gus@acme.example')).filter((type) => type === 'Lead Form Filled').length, 1);
  });
} finally {
  server.kill('SIGTERM');
}
finish();
