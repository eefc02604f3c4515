// node clients.mjs BATON FOLDER: Segment's and RudderStack's clients, unchanged, point at a server where everybody needs a key; what
// they send is looked for where a sales rep would look.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createServer as create_http } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Analytics } from '@segment/analytics-node';
import { chromium } from 'playwright-core';
import { check, finish, free_port, until } from './checks.mjs';

const [baton, folder] = process.argv.slice(2);
const RudderAnalytics = createRequire(import.meta.url)('@rudderstack/rudder-sdk-node');

// ---- a server with a write key ------------------------------------------------------------------------------------

const store = path.join(folder, 'tracking.db');
for (const ending of ['', '-wal', '-shm', '.heads', '.lock']) rmSync(store + ending, { force: true });
function command(...words) {
  const made = spawnSync(baton, [...words, '--store', store], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  return made.stdout.trim().split('\n').at(-1);
}
command('user', 'add', 'ada', '--role', 'admin');
const site_key = command('key', 'create', '--scope', 'intake', '--owner', 'web-site');
const server_key = command('key', 'create', '--scope', 'write', '--owner', 'shop');
const port = await free_port();
const base = 'http://127.0.0.1:' + port;
const server = spawn(baton, ['serve', '--store', store, '--listen', '127.0.0.1:' + port, '--playbook', 'handoff-loop'], { stdio: ['ignore', 'inherit', 'inherit'] });
await until('a ready server', async () => (await fetch(base + '/readyz')).ok);

const get = async (target) => (await fetch(base + target, { headers: { authorization: 'Bearer ' + server_key } })).json();
const lead = (key) => get('/api/v1/leads/' + encodeURIComponent(key));
const came = (key) => get('/api/v1/people/' + encodeURIComponent(key) + '/touches');
const told = (answer) => answer.timeline.map((entry) => entry.text).join('\n');
const attribute = (answer, id) => answer.lead.attributes.find((a) => a.id === id)?.value;

try {
  // ---- Node.js ------------------------------------------------------------------------------------------------

  await check('@segment/analytics-node: identify, track, page, group, alias', async () => {
    const client = new Analytics({ writeKey: server_key, host: base, path: '/v1/batch', flushAt: 20 });
    const problems = [];
    client.on('error', (error) => problems.push(error));
    client.identify({ userId: 'u-1', traits: { email: 'anna@acme.example', firstName: 'Anna', lastName: 'Berg', company: { name: 'acme.example', employee_count: 250 }, products: [{ sku: 1 }] } });
    client.track({ userId: 'u-1', event: 'Demo Requested', properties: { product: 'suite', cart: [{ sku: 'a', count: 2 }] }, context: { campaign: { name: 'spring', source: 'news', medium: 'email' } } });
    client.page({ userId: 'u-1', name: 'Pricing', properties: { path: '/pricing' } });
    client.group({ userId: 'u-1', groupId: 'acme.example', traits: { industry: 'software' } });
    client.alias({ userId: 'u-1', previousId: 'anon-1' });
    await client.closeAndFlush({ timeout: 10000 });
    assert.deepEqual(problems, []);
    const answer = await until('Anna', async () => { const a = await lead('anna@acme.example'); return a.lead && a; });
    assert.equal(answer.lead.name, 'Anna Berg');
    assert.equal(answer.lead.account, 'acme.example');
    assert.match(told(answer), /demo/i);
    assert.match(told(answer), /\/pricing/);
    const { touches } = await came(answer.lead.id);
    assert.deepEqual(touches.map((touch) => [touch.type, touch.text]), [['Demo Requested', 'news (email), campaign spring']]);
    for (const key of ['u-1', 'anon-1']) assert.equal((await lead(key)).lead.id, answer.lead.id, key);
  });

  await check('@segment/analytics-node: what is sent again is one fact', async () => {
    const count = async () => (await lead('u-1')).lead.facts;
    const before = await count();
    for (let i = 0; i < 2; i += 1) {
      const client = new Analytics({ writeKey: server_key, host: base, path: '/v1/batch' });
      client.track({ userId: 'u-1', event: 'Signed Up', messageId: 'the-same' });
      await client.closeAndFlush({ timeout: 10000 });
    }
    assert.equal(await count(), before + 1);
  });

  await check('@segment/analytics-node: a wrong key is an error of the client', async () => {
    const client = new Analytics({ writeKey: 'nobody', host: base, path: '/v1/batch', maxRetries: 0 });
    const problems = [];
    client.on('error', (error) => problems.push(error));
    client.track({ userId: 'u-9', event: 'Demo Requested' });
    await client.closeAndFlush({ timeout: 10000 });
    assert.equal(problems.length, 1);
  });

  await check('@rudderstack/rudder-sdk-node: gzip under another content type', async () => {
    const client = new RudderAnalytics(server_key, { dataPlaneUrl: base, gzip: true, flushAt: 1 });
    client.identify({ userId: 'u-2', traits: { email: 'ben@small.example', name: 'Ben Quist' } });
    client.track({ userId: 'u-2', event: 'Demo Requested', properties: { product: 'suite' } });
    await until('Ben', async () => { const a = await lead('ben@small.example'); return a.lead?.facts >= 2 && a; });
    const answer = await lead('u-2');
    assert.equal(answer.lead.name, 'Ben Quist');
    assert.match(told(answer), /demo/i);
  });

  // ---- a browser ------------------------------------------------------------------------------------------------

  const page_port = await free_port();
  const umd = path.join(folder, 'node_modules/@segment/analytics-next/dist/umd');
  const pages = create_http((request, response) => {
    const name = new URL(request.url, 'http://x').pathname;
    if (name.startsWith('/umd/') && /^[\w.-]+$/.test(name.slice(5))) {
      response.setHeader('content-type', 'text/javascript');
      response.end(readFileSync(path.join(umd, name.slice(5))));
    } else {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>A site</title><script src="/umd/index.js"></script>');
    }
  }).listen(page_port, '127.0.0.1');
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  await check('@segment/analytics-next in a page of another site: a visitor, then a person', async () => {
    const page = await browser.newPage({ userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36' });
    const problems = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(`http://127.0.0.1:${page_port}/offer?utm_source=news&utm_campaign=autumn`);
    const visitor = await page.evaluate(async ([key, host]) => {
      const { AnalyticsBrowser } = window.AnalyticsNext;
      window.analytics = AnalyticsBrowser.load({ writeKey: key, cdnURL: 'http://' + host });
      await window.analytics.page();
      return (await window.analytics.user()).anonymousId();
    }, [site_key, '127.0.0.1:' + port]);
    const anonymous = await until('the visitor', async () => { const a = await lead(visitor); return a.lead && a; });
    assert.match(told(anonymous), /\/offer/);
    await page.evaluate(async () => {
      await window.analytics.identify('u-3', { email: 'cleo@corp.example', name: 'Cleo Dahl' });
      await window.analytics.track('Demo Requested', { product: 'suite' });
    });
    const person = await until('Cleo', async () => { const a = await lead('cleo@corp.example'); return a.lead && /demo/i.test(told(a)) && a; });
    assert.equal(person.lead.name, 'Cleo Dahl');
    assert.equal(person.lead.id, anonymous.lead.id, 'the visit is part of the history');
    const { first, touches, leads } = await came('cleo@corp.example');
    assert.equal(first.text, 'news, campaign autumn');
    assert.match(first.landing_page, /\/offer\?utm_source=news/);
    assert.equal(touches.length, 1, 'one visit is one touch');
    assert.equal(leads[0].touch.source, 'news');
    assert.deepEqual(problems, []);
  });
  await check('a browser without a screen is nobody', async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${page_port}/offer`);
    const visitor = await page.evaluate(async ([key, host]) => {
      const analytics = window.AnalyticsNext.AnalyticsBrowser.load({ writeKey: key, cdnURL: 'http://' + host });
      await analytics.page();
      return (await analytics.user()).anonymousId();
    }, [site_key, '127.0.0.1:' + port]);
    await until('the drop', async () => (await get('/api/v1/drops')).bots['headless Chrome'] >= 1);
    assert.equal((await lead(visitor)).code, 'unknown_person');
  });
  await browser.close();
  pages.close();

  const send_by_client = async (key, calls) => {
    const client = new Analytics({ writeKey: key, host: base, path: '/v1/batch' });
    calls(client);
    await client.closeAndFlush({ timeout: 10000 });
  };
  const consent = (key) => get('/api/v1/people/' + encodeURIComponent(key) + '/consent');

  await check('@segment/analytics-node: Global Privacy Control and a consent banner', async () => {
    const context = { gpc: true, consent: { categoryPreferences: { Advertising: false, Analytics: true } } };
    await send_by_client(site_key, (client) => {
      client.page({ anonymousId: 'v-7', context });
      client.page({ anonymousId: 'v-7', context });
      client.identify({ userId: 'u-7', anonymousId: 'v-7', traits: { email: 'eva@corp.example' }, context });
    });
    const known = await until('Eva', async () => { const a = await consent('eva@corp.example'); return a.consents?.length === 3 && a; });
    assert.deepEqual(known.consents.map((c) => [c.purpose, c.state]), [['advertising', 'withdrawn'], ['analytics', 'given'], ['sale_or_sharing', 'withdrawn']]);
    const opt_outs = () => consent('eva@corp.example').then((a) => a.entries.filter((e) => e.purpose === 'sale_or_sharing').length);
    const before = await opt_outs();
    await send_by_client(site_key, (client) => client.page({ userId: 'u-7', anonymousId: 'v-7', context }));
    await send_by_client(site_key, (client) => client.page({ userId: 'u-7', anonymousId: 'v-7' }));
    assert.equal(await opt_outs(), before, 'one fact, not one for each page');
    assert.equal((await consent('u-7')).consents[2].state, 'withdrawn', 'a call without the signal undoes nothing');
  });

  await check('@segment/analytics-node: cookieless, none, and full again', async () => {
    const settle = (mode) => fetch(base + '/api/v1/tracking', { method: 'PUT', headers: { 'content-type': 'application/json', authorization: 'Bearer ' + server_key }, body: JSON.stringify({ mode }) });
    const visit = (key) => send_by_client(key, (client) => {
      client.page({ anonymousId: 'v-8', name: 'Offer' });
      client.track({ userId: 'u-8', anonymousId: 'v-8', event: 'Demo Requested' });
    });
    assert.equal((await settle('cookieless')).status, 204);
    await visit(site_key);
    const counted = await until('the count', async () => { const a = await get('/api/v1/tracking'); return a.days[0]?.events['Page Viewed'] === 1 && a; });
    assert.equal(counted.mode, 'cookieless');
    assert.equal((await lead('v-8')).status, 404);
    const named = (await lead('u-8')).lead.facts;
    assert.equal((await settle('none')).status, 204);
    await visit(site_key);
    assert.equal((await get('/api/v1/tracking')).days[0].left_out, 2);
    assert.equal((await lead('u-8')).lead.facts, named);
    await visit(server_key);
    assert.equal((await lead('u-8')).lead.facts, named + 1);
    assert.equal((await settle('full')).status, 204);
    await visit(site_key);
    assert.doesNotMatch(told(await lead('u-8')).replace(/the past of a visitor joined[^\n]*/g, ''), /(Page Viewed[^]*){2}/, 'what was not kept is not there');
    assert.equal((await lead('v-8')).lead.id, (await lead('u-8')).lead.id);
  });

  await check('what became no fact is told with its reason', async () => {
    const send = (headers) => fetch(base + '/v1/track', { method: 'POST', headers, body: JSON.stringify({ writeKey: site_key, userId: 'u-1', event: 'accept' }) });
    const answer = await send({ 'content-type': 'text/plain' });
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { success: true });
    assert.equal((await send({ 'x-strict-mode': '1' })).status, 400);
    const drops = await get('/api/v1/drops');
    assert.equal(drops.counts.reserved_name, 2);
    assert.equal(drops.drops[0].by, 'web-site');
  });
} finally {
  server.kill('SIGTERM');
}
await check('the server stops in peace', async () => {
  const code = await new Promise((resolve) => (server.exitCode !== null ? resolve(server.exitCode) : server.once('exit', resolve)));
  assert.equal(code, 0);
});
finish();
