// node page.mjs BATON FOLDER: end to end through the real server, as a person would: look, search, click, use the keyboard;
// in light and dark, wide and narrow; axe finds nothing of WCAG 2.2 AA.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { check, finish, free_port, until } from './checks.mjs';

const [baton, folder] = process.argv.slice(2);
const pictures = path.join(folder, 'pictures');
const axe = readFileSync(path.join(folder, 'node_modules/axe-core/axe.min.js'), 'utf8');
mkdirSync(pictures, { recursive: true });

// ---- a server with three people --------------------------------------------------------------------------------

const store = path.join(folder, 'browser.db');
for (const ending of ['', '-wal', '-shm', '.heads', '.lock']) rmSync(store + ending, { force: true });
const port = await free_port();
const base = 'http://127.0.0.1:' + port;
const server = spawn(baton, ['serve', '--store', store, '--listen', '127.0.0.1:' + port, '--playbook', 'handoff-loop'], { stdio: ['ignore', 'inherit', 'inherit'] });
await until('a ready server', async () => (await fetch(base + '/readyz')).ok);

const facts = [
  { type: 'profile', email: 'anna@acme.example', account: 'acme.example', properties: { name: 'Anna Berg', title: 'VP Sales', employees: 900, industry: 'software', company: 'Acme', phone: '+4930123456', origin: 'fair' } },
  { type: 'Page Viewed', email: 'anna@acme.example', occurred_at: '2026-01-05T09:00:00Z', properties: { url: 'https://www.baton.example/?utm_source=news&utm_medium=email&utm_campaign=spring', path: '/', referrer: 'https://mail.google.com/' } },
  { type: 'Demo Requested', email: 'anna@acme.example', properties: { page_path: '/demo' } },
  { type: 'profile', email: 'ben@small.example', properties: { name: 'Ben Quist', title: 'Manager', employees: 12 } },
  { type: 'Page Viewed', email: 'ben@small.example', properties: { path: '/pricing' } },
  { type: 'Asset Downloaded', email: 'ben@small.example', properties: { asset: 'guide' } },
  { type: 'consent', email: 'anna@acme.example', properties: { purpose: 'marketing_email', given: false, text: '<script>document.title = "run"</script>' } },
  { type: 'profile', email: 'eve@evil.example', properties: { name: '<img src=x onerror=alert(1)>' } },
].map((fact, i) => ({ ...fact, message_id: 'b' + i }));
const posted = await fetch(base + '/api/v1/facts', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ facts }) });
const receipt = await posted.json();

// ---- the browser -----------------------------------------------------------------------------------------------

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

const looks = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  { name: 'narrow', colorScheme: 'light', viewport: { width: 360, height: 740 } },
];

async function closed_server() {
  const file = path.join(folder, 'closed.db');
  for (const ending of ['', '-wal', '-shm', '.heads', '.lock']) rmSync(file + ending, { force: true });
  const made = spawnSync(baton, ['user', 'add', 'ada', '--role', 'admin', '--store', file], { encoding: 'utf8' });
  const password = made.stdout.trim().split('\n').at(-1);
  const at = await free_port();
  const server = spawn(baton, ['serve', '--store', file, '--listen', '127.0.0.1:' + at, '--playbook', 'handoff-loop'], { stdio: ['ignore', 'inherit', 'inherit'] });
  const base = 'http://127.0.0.1:' + at;
  await until('a second server', async () => (await fetch(base + '/readyz')).ok);
  return { base, password, server };
}

async function open(look, target, where = base) {
  const context = await browser.newContext({ colorScheme: look.colorScheme, viewport: look.viewport, bypassCSP: true });
  const page = await context.newPage();
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && page.problems.push(message.text()));
  await page.goto(where + target);
  return page;
}

async function passes_axe(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
  assert.deepEqual(violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join(' | ')), []);
}

async function fits(page) {
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(wide <= room, `the page is ${wide} wide in a window of ${room}`);
}

