import { Command } from 'commander';
import { IactError } from '../core/index.ts';
import { isLocalPlace } from '../ops/index.ts';
import { addAccessOptions } from './access-options.ts';
import { addCopyOptions, type CopyCliOptions, copyChoicesOf } from './copy-options.ts';
import type { SessionHost } from './session.ts';
import { transfer } from './transfer.ts';

const SOURCE = 'the store to copy: directory, URL (sftp, http, s3, host:path), archive or master.json';

/** `iact copy SOURCE DIR` */
export function copyCommand(host: SessionHost): Command {
  const command = new Command('copy')
    .description('Copy datasets, or a part of them, from anywhere into a directory. Run again to finish or update.')
    .argument('<source>', SOURCE)
    .argument('<dir>', 'directory that is or becomes a store');
  return addAccessOptions(addCopyOptions(command)).action(
    async (source: string, directory: string, options: CopyCliOptions, self: Command) => {
      const session = host.open(self);
      if (!isLocalPlace(directory)) throw new IactError('usage', 'iact copy writes to a directory. Use iact push.');
      await transfer('copy', source, directory, copyChoicesOf(options), options, session);
    },
  );
}

/** `iact push SOURCE URL` */
export function pushCommand(host: SessionHost): Command {
  const command = new Command('push')
    .description('Copy datasets, or a part of them, to a server: SFTP or S3.')
    .argument('<source>', SOURCE)
    .argument('<url>', 'folder that is or becomes a store: sftp://host/path, host:path or s3://bucket/prefix');
  return addAccessOptions(addCopyOptions(command)).action(
    async (source: string, url: string, options: CopyCliOptions, self: Command) => {
      const session = host.open(self);
      if (isLocalPlace(url)) throw new IactError('usage', 'iact push writes to a server. Use iact copy.');
      await transfer('push', source, url, copyChoicesOf(options), options, session);
    },
  );
}
