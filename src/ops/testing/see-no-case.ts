import { onTestFinished, vi } from 'vitest';
import { LocalDestination } from '../../storage/index.ts';

/** Until the end of the test, destinations are as on a file system that sees no difference in case. */
export function seeNoCase(): void {
  const { uriOf } = LocalDestination.prototype;
  const blind = vi.spyOn(LocalDestination.prototype, 'uriOf').mockImplementation(function (
    this: LocalDestination,
    path,
  ) {
    return uriOf.call(this, path.toLowerCase());
  });
  onTestFinished(() => {
    blind.mockRestore();
  });
}
