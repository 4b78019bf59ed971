import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameContent } from './content-equals.ts';

async function* chunks(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array, void> {
  let start = 0;
  for (const cut of [...cuts].sort((one, other) => one - other)) {
    yield bytes.slice(start, Math.max(start, cut));
    start = Math.max(start, Math.min(cut, bytes.length));
  }
  yield bytes.slice(start);
}

describe('sameContent()', () => {
  it('is whether the bytes are equal, however they are cut', async () => {
    const bytes = fc.uint8Array({ maxLength: 40, max: 3 });
    const cuts = fc.array(fc.nat(40), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(bytes, bytes, cuts, cuts, async (one, other, cutsA, cutsB) => {
        expect(await sameContent(chunks(one, cutsA), chunks(one, cutsB))).toBe(true);
        expect(await sameContent(chunks(one, cutsA), chunks(other, cutsB))).toBe(Buffer.compare(one, other) === 0);
      }),
    );
  });

  it('tells a beginning from the whole', async () => {
    const bytes = Uint8Array.of(1, 2, 3);
    expect(await sameContent(chunks(bytes, []), chunks(bytes.subarray(0, 2), []))).toBe(false);
    expect(await sameContent(chunks(bytes.subarray(0, 2), []), chunks(bytes, []))).toBe(false);
  });
});
