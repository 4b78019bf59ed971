import { formatGeneral, printable } from '../../core/index.ts';
import type { ObservationListEvent, SkipReason } from '../../ops/index.ts';
import { EXPLICIT, type Log, NORMAL, TERSE } from '../log/index.ts';
import { pythonFloat } from './python-text.ts';

type EventOf<Type extends ObservationListEvent['type']> = Extract<ObservationListEvent, { type: Type }>;

interface ObservationListLogOptions {
  readonly log: Log;
  /** Tells the user on the screen, too. */
  warn(message: string): void;
}

/** Writes what the making of an observation list tells into the log, with the words and at the levels of the original. */
export class ObservationListLog {
  private readonly options: ObservationListLogOptions;
  private saving = false;

  constructor(options: ObservationListLogOptions) {
    this.options = options;
  }

  event(event: ObservationListEvent): void {
    const { log, warn } = this.options;
    if (event.type === 'runs') {
      log.header1(TERSE, `Looping over ${event.count} ${event.count === 1 ? 'run' : 'runs'}`);
    } else if (event.type === 'skipped') this.skipped(event);
    else if (event.type === 'without') log.line(NORMAL, `Warning: observation "${event.run}" ${LACKS[event.role]}`);
    else if (event.type === 'fallback') {
      log.line(NORMAL, `Observation "${event.run}": Falling back to background "${event.background}"`);
    } else if (event.type === 'remark') warn(event.message);
    else if (event.type === 'appended') this.appended(event);
    else if (event.type === 'input-models') this.inputModels(event);
    else if (event.type === 'summary') this.summary(event);
    else this.output(event);
  }

  private skipped({ run, reason }: EventOf<'skipped'>): void {
    const { log, warn } = this.options;
    const text = `Skipping observation "${run}": ${skipText(reason)}`;
    // A damaged file is news to its owner; the other reasons are ordinary.
    if (reason.kind === 'unreadable') warn(text);
    else log.line(NORMAL, text);
  }

  private appended({ run, object, files, backgroundScale }: EventOf<'appended'>): void {
    const { log } = this.options;
    log.value(NORMAL, 'Append observation', `${run} ("${printable(object)}")`);
    log.value(EXPLICIT, ' Event file', printable(files.events));
    log.value(EXPLICIT, ' Effective area file', printable(files.aeff));
    log.value(EXPLICIT, ' Point spread function file', printable(files.psf));
    log.value(EXPLICIT, ' Energy dispersion file', printable(files.edisp));
    log.value(EXPLICIT, ' Background file', printable(files.bkg));
    if (backgroundScale !== undefined) log.value(EXPLICIT, ' Background scale', pythonFloat(backgroundScale));
  }

  private inputModels({ file, names }: EventOf<'input-models'>): void {
    const { log } = this.options;
    log.header1(TERSE, 'Append input models');
    log.value(NORMAL, 'Input model file', file);
    for (const name of names) log.value(NORMAL, 'Append model', `"${name}"`);
  }

  private summary({ observations, energiesTev }: EventOf<'summary'>): void {
    const { log, warn } = this.options;
    log.header1(NORMAL, 'Observation summary');
    const range = energiesTev && `${energyText(energiesTev.min)} - ${energyText(energiesTev.max)}`;
    log.value(NORMAL, 'Energy range', range ?? 'not available');
    if (observations === 0) warn('No observation was appended from specified runlist');
  }

  private output({ content, file, saved }: EventOf<'output'>): void {
    const { log, warn } = this.options;
    if (!this.saving) log.header1(TERSE, 'Save XML files');
    this.saving = true;
    if (saved) log.value(NORMAL, OUTPUT[content].label, file);
    else {
      const remedy = 'Set clobber=yes to overwrite the file.';
      warn(`File "${file}" exists already, ${OUTPUT[content].what} not saved. ${remedy}`);
    }
  }
}

const LACKS = {
  edisp: 'has no energy dispersion information',
  bkg: 'has no background information (IRF background cannot be used)',
} as const;

const FILE_NAMES = {
  events: 'event file',
  aeff: 'effective area file',
  psf: 'PSF file',
  edisp: 'energy dispersion file',
  bkg: 'background file',
} as const;

const OUTPUT = {
  observations: { label: 'Obs. definition XML file', what: 'observation definition' },
  models: { label: 'Model definition XML file', what: 'model definition' },
} as const;

function skipText(reason: SkipReason): string {
  switch (reason.kind) {
    case 'not-indexed':
      return `No ${FILE_NAMES[reason.role]} found`;
    case 'no-file':
      return `${FILE_NAMES[reason.role]} "${reason.file}" does not exist`;
    case 'no-background':
      return 'No background can be used';
    case 'repeated':
      return `Listed before, in line ${reason.line} of the runlist`;
    case 'unreadable':
      return reason.message;
  }
}

/** An energy as gammalib prints it: in the unit that leaves at least 1 of it, in steps of 1000 from keV to PeV. */
function energyText(energyTev: number): string {
  const energyMev = energyTev * 1e6;
  if (energyMev >= 1e9) return `${formatGeneral(energyMev * 1e-9, 15)} PeV`;
  if (energyMev >= 1e6) return `${formatGeneral(energyMev * 1e-6, 15)} TeV`;
  if (energyMev >= 1e3) return `${formatGeneral(energyMev * 1e-3, 15)} GeV`;
  return energyMev >= 1 ? `${formatGeneral(energyMev, 15)} MeV` : `${formatGeneral(energyMev * 1e3, 15)} keV`;
}
