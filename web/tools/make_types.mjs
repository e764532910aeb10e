// Makes src/lib/api_types.ts of docs/api/openapi.yaml. Written at once and only when it changed, because builds
// and checks may run side by side.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const target = new URL('../src/lib/api_types.ts', import.meta.url);
const types = astToString(await openapiTS(new URL('../../docs/api/openapi.yaml', import.meta.url), { silent: true }));
if (!existsSync(target) || readFileSync(target, 'utf8') !== types) {
  const fresh = new URL(`api_types.${process.pid}.tmp`, target);
  writeFileSync(fresh, types);
  renameSync(fresh, target);
}