try {
  await check('facts were taken', async () => assert.deepEqual(receipt, { accepted: facts.length, duplicates: 0, refused: [] }));

  for (const look of looks) {
    await check(`the process, ${look.name}`, async () => {
      const page = await open(look, '/');
      await page.getByRole('heading', { name: 'Latest moves' }).waitFor();
      await page.waitForFunction(() => { const img = document.querySelector('.drawing img'); return img.complete && img.naturalWidth > 0; });
      await page.getByText(/became Qualified lead/).first().waitFor();
      assert.match(await page.locator('#playbook').innerText(), /Hand-off loop, version 1/);
      const row = page.getByRole('row', { name: /^Qualified lead/ });
      assert.match(await row.innerText(), /\b1\b/);
      await page.screenshot({ path: path.join(pictures, `process-${look.name}.png`), fullPage: true });
      await passes_axe(page);
      await fits(page);
      assert.deepEqual(page.problems, []);
      await page.context().close();
    });
    await check(`a lead, ${look.name}`, async () => {
      const page = await open(look, '/leads/anna%40acme.example');
      await page.getByRole('heading', { name: 'Anna Berg' }).waitFor();
      await page.getByText('Why, and why not yet').waitFor();
      await page.getByText(/sales to accept it/).first().waitFor();
      const facts = await page.locator('dl').innerText();
      assert.match(facts, /First touch\s+news \(email\), campaign spring/);
      assert.match(facts, /Last touch\s+direct/);
      await page.getByText(/^Page Viewed.* · came from news \(email\), campaign spring$/).waitFor();
      await page.getByText('Consent: marketing email').waitFor();
      await page.getByText(/^withdrawn since/).waitFor();
      await page.screenshot({ path: path.join(pictures, `lead-${look.name}.png`), fullPage: true });
      await passes_axe(page);
      await fits(page);
      assert.deepEqual(page.problems, []);
      await page.context().close();
    });
  }

  // Served with a policy that lets nothing run: read as it is sent, and looked at as somebody who saved it would.
  const handed_out = await fetch(base + '/api/v1/people/anna%40acme.example/export?format=html');
  const personal = await handed_out.text();
  for (const look of looks) {
    await check(`all data of one person, ${look.name}`, async () => {
      const page = await open(look, 'blank', 'about:');
      await page.setContent(personal);
      await page.getByRole('heading', { name: 'Data kept about Anna Berg' }).waitFor();
      assert.equal(await page.title(), 'Data kept about Anna Berg', 'nothing in it ran');
      assert.equal(await page.locator('script').count(), 0);
      await page.screenshot({ path: path.join(pictures, `personal-${look.name}.png`), fullPage: true });
      await passes_axe(page);
      await fits(page);
      assert.deepEqual(page.problems, []);
      await page.context().close();
    });
  }
  await check('the page of one person holds nobody else', async () => {
    assert.match(handed_out.headers.get('content-security-policy'), /default-src 'none'/);
    for (const other of ['Ben Quist', 'ben@small.example', 'eve@evil.example']) assert.ok(!personal.includes(other), other);
  });

  for (const look of looks) {
    await check(`the list of leads, ${look.name}`, async () => {
      const page = await open(look, '/leads?view=open');
      await page.getByRole('heading', { name: 'Open leads' }).waitFor();
      await page.getByRole('link', { name: 'Anna Berg' }).waitFor();
      await page.getByText('2 people').waitFor();
      assert.match(await page.getByRole('row', { name: /Anna Berg/ }).innerText(), /acme\.example\s+Qualified lead/);
      assert.equal(await page.locator('.views [aria-current=page]').innerText(), 'Open leads');
      await page.screenshot({ path: path.join(pictures, `leads-${look.name}.png`), fullPage: true });
      await passes_axe(page);
      await fits(page);
      assert.deepEqual(page.problems, []);
      await page.context().close();
    });
  }

  await check('views and orders are links: chosen by keyboard, kept in the address', async () => {
    const page = await open(looks[0], '/');
    await page.getByRole('link', { name: 'Leads', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/leads?view=open');
    await page.getByRole('link', { name: 'Score' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/leads?view=open&sort=score');
    await page.getByRole('columnheader', { name: 'Score ↓' }).waitFor();
    const names = await page.locator('tbody th').allInnerTexts();
    assert.deepEqual(names, ['Anna Berg', 'Ben Quist'], 'largest first');
    await page.getByRole('link', { name: 'Everybody' }).click();
    await page.getByText('<img src=x onerror=alert(1)>').waitFor();
    assert.equal(await page.locator('tbody tr').count(), 3);
    await page.getByRole('link', { name: 'In nurture' }).click();
    await page.getByText('0 people').waitFor();
    await page.goto(base + '/');
    await page.getByRole('link', { name: '1 inside Qualified lead' }).click();
    await page.getByRole('heading', { name: 'Everybody in Qualified lead' }).waitFor();
    await page.getByText('1 person').waitFor();
    assert.deepEqual(await page.locator('tbody th').allInnerTexts(), ['Anna Berg']);
    await page.goto(base + '/leads?view=none-such');
    await page.locator('#status').getByText(/there is no view 'none-such'/).waitFor();
    await page.context().close();
  });

  await check('the smallest change is named', async () => {
    const page = await open(looks[0], '/leads/ben%40small.example');
    await page.getByText(/It would be enough:/).first().waitFor();
    await page.context().close();
  });

  await check('look up by keyboard alone', async () => {
    const page = await open(looks[0], '/');
    await page.getByRole('heading', { name: 'Latest moves' }).waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content');
    for (let i = 0; i < 3; i += 1) await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'key');
    await page.keyboard.type('anna@acme.example');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/leads/anna%40acme.example');
    await page.getByRole('heading', { name: 'Anna Berg' }).waitFor();
    await page.context().close();
  });

  await check('a part of a name finds the person; a name is only text', async () => {
    const page = await open(looks[0], '/');
    await page.getByLabel('Look up').fill('onerror');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('<img src=x onerror=alert(1)>').waitFor();
    await page.getByLabel('Look up').fill('nobody at all');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('Nobody found for “nobody at all”').waitFor();
    await page.context().close();
  });

  await check('what was looked up stays, however late the process comes', async () => {
    const page = await open(looks[0], '/');
    let release;
    const held = new Promise((done) => { release = done; });
    await page.route('**/api/v1/funnel', async (route) => { await held; await route.continue(); });
    await page.reload({ waitUntil: 'domcontentloaded' });
    await page.getByLabel('Look up').fill('onerror');
    await page.getByRole('button', { name: 'Find' }).click();
    const found = page.getByRole('heading', { name: 'Found for “onerror”' });
    await found.waitFor();
    const late = page.waitForResponse('**/api/v1/funnel');
    release();
    await (await late).finished();
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    if (!(await found.isVisible())) throw new Error('the process took its place');
    await page.context().close();
  });

  await check('a new fact shows by itself, and takes the focus from nobody', async () => {
    const page = await open(looks[0], '/');
    await page.getByRole('heading', { name: 'Latest moves' }).waitFor();
    const link = page.locator('ol.moves a').first();
    await link.focus();
    const focused = () => page.evaluate(() => document.activeElement.href);
    const before = await focused();
    assert.ok(before);
    await fetch(base + '/api/v1/facts', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message_id: 'late', type: 'Demo Requested', email: 'zoe@new.example' }) });
    await page.getByText('zoe@new.example').first().waitFor({ timeout: 20000 });
    assert.equal(await focused(), before);
    await page.context().close();
  });
  // From here on people sign in: the second server's store has an admin.
  const closed = await closed_server();
  for (const look of looks) {
    await check(`signing in, ${look.name}`, async () => {
      const page = await open(look, '/', closed.base);
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await page.screenshot({ path: path.join(pictures, `sign-in-${look.name}.png`), fullPage: true });
      await passes_axe(page);
      await fits(page);
      await page.context().close();
    });
  }
  await check('sign in by keyboard, wrong then right; sign out', async () => {
    const page = await open(looks[0], '/', closed.base);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.keyboard.type('ada');
    await page.keyboard.press('Tab');
    await page.keyboard.type('not the password');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Nobody signs in with this name and password.').waitFor();
    await page.keyboard.type(closed.password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Latest moves' }).waitFor();
    await passes_axe(page);
    await page.getByRole('button', { name: 'Sign out ada' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.context().close();
  });
  closed.server.kill('SIGTERM');
} finally {
  await browser.close();
  server.kill('SIGTERM');
}
await check('the server stops in peace', async () => {
  const code = await new Promise((resolve) => (server.exitCode !== null ? resolve(server.exitCode) : server.once('exit', resolve)));
  assert.equal(code, 0);
});
finish();
