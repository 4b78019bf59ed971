import { IactError, printable, redactUrls } from '../../src/core/index.ts';
import { joinInStore } from '../../src/gadf/index.ts';
import { parseLocation } from '../../src/storage/index.ts';
import { attempt, bytesOf, demand, type FuzzTarget, textOf } from './target.ts';

/** Places as people write them. */
export const locationTarget: FuzzTarget = {
  name: 'location',
  corpus: [
    'sftp://ada:pass%20word@host:22/~/data',
    'ada@host:data/x',
    'http://u:p@[::1]:80/a?b=c#d',
    's3://bucket/key/',
    'file:///data/x',
    '/data/x',
  ].map(bytesOf),
  words: [
    '://',
    '@',
    ':',
    '/',
    '//',
    '%',
    '%zz',
    '%00',
    '%2f',
    '..',
    '~',
    '[',
    ']',
    '?',
    '#',
    '-o',
    '-oProxyCommand=x',
    ' ',
    '\n',
    's3',
    'sftp',
    'ssh',
    'file',
    '\\',
  ],
  async run(input) {
    const text = textOf(input);
    demand(redactUrls(redactUrls(text)).length >= 0, 'text comes back');
    const location = await attempt(() => parseLocation(text));
    if (location?.kind === 'sftp') {
      demand(!/^-|^$/.test(location.host), `the host ${JSON.stringify(location.host)} is no option of ssh`);
      demand(!/^-/.test(location.user ?? ''), `the user ${JSON.stringify(location.user)} is no option of ssh`);
      demand(!/[\s\0]/.test(location.host), `the host ${JSON.stringify(location.host)} has no blank`);
    }
    if (location?.kind === 's3') demand(!location.bucket.includes('/'), 'a bucket has no slash');
    const secret = 'sEcReT42';
    for (const url of [`sftp://u:${text}${secret}@h/x`, `http://h/x?${text}${secret}`]) {
      demand(!redactUrls(url).includes(secret), `${JSON.stringify(url)} is redacted`);
    }
  },
};

/** Paths of an index or a master index. */
export const pathTarget: FuzzTarget = {
  name: 'path',
  corpus: ['data|run_1|../x/./y.fits', 'index/gps|../../data|a.fits', '..|a', '/etc|passwd', 'a/b|../..|../c'].map(
    bytesOf,
  ),
  words: [
    '..',
    '.',
    '/',
    '|',
    '//',
    '../',
    '/..',
    '\0',
    '\\',
    '...',
    '..\\',
    '\n',
    '\u001b[2J',
    'C:',
    '~',
    '%2e%2e',
    '\u2025',
    'x'.repeat(300),
  ],
  run(input) {
    const parts = textOf(input).split('|');
    try {
      const path = joinInStore(parts, 'row 1');
      demand(!path.split('/').some((step) => step === '..' || step === '.'), `${JSON.stringify(path)} is resolved`);
      demand(
        !path.startsWith('/') && !path.endsWith('/') && !path.includes('//'),
        `${JSON.stringify(path)} is relative`,
      );
      demand(joinInStore([path], 'again') === path, 'a resolved path stays as it is');
    } catch (error) {
      if (!(error instanceof IactError) || error.code !== 'unsafe-path') throw error;
      demand(error.message === printable(error.message), 'the message can be shown');
      demand(error.message.length < 1600, 'the message is short');
    }
  },
};
