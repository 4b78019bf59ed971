import { IactError } from '../core/index.ts';
import { isFine, openStore, type VerifiedFile, verifyStore, withStore } from '../ops/index.ts';
import type { AccessCliOptions } from './access-options.ts';
import { counted, formatBytes, formatDuration } from './quantity.ts';
import type { JsonEvent } from './reporter.ts';
import type { Session } from './session.ts';
import { accessOf } from './session-access.ts';

export interface VerifyOptions extends AccessCliOptions {
  readonly against?: string;
  readonly fitsChecksum?: boolean;
  readonly jobs?: number;
}

export async function verify(place: string, options: VerifyOptions, session: Session): Promise<void> {
  const { reporter, signal } = session;
  const access = { ...accessOf(session, options), signal };
  const begun = performance.now();
  await withStore(place, access, async (store) => {
    const against = options.against === undefined ? undefined : await openStore(options.against, access);
    try {
      reporter.progress({ type: 'phase', name: 'Verifying' });
      const { files, bytes } = await verifyStore({
        store,
        against,
        fitsChecksums: options.fitsChecksum,
        jobs: options.jobs,
        signal,
        onPlan: (count, size) => reporter.progress({ type: 'plan', files: count, bytes: size }),
        onFile: (file) => tell(file, session),
      });
      const seconds = (performance.now() - begun) / 1000;
      report(files, { store: store.source.uri, against: against?.source.uri ?? null, bytes, seconds }, session);
    } finally {
      await against?.source.close();
    }
  });
}

function tell(file: VerifiedFile, { reporter }: Session): void {
  const { path, sizeBytes: bytes } = file;
  if (isFine(file)) reporter.progress({ type: 'file', path, outcome: 'checked', bytes });
  else reporter.progress({ type: 'file', path, outcome: 'failed', bytes, message: file.problems.join(' ') });
}

interface Verified {
  readonly store: string;
  readonly against: string | null;
  readonly bytes: number;
  readonly seconds: number;
}

function report(files: readonly VerifiedFile[], verified: Verified, { reporter }: Session): void {
  const bad = files.filter((file) => !isFine(file));
  const unrecorded = files.filter(({ state }) => state === 'unrecorded').length;
  const problems = bad.flatMap((file) => file.problems);
  const records: JsonEvent[] = files
    .filter(({ state }) => state !== 'ok')
    .map(({ path, state, problems: own }) => ({ event: 'verified-file', path, state, problems: own }));
  const { bytes, seconds } = verified;
  const ok = files.length - bad.length - unrecorded;
  const data = {
    ...verified,
    seconds: Math.round(seconds * 1000) / 1000,
    files: files.length,
    ok,
    unrecorded,
    problems,
  };
  const unknown = unrecorded > 0 ? `; of ${unrecorded} nothing was noted to compare with` : '';
  const line = `${counted(ok, 'file')} as they should be (${formatBytes(bytes)} read in ${formatDuration(seconds)})${unknown}`;
  reporter.finish({ command: 'verify', events: records, data, lines: [line] });
  if (bad.length === 0) return;
  throw new IactError(
    'incomplete',
    `${counted(bad.length, 'file')} of ${files.length} not as they should be, named above.`,
  );
}
