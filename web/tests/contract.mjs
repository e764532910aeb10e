// docs/api/openapi.yaml as a judge: do a question and its answer keep to it?
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const document = parse(readFileSync(new URL('../../docs/api/openapi.yaml', import.meta.url), 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true, formats: { 'date-time': true } }).addSchema(document, 'api');
const validators = new Map();

const escaped = (key) => key.replaceAll('~', '~0').replaceAll('/', '~1');
const at = (pointer) => pointer.replace(/^#\//, '').split('/').reduce((node, key) => node[key.replaceAll('~1', '/').replaceAll('~0', '~')], document);
const resolved = (schema) => (schema?.$ref ? resolved({ ...at(schema.$ref), ...schema, $ref: at(schema.$ref).$ref }) : (schema ?? {}));

/** The template that a path fits, such as "/api/v1/flows/{id}"; null when there is none. */
export function template_of(path) {
  const parts = path.split('/');
  const fits = (template) => template.split('/').length === parts.length && template.split('/').every((part, index) => part.startsWith('{') || part === parts[index]);
  return Object.keys(document.paths).find(fits) ?? null;
}

/** What is wrong with the query parameters of a GET, in words. `query`: an object of strings. */
export function query_faults(template, query) {
  const parameters = (document.paths[template].get.parameters ?? []).map(resolved).filter((one) => one.in === 'query');
  const known = new Map(parameters.map((one) => [one.name, resolved(one.schema)]));
  return Object.entries(query).flatMap(([name, value]) => {
    const schema = known.get(name);
    if (!schema) return [`unknown query parameter "${name}"`];
    const number = ['integer', 'number'].includes(schema.type);
    const typed = number ? Number(value) : schema.type === 'boolean' ? { true: true, false: false }[value] : value;
    return ajv.validate(schema, typed) ? [] : [`${name}: ${ajv.errorsText(ajv.errors, { dataVar: '' })}`];
  });
}

function properties_of(schema) {
  const { properties = {}, allOf = [], oneOf = [] } = resolved(schema);
  return [...allOf, ...oneOf].reduce((all, part) => ({ ...all, ...properties_of(part) }), properties);
}

/** Fields that the schema does not name. A schema without fields takes any. */
function strangers(schema, value, where) {
  if (Array.isArray(value)) return value.flatMap((one, index) => strangers(resolved(schema).items, one, `${where}/${index}`));
  if (value === null || typeof value !== 'object') return [];
  const known = properties_of(schema);
  if (Object.keys(known).length === 0) return [];
  return Object.entries(value).flatMap(([key, one]) => (Object.hasOwn(known, key) ? strangers(known[key], one, `${where}/${key}`) : [`${where}/${key} is not in the contract`]));
}

/** What is wrong with a 200 answer to GET `path`, in words. */
export function answer_faults(path, body) {
  const template = template_of(path);
  if (!template) return [`${path} is not in the contract`];
  const { schema } = document.paths[template].get.responses['200'].content['application/json'];
  if (!validators.has(template)) {
    validators.set(template, ajv.compile({ $ref: `api#/paths/${escaped(template)}/get/responses/200/content/${escaped('application/json')}/schema` }));
  }
  const validate = validators.get(template);
  const wrong = validate(body) ? [] : validate.errors.slice(0, 10).map((error) => `${error.instancePath} ${error.message}`);
  return [...wrong, ...strangers(schema, body, '')];
}
