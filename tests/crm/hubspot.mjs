// node hubspot.mjs BATON FOLDER: @hubspot/api-client as it is published, pointed at a server of our own by its basePath.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import hubspot from '@hubspot/api-client';
import { check, finish, free_port, until } from './checks.mjs';

const [baton, folder] = process.argv.slice(2);
const store = path.join(folder, 'crm.db');
for (const ending of ['', '-wal', '-shm', '.heads', '.lock']) rmSync(store + ending, { force: true });
function command(...words) {
  const made = spawnSync(baton, [...words, '--store', store], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  return made.stdout.trim().split('\n').at(-1);
}
command('user', 'add', 'ada', '--role', 'admin', '--name', 'Ada Ek', '--email', 'ada@us.example');
const write = command('key', 'create', '--scope', 'write', '--owner', 'crm');
const adas = command('key', 'create', '--scope', 'write', '--owner', 'ada');
const intake = command('key', 'create', '--scope', 'intake', '--owner', 'site');
const port = await free_port();
const basePath = 'http://127.0.0.1:' + port;
const server = spawn(baton, ['serve', '--store', store, '--listen', '127.0.0.1:' + port, '--playbook', 'handoff-loop'], { stdio: ['ignore', 'inherit', 'inherit'] });
await until('a ready server', async () => (await fetch(basePath + '/readyz')).ok);

const client = new hubspot.Client({ accessToken: write, basePath });
const { contacts, pipelines, properties, owners } = client.crm;
const shown = ['email', 'firstname', 'jobtitle', 'employees', 'favourite_colour'];
const find = (filterGroups, more = {}) =>
  contacts.searchApi.doSearch({ filterGroups, properties: shown, limit: 10, ...more });
const one = (propertyName, operator, value) => [{ filters: [{ propertyName, operator, value }] }];
async function refused(call, code) {
  const error = await call.then(() => assert.fail('was taken'), (e) => e);
  assert.equal(error.code, code, String(error));
  return error.body;
}

try {
  let anna;
  await check('a contact is created and read again by id and by e-mail', async () => {
    anna = await contacts.basicApi.create({ properties: { email: 'Anna@Acme.example', firstname: 'Anna', lastname: 'Berg', jobtitle: 'VP Sales', employees: '900', favourite_colour: 'green' }, associations: [] });
    assert.match(anna.id, /^\d+$/);
    assert.equal(anna.properties.email, 'anna@acme.example');
    assert.ok(anna.createdAt instanceof Date && !Number.isNaN(anna.createdAt.getTime()));
    const read = await contacts.basicApi.getById(anna.id, shown);
    assert.deepEqual(shown.map((name) => read.properties[name]), ['anna@acme.example', 'Anna', 'VP Sales', '900', 'green']);
    const same = await contacts.basicApi.getById('anna@acme.example', ['lastname', 'nothing'], undefined, undefined, false, 'email');
    assert.equal(same.id, anna.id);
    assert.equal(same.properties.lastname, 'Berg');
    assert.equal(same.properties.nothing, null);
  });
  await check('who did it is whose key it is', async () => {
    const hers = new hubspot.Client({ accessToken: adas, basePath });
    await hers.crm.contacts.basicApi.update(anna.id, { properties: { lastname: 'Berg-Ek' } });
    const { timeline } = await (await fetch(`${basePath}/api/v1/people/${anna.id}`, { headers: { authorization: 'Bearer ' + write } })).json();
    const facts = timeline.filter((entry) => entry.type === 'profile');
    assert.deepEqual(facts.map((entry) => entry.actor), [undefined, 'ada']);
  });
  await check('what exists is not created twice', async () => {
    const body = await refused(contacts.basicApi.create({ properties: { email: 'anna@acme.example' }, associations: [] }), 409);
    assert.equal(body.category, 'CONFLICT');
    assert.match(body.message, new RegExp('Existing ID: ' + anna.id));
  });
  await check('a contact is updated, and there and back again', async () => {
    for (const title of ['CSO', 'VP Sales', 'CSO']) {
      const after = await contacts.basicApi.update(anna.id, { properties: { jobtitle: title } });
      assert.equal(after.id, anna.id);
      assert.equal((await contacts.basicApi.getById(anna.id, ['jobtitle'])).properties.jobtitle, title);
    }
    await refused(contacts.basicApi.update('987654321', { properties: { jobtitle: 'x' } }), 404);
  });
  await check('a batch is upserted by e-mail', async () => {
    const inputs = ['anna@acme.example', 'ben@acme.example', 'cleo@other.example'].map((email, i) => ({ id: email, idProperty: 'email', properties: { email, firstname: ['Anna', 'Ben', 'Cleo'][i], employees: String(100 * (i + 1)) } }));
    const done = await contacts.batchApi.upsert({ inputs });
    assert.equal(done.status, 'COMPLETE');
    assert.deepEqual(done.results.map((r) => r._new), [false, true, true]);
    assert.equal(done.results[0].id, anna.id);
    const again = await contacts.batchApi.upsert({ inputs });
    assert.deepEqual(again.results.map((r) => r._new), [false, false, false]);
    assert.deepEqual(again.results.map((r) => r.id), done.results.map((r) => r.id));
  });
  await check('batches are created, updated and read; what fails is told by itself', async () => {
    const made = await contacts.batchApi.create({ inputs: [{ properties: { email: 'dora@new.example' }, associations: [] }, { properties: { email: 'ben@acme.example' }, associations: [] }, { properties: { firstname: 'Nobody' }, associations: [] }] });
    assert.equal(made.results.length, 1);
    assert.equal(made.numErrors, 2);
    const dora = made.results[0].id;
    const changed = await contacts.batchApi.update({ inputs: [{ id: dora, properties: { firstname: 'Dora' } }] });
    assert.equal(changed.results[0].properties.firstname, 'Dora');
    const read = await contacts.batchApi.read({ inputs: [{ id: 'dora@new.example' }, { id: 'none@x.example' }], idProperty: 'email', properties: ['firstname'], propertiesWithHistory: [] });
    assert.equal(read.results[0].properties.firstname, 'Dora');
    assert.equal(read.numErrors, 1);
  });
  await check('a search by e-mail, by words and by filters finds whom it should', async () => {
    assert.deepEqual((await find(one('email', 'EQ', 'Anna@acme.example'))).results.map((r) => r.id), [anna.id]);
    assert.equal((await find(one('email', 'EQ', 'none@x.example'))).total, 0);
    assert.equal((await find([], { query: 'acme' })).total, 2);
    const names = async (groups) => (await find(groups)).results.map((r) => r.properties.firstname).sort();
    assert.deepEqual(await names(one('employees', 'GTE', '200')), ['Ben', 'Cleo']);
    assert.deepEqual(await names([{ filters: [{ propertyName: 'employees', operator: 'BETWEEN', value: '150', highValue: '250' }] }]), ['Ben']);
    assert.deepEqual(await names([...one('firstname', 'EQ', 'anna'), ...one('firstname', 'IN', undefined).map(() => ({ filters: [{ propertyName: 'firstname', operator: 'IN', values: ['Cleo', 'X'] }] }))]), ['Anna', 'Cleo']);
    assert.deepEqual(await names([{ filters: [{ propertyName: 'firstname', operator: 'CONTAINS_TOKEN', value: '*e*' }, { propertyName: 'employees', operator: 'LT', value: '250' }] }]), ['Ben']);
    assert.deepEqual(await names(one('employees', 'NOT_HAS_PROPERTY')), ['Dora']);
    assert.deepEqual(await names(one('email', 'CONTAINS_TOKEN', '*ben*')), ['Ben']);
  });
  await check('pages follow one another', async () => {
    const seen = [];
    for (let after; ; ) {
      const page = await contacts.basicApi.getPage(1, after, ['email']);
      seen.push(...page.results.map((r) => r.properties.email));
      after = page.paging?.next?.after;
      if (!after) break;
    }
    assert.equal(new Set(seen).size, seen.length);
    assert.equal(seen.length, 4);
    const first = await find(one('employees', 'GTE', '200'), { limit: 1 });
    const second = await find(one('employees', 'GTE', '200'), { limit: 1, after: first.paging.next.after });
    assert.equal(first.total, 2);
    assert.notEqual(first.results[0].id, second.results[0].id);
    assert.equal(second.paging, undefined);
  });
  await check('searches it cannot do are refused with the reason', async () => {
    for (const groups of [one('no_such', 'EQ', 'x'), one('employees', 'GTE', 'many'), one('email', 'NEQ', 'x')])
      assert.equal((await refused(find(groups), 400)).category, 'VALIDATION_ERROR');
    await refused(find([], { sorts: ['createdate'] }), 400);
  });
  await check('properties, the pipeline and owners are read', async () => {
    const all = await properties.coreApi.getAll('contacts');
    assert.equal(all.results.find((p) => p.name === 'employees').type, 'number');
    assert.equal((await properties.coreApi.getByName('contacts', 'firstname')).name, 'firstname');
    const { results } = await pipelines.pipelinesApi.getAll('deals');
    assert.equal(results.length, 1);
    assert.ok(results[0].stages.length > 3);
    assert.ok(results[0].createdAt instanceof Date && results[0].createdAt.getTime() > 0);
    const stages = await pipelines.pipelineStagesApi.getAll('deals', results[0].id);
    assert.deepEqual(stages.results.map((s) => s.id), (await pipelines.pipelinesApi.getById('deals', results[0].id)).stages.map((s) => s.id));
    const people = await owners.ownersApi.getPage();
    assert.deepEqual(people.results.map((o) => [o.id, o.email, o.firstName, o.lastName]), [['ada', 'ada@us.example', 'Ada', 'Ek']]);
    assert.equal((await owners.ownersApi.getById('ada')).id, 'ada');
  });
  await check('who may not is told in the shape of this API', async () => {
    const site = new hubspot.Client({ accessToken: intake, basePath }).crm.contacts.basicApi;
    assert.equal((await refused(site.create({ properties: { email: 'x@x.example' }, associations: [] }), 403)).category, 'MISSING_SCOPES');
    const nobody = new hubspot.Client({ accessToken: 'wrong', basePath }).crm.contacts.basicApi;
    assert.equal((await refused(nobody.getPage(), 401)).category, 'INVALID_AUTHENTICATION');
  });
} finally {
  server.kill('SIGTERM');
}
finish();
