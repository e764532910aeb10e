// After `vite build`: puts a .gz beside each text asset, and fails if the scripts outgrow the budget.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const kScriptBudgetBytes = 120 * 1024; // all JavaScript, gzip
const dist = new URL('../dist/', import.meta.url).pathname;

function* files(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else yield path;
  }
}

let scriptBytes = 0;
for (const path of [...files(dist)]) {
  if (!/\.(js|css|html|svg|json)$/.test(path)) continue;
  const packed = gzipSync(readFileSync(path), { level: 9 });
  writeFileSync(`${path}.gz`, packed);
  if (path.endsWith('.js')) scriptBytes += packed.length;
}
console.log(`JavaScript: ${(scriptBytes / 1024).toFixed(1)} KiB gzip of ${kScriptBudgetBytes / 1024} KiB`);
if (scriptBytes > kScriptBudgetBytes) {
  console.error('The script budget is exceeded.');
  process.exit(1);
}
