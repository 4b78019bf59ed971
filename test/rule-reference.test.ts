import { describe, expect, it } from 'vitest';
import { listRules } from '../src/ops/index.ts';
import { ruleReference } from './support/rule-reference.ts';

describe('docs/reference/rules.md', () => {
  it('says what the rules say of themselves', async () => {
    await expect(ruleReference()).toMatchFileSnapshot('../docs/reference/rules.md');
  });

  it('has every rule once', () => {
    const headings = [...ruleReference().matchAll(/^### (.*)$/gm)].map(([, code]) => code);
    expect([...headings].sort()).toEqual(
      listRules()
        .map(({ code }) => code)
        .sort(),
    );
  });
});
