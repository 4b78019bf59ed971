import { parentPort } from 'node:worker_threads';
import { type CopyBatch, copyBatch } from './disk-copy-batch.ts';

// A thread of `DiskCopier`.
parentPort?.on('message', ({ id, requests }: { id: number; requests: CopyBatch }) => {
  parentPort?.postMessage({ id, results: copyBatch(requests) });
});
