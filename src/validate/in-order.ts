/**
 * Results of calls in the order of the items, at most `limit` of them ahead of what was taken. The first error ends it.
 */
export async function* inOrder<T, R>(
  items: ArrayLike<T>,
  limit: number,
  call: (item: T) => Promise<R>,
): AsyncGenerator<R, void> {
  const ahead: Promise<R>[] = [];
  let next = 0;
  while (next < items.length || ahead.length > 0) {
    while (next < items.length && ahead.length < limit) {
      const started = call(items[next++] as T);
      // Awaited in its turn; until then an error is nobody's fault.
      started.catch(() => undefined);
      ahead.push(started);
    }
    yield await (ahead.shift() as Promise<R>);
  }
}
