// Fails when src/lib/api_types.ts is not what openapi-typescript makes of docs/api/openapi.yaml.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const web = new URL('..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'rtcscope-types-'));
try {
  const fresh = join(folder, 'api_types.ts');
  execFileSync(join(web, 'node_modules/.bin/openapi-typescript'), ['../docs/api/openapi.yaml', '-o', fresh], {
    cwd: web,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (readFileSync(fresh, 'utf8') !== readFileSync(join(web, 'src/lib/api_types.ts'), 'utf8')) {
    console.error('src/lib/api_types.ts is out of date: npm run types');
    process.exitCode = 1;
  } else {
    console.log('src/lib/api_types.ts matches docs/api/openapi.yaml');
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
