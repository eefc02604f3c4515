// What the tests that run in Node.js share: named checks that go on after a failure, a free port, waiting.
import { createServer } from 'node:net';

let passed = 0;
let failed = 0;

export async function check(name, body) {
  try {
    await body();
    passed += 1;
    console.log('ok    ' + name);
  } catch (error) {
    failed += 1;
    console.log('FAIL  ' + name + '\n      ' + String(error.stack || error).replaceAll('\n', '\n      '));
  }
}

/// Says how many checks held, and ends the program.
export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

export function free_port() {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/// What `test` answers as soon as it is something; a minute at most.
export async function until(what, test) {
  for (let tries = 0; tries < 600; tries += 1) {
    const answer = await test().catch(() => undefined);
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('never came: ' + what);
}
