import { TERSE } from '../log/index.ts';
import type { ProgramContext, ProgramDefinition } from '../program.ts';

/** A parameter file with one parameter of each kind that is asked for, and the standard ones. */
export const DEMO_PAR_FILE = `# demo.par

infile,  f, a, input.fits,,, "Input file"
title,   s, a, ,,, "Title"
radius,  r, a, 2.5,0,180, "Radius (deg)"
count,   i, ql, 3,1,, "Count"
quality, i, h, 0,0|1|2,, "Quality"
chatter, i, h, 2,0,4, "Chattiness"
clobber, b, h, yes,,, "Overwrite?"
debug,   b, h, no,,, "Show the log?"
mode,    s, h, ql,,, "Mode"
logfile, f, h, demo.log,,, "Log file"
`;

/** Asks for everything, writes it into its log and on standard output, and fails with the title `fail`. */
export function demoProgram(print: (line: string) => void = () => {}): ProgramDefinition {
  return {
    name: 'demo',
    version: '1.2.3',
    help: '\ndemo\n====\n',
    parFile: DEMO_PAR_FILE,
    run: (context) => runDemo(context, print),
  };
}

async function runDemo({ params, log }: ProgramContext, print: (line: string) => void): Promise<void> {
  const answers = {
    infile: await params.filename('infile'),
    title: await params.string('title'),
    radius: (await params.isValid('radius')) ? await params.real('radius') : undefined,
    count: await params.integer('count'),
  };
  log.parameters();
  log.header1(TERSE, 'Answers');
  log.value(TERSE, 'All', JSON.stringify(answers));
  print(JSON.stringify(answers));
  if (answers.title === 'fail') throw new Error('The demo failed,\n  as it was asked to.');
}
