import type { Source, StoreFile } from '../storage/index.ts';

/** Whether two files hold the same bytes. Reads both at the same time, no farther than the first difference. */
export async function contentEquals(
  leftSource: Source,
  left: StoreFile,
  rightSource: Source,
  right: StoreFile,
  signal?: AbortSignal,
): Promise<boolean> {
  if (left.info.sizeBytes !== right.info.sizeBytes) return false;
  return sameContent(
    leftSource.read(left.path, { expected: left.info, signal }),
    rightSource.read(right.path, { expected: right.info, signal }),
  );
}

/** Whether two contents are the same bytes, however they are cut into chunks. Memory holds one chunk of each. */
export async function sameContent(a: AsyncIterable<Uint8Array>, b: AsyncIterable<Uint8Array>): Promise<boolean> {
  const [one, two] = [a[Symbol.asyncIterator](), b[Symbol.asyncIterator]()];
  try {
    let [left, right] = [new Uint8Array(0), new Uint8Array(0)];
    for (;;) {
      const [nextLeft, nextRight] = await Promise.all([filled(left, one), filled(right, two)]);
      if (nextLeft === undefined || nextRight === undefined) return nextLeft === nextRight;
      const length = Math.min(nextLeft.length, nextRight.length);
      if (Buffer.compare(nextLeft.subarray(0, length), nextRight.subarray(0, length)) !== 0) return false;
      [left, right] = [nextLeft.subarray(length), nextRight.subarray(length)];
    }
  } finally {
    await Promise.all([one.return?.(), two.return?.()]);
  }
}

/** What is left of a chunk, or the next one; `undefined` at the end. */
async function filled(
  rest: Uint8Array<ArrayBuffer>,
  chunks: AsyncIterator<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (rest.length > 0) return rest;
  for (;;) {
    const next = await chunks.next();
    if (next.done) return undefined;
    if (next.value.length > 0) return next.value as Uint8Array<ArrayBuffer>;
  }
}
