import { describe, expect, it } from 'vitest';
import { type HduHead, Header } from '../fits/index.ts';
import { classifyHdus } from './classify-hdu.ts';

interface Made {
  readonly name?: string;
  readonly columns?: string;
  readonly cards?: Readonly<Record<string, string>>;
  readonly kind?: HduHead['kind'];
}

function head({ name = '', columns = '', cards = {}, kind = 'bintable' }: Made, index = 1): HduHead {
  const names = columns === '' ? [] : columns.split(' ');
  const header = new Header();
  header.set('TFIELDS', names.length);
  for (const [i, column] of names.entries()) header.set(`TTYPE${i + 1}`, column);
  for (const [keyword, value] of Object.entries(cards)) header.set(keyword, value);
  return { index, kind, name, header, dataBytes: 0 };
}

const classOf = (made: Made) => {
  const [found] = classifyHdus([head(made)]);
  return found === undefined ? undefined : `${found.type} ${found.hduClass}`;
};

const response = (second: string, fourth?: string): Record<string, string> => ({
  HDUCLAS1: 'RESPONSE',
  HDUCLAS2: second,
  ...(fourth === undefined ? {} : { HDUCLAS4: fourth }),
});

const AXES = 'ENERG_LO ENERG_HI THETA_LO THETA_HI';
const RAD = `${AXES} RAD_LO RAD_HI RPSF`;
const GAUSS = `${AXES} SCALE SIGMA_1 AMPL_2 SIGMA_2 AMPL_3 SIGMA_3`;
const KING = `${AXES} GAMMA SIGMA`;

describe('classifyHdus()', () => {
  const cases: [string, Made, string | undefined][] = [
    ['HDUCLAS4 as GADF has it', { cards: response('RPSF', 'PSF_KING') }, 'psf psf_king'],
    ['HDUCLAS4 of older files', { cards: response('RPSF', '3GAUSS') }, 'psf psf_3gauss'],
    ['2D of an effective area', { cards: response('EFF_AREA', '2D') }, 'aeff aeff_2d'],
    ['3D of a background', { cards: response('BKG', '3D') }, 'bkg bkg_3d'],
    ['a class that came later', { cards: response('EDISP', 'EDISP_4D') }, 'edisp edisp_4d'],
    ['HDUCLAS2 of V2DL3', { cards: response('PSF', 'PSF_TABLE') }, 'psf psf_table'],
    ['columns instead of HDUCLAS4', { cards: response('RPSF'), columns: KING }, 'psf psf_king'],
    ['HDUCLAS4 that means nothing', { cards: response('RPSF', '2D'), columns: GAUSS }, 'psf psf_3gauss'],
    ['a background by its axes', { cards: response('BKG'), columns: `${AXES} BKG` }, 'bkg bkg_2d'],
    ['blanks and small letters', { cards: { HDUCLAS1: 'events  ' } }, 'events events'],
    ['columns of a table PSF', { columns: RAD }, 'psf psf_table'],
    ['columns of triple Gauss', { columns: GAUSS }, 'psf psf_3gauss'],
    ['columns of a King', { columns: KING }, 'psf psf_king'],
    [
      'ETRUE of older files',
      { columns: 'ETRUE_LO ETRUE_HI MIGRA_LO MIGRA_HI THETA_LO THETA_HI MATRIX' },
      'edisp edisp_2d',
    ],
    ['columns in small letters', { columns: `${AXES} EFFAREA`.toLowerCase() }, 'aeff aeff_2d'],
    [
      'columns of a background in the field of view',
      { columns: 'DETX_LO DETX_HI DETY_LO DETY_HI ENERG_LO ENERG_HI BGD' },
      'bkg bkg_3d',
    ],
    ['columns of cuts', { columns: `${AXES} RAD_MAX` }, 'rad_max rad_max_2d'],
    ['an event list in the horizon', { columns: 'TIME ENERGY ALT AZ' }, 'events events'],
    ['good times', { columns: 'START STOP' }, 'gti gti'],
    ['pointings', { columns: 'TIME RA_PNT DEC_PNT ALT_PNT' }, 'pointing pointing'],
    ['names, where all else fails', { name: 'PSF_2D_GAUSS', columns: 'DATA' }, 'psf psf_3gauss'],
    ['the name of an effective area', { name: 'Effective Area' }, 'aeff aeff_2d'],
    ['a response of no known format', { name: 'PSF', cards: response('RPSF') }, undefined],
    [
      'cuts of lstchain',
      { name: 'GH_CUTS', cards: { HDUCLAS1: 'RESPONSE', HDUCLAS2: 'GH_CUTS' }, columns: 'low high cut' },
      undefined,
    ],
    ['a spectrum that is named EVENTS', { name: 'EVENTS', cards: { HDUCLAS1: 'SPECTRUM' } }, undefined],
    ['a response that is named EVENTS', { name: 'EVENTS', cards: { HDUCLAS1: 'RESPONSE' } }, undefined],
    ['an index', { cards: { HDUCLAS1: 'INDEX', HDUCLAS2: 'OBS' }, columns: 'OBS_ID' }, undefined],
    ['an ARF', { name: 'SPECRESP', columns: 'ENERG_LO ENERG_HI SPECRESP' }, undefined],
    ['an RMF', { name: 'MATRIX', columns: 'ENERG_LO ENERG_HI N_GRP F_CHAN N_CHAN MATRIX' }, undefined],
    ['a log with start and stop', { columns: 'RUN START STOP OBSERVER WEATHER' }, undefined],
    ['an image', { name: 'EVENTS', kind: 'image' }, undefined],
  ];
  it.each(cases)('classifyHdus() knows %s', (_, made, wanted) => {
    expect(classOf(made)).toBe(wanted);
  });

  it('classifyHdus() knows responses as maps by their tables of bins', () => {
    const bands = (name: string, columns: string) => head({ name: `${name}_BANDS`, columns });
    const heads = [
      head({ name: 'PSF', kind: 'image' }),
      bands('PSF', 'CHANNEL RAD RAD_MIN RAD_MAX ENERGY ENERGY_MIN ENERGY_MAX'),
      head({ name: 'PSF_EXPOSURE', kind: 'image' }),
      head({ name: 'EDISP', cards: { PIXTYPE: 'HEALPIX' }, columns: 'PIX VALUE' }),
      bands('EDISP', 'CHANNEL ENERGY_MIN ENERGY_MAX ENERGY_TRUE_MIN ENERGY_TRUE_MAX'),
      head({ name: 'BKG', kind: 'image' }),
    ];
    expect(classifyHdus(heads).map((each) => each?.hduClass)).toEqual([
      'psf_map_reco',
      undefined,
      undefined,
      'edisp_kernel_map',
      undefined,
      undefined,
    ]);
  });
});
