import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const NFS = 0x6969;

/** Does something while all file systems pass for NFS: then files are read and written by calls that do not block. */
export async function asOnNetwork<T>(action: () => Promise<T>): Promise<T> {
  const { statfsSync } = fs;
  const { statfs } = fsPromises;
  fs.statfsSync = ((...args: Parameters<typeof statfsSync>) =>
    Object.assign(statfsSync(...args), { type: NFS })) as typeof statfsSync;
  fsPromises.statfs = (async (...args: Parameters<typeof statfs>) =>
    Object.assign(await statfs(...args), { type: NFS })) as typeof statfs;
  syncBuiltinESMExports();
  try {
    return await action();
  } finally {
    Object.assign(fs, { statfsSync });
    Object.assign(fsPromises, { statfs });
    syncBuiltinESMExports();
  }
}
