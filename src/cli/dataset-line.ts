import { counted, formatBytes } from './quantity.ts';

/** What an index tells of a dataset. */
export interface CountedDataset {
  readonly name: string;
  /** Its index files, relative to the store. */
  readonly hdu: string;
  readonly obs: string;
  readonly observations: number;
  readonly ontimeSeconds: number | undefined;
  readonly events: number;
  readonly diskBytes: number;
}

/** `hess_dl3_dr1: 105 observations, 48.56 h, 1046156 events, 62.2 MB` */
export function datasetLine({ name, observations, ontimeSeconds, events, diskBytes }: CountedDataset): string {
  const time = ontimeSeconds === undefined ? 'times not known' : `${(ontimeSeconds / 3600).toFixed(2)} h`;
  const counts = `${counted(observations, 'observation')}, ${time}, ${counted(events, 'event')}`;
  return `${name}: ${counts}, ${formatBytes(diskBytes)}`;
}

/** The same for `--json`. */
export function datasetRecord(dataset: CountedDataset): Readonly<Record<string, string | number | null>> {
  const { name, hdu, obs, observations, ontimeSeconds, events, diskBytes } = dataset;
  return {
    name,
    hduIndex: hdu,
    obsIndex: obs,
    observations,
    ontimeSeconds: ontimeSeconds ?? null,
    events,
    sizeBytes: diskBytes,
  };
}
