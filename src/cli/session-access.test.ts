import { describe, expect, it } from 'vitest';
import type { AccessCliOptions } from './access-options.ts';
import type { Session } from './session.ts';
import { accessOf } from './session-access.ts';

describe('accessOf()', () => {
  it('tells how far each archive is, and rests behind it, as the next store may have a question', () => {
    const told: unknown[] = [];
    const reporter = { progress: (event: unknown) => told.push(event), pause: () => told.push('rests') };
    const session = { reporter, env: {}, isTerminal: false } as unknown as Session;
    const { onArchive } = accessOf(session, { retries: 1, timeout: 1 } as AccessCliOptions);
    for (const uri of ['a.tgz', 'b.tgz']) {
      for (const doneBytes of [1, 2]) onArchive?.({ uri, doneBytes, sizeBytes: 2 });
    }
    const phase = { type: 'phase', name: 'Unpacking' };
    const archive = { type: 'archive', total: 2 };
    expect(told).toEqual(
      ['a.tgz', 'b.tgz'].flatMap((path) => [
        phase,
        { ...archive, path, done: 1 },
        { ...archive, path, done: 2 },
        'rests',
      ]),
    );
  });
});
