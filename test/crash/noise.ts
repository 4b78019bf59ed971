import { fractions } from './crash-states.ts';

/** Bytes that no compression and no guess brings back; the same for the same size. */
export function noise(sizeBytes: number): Buffer {
  const random = fractions(1);
  const words = Uint32Array.from({ length: Math.ceil(sizeBytes / 4) }, () => random.next().value * 2 ** 32);
  return Buffer.from(words.buffer).subarray(0, sizeBytes);
}
