import { Command } from 'commander';
import { addAccessOptions } from './access-options.ts';
import { addCopyOptions, type CopyCliOptions } from './copy-options.ts';
import type { SessionHost } from './session.ts';

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
      const { copy } = await import('./run-copy.ts');
      await copy(source, directory, options, session);
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
      const { push } = await import('./run-copy.ts');
      await push(source, url, options, session);
    },
  );
}
