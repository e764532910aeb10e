// The mock server may only show what the real API could show.
import { describe, expect, it } from 'vitest';
import { answer_faults, query_faults, template_of } from '../contract.mjs';
import { answer } from '../mock_routes.mjs';
import { make_world } from '../mock_world.mjs';

const now = Date.parse('2026-11-21T12:00:00Z');
const worlds = { full: make_world('full', now), empty: make_world('empty', now) };
const ask = (world, path, query = {}) => answer(worlds[world], {}, `/api/v1/${path}`, query);

describe('answers keep to docs/api/openapi.yaml', () => {
  const [live, past] = [worlds.full.conferences[0], worlds.full.conferences.at(-1)];
  const [person] = worlds.full.people;
  const connection = worlds.full.connections.find((one) => ask('full', `connections/${one.id}/client_reports`).items.length > 0);
  const without_media = worlds.full.people.find((one) => one.fate === 'failed');
  it.each([
    ['stats', {}],
    ['conferences', { state: 'live', limit: '5' }],
    ['conferences', { sort: 'newest', q: 'alice' }],
    [`conferences/${live.id}`, {}],
    [`conferences/${past.id}`, {}],
    ['participants', { conference_id: live.id }],
    [`participants/${person.id}`, {}],
    [`participants/${without_media.id}`, {}],
    [`participants/${person.id}/series`, {}],
    [`participants/${without_media.id}/series`, {}],
    [`connections/${connection.id}/client_reports`, {}],
    ['flows', { unmatched: 'true' }],
    ['flows', { conference_id: live.id }],
    ['events', { participant_id: person.id, limit: '500' }],
    ['search', { q: 'alice' }],
  ])('%s %j', (path, query) => {
    const body = ask('full', path, query);
    expect(answer_faults(`/api/v1/${path}`, body)).toEqual([]);
    if (body.items) expect(body.items.length).toBeGreaterThan(0);
  });
  it.each(['stats', 'conferences', 'flows', 'events'])('%s of an empty world', (path) => expect(answer_faults(`/api/v1/${path}`, ask('empty', path))).toEqual([]));
  it.each(['full', 'empty'])('stats of %s probes', (world) => expect(answer_faults('/api/v1/stats', answer(worlds[world], { serve: true, drops: true }, '/api/v1/stats', {}))).toEqual([]));
});

describe('the judge', () => {
  it('finds a wrong type, a missing field and an invented one', () => {
    const body = ask('full', 'conferences');
    const broken = { ...body.items[0], room: 7, invented: 1 };
    delete broken.health;
    const faults = answer_faults('/api/v1/conferences', { items: [broken], next: null }).join('\n');
    expect(faults).toContain('/items/0/room must be string');
    expect(faults).toContain("'health'");
    expect(faults).toContain('/items/0/invented is not in the contract');
  });
  it('looks into what is put together of several schemas', () => {
    const body = structuredClone(ask('full', `conferences/${worlds.full.conferences[0].id}`));
    body.participants[0].connections[0].extra = 1;
    expect(answer_faults(`/api/v1/conferences/${body.id}`, body)).toEqual(['/participants/0/connections/0/extra is not in the contract']);
  });
  it('knows the parameters', () => {
    const template = template_of('/api/v1/flows');
    expect(query_faults(template, { unmatched: 'true', limit: '5' })).toEqual([]);
    expect(query_faults(template, { matched: 'true' })).toEqual(['unknown query parameter "matched"']);
    expect(query_faults(template, { limit: '501' })).toHaveLength(1);
    expect(query_faults(template, { unmatched: 'perhaps' })).toHaveLength(1);
    expect(template_of('/api/v1/nothing')).toBeNull();
  });
});
