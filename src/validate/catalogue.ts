import type { Rule } from './rule.ts';
import { coordinateFrame } from './rules/coordinate-frame.ts';
import { coordinateRange } from './rules/coordinate-range.ts';
import { dateObs } from './rules/date-obs.ts';
import { deadTime } from './rules/dead-time.ts';
import { eventCount } from './rules/event-count.ts';
import { eventField } from './rules/event-field.ts';
import { eventId } from './rules/event-id.ts';
import { eventValues } from './rules/event-values.ts';
import { eventsOutsideGti } from './rules/events-outside-gti.ts';
import { eventsUnordered } from './rules/events-unordered.ts';
import { fileMd5 } from './rules/file-md5.ts';
import { fileMissing } from './rules/file-missing.ts';
import { fileSize } from './rules/file-size.ts';
import { fitsCards } from './rules/fits-cards.ts';
import { fitsCells } from './rules/fits-cells.ts';
import { fitsChecksum } from './rules/fits-checksum.ts';
import { fitsColumns } from './rules/fits-columns.ts';
import { fitsDuplicateCard } from './rules/fits-duplicate-card.ts';
import { fitsDuplicateHdu } from './rules/fits-duplicate-hdu.ts';
import { fitsFill } from './rules/fits-fill.ts';
import { fitsMandatoryCards } from './rules/fits-mandatory-cards.ts';
import { fitsTrailingBytes } from './rules/fits-trailing-bytes.ts';
import { fitsUnreadable } from './rules/fits-unreadable.ts';
import { gadfClasses } from './rules/gadf-classes.ts';
import { gadfColumns } from './rules/gadf-columns.ts';
import { gadfKeywords } from './rules/gadf-keywords.ts';
import { gadfUnits } from './rules/gadf-units.ts';
import { gadfVersion } from './rules/gadf-version.ts';
import { galactic } from './rules/galactic.ts';
import { gtiIntervals } from './rules/gti-intervals.ts';
import { gtiOutside } from './rules/gti-outside.ts';
import { gtiOverlap } from './rules/gti-overlap.ts';
import { hduClass } from './rules/hdu-class.ts';
import { hduMissing } from './rules/hdu-missing.ts';
import { horizon } from './rules/horizon.ts';
import { indexDuplicate } from './rules/index-duplicate.ts';
import { indexQuantities } from './rules/index-quantities.ts';
import { indexTable } from './rules/index-table.ts';
import { indexTypes } from './rules/index-types.ts';
import { indexValues } from './rules/index-values.ts';
import { livetime } from './rules/livetime.ts';
import { masterEntry } from './rules/master-entry.ts';
import { masterJson } from './rules/master-json.ts';
import { masterTotals } from './rules/master-totals.ts';
import { migrationSum } from './rules/migration-sum.ts';
import { obsIdBoth } from './rules/obs-id-both.ts';
import { obsIdHeader } from './rules/obs-id-header.ts';
import { obsIdUnique } from './rules/obs-id-unique.ts';
import { obsMode } from './rules/obs-mode.ts';
import { observationIncomplete } from './rules/observation-incomplete.ts';
import { ontimeSum } from './rules/ontime-sum.ts';
import { pathCase } from './rules/path-case.ts';
import { pathOutside } from './rules/path-outside.ts';
import { pointingTable } from './rules/pointing-table.ts';
import { psfParameters } from './rules/psf-parameters.ts';
import { psfSum } from './rules/psf-sum.ts';
import { radMax } from './rules/rad-max.ts';
import { responseAxes } from './rules/response-axes.ts';
import { responseShape } from './rules/response-shape.ts';
import { responseThresholds } from './rules/response-thresholds.ts';
import { responseValues } from './rules/response-values.ts';
import { site } from './rules/site.ts';
import { tableTooLarge } from './rules/table-too-large.ts';
import { telapse } from './rules/telapse.ts';
import { time32Bit } from './rules/time-32-bit.ts';
import { timeOffset } from './rules/time-offset.ts';
import { timeReference } from './rules/time-reference.ts';
import { timeReferenceMismatch } from './rules/time-reference-mismatch.ts';
import { timeSpan } from './rules/time-span.ts';
import { zenith } from './rules/zenith.ts';

/** All rules, in the order in which they are documented and run. */
export const CATALOGUE: readonly Rule[] = [
  masterJson,
  masterEntry,
  masterTotals,
  indexTable,
  indexTypes,
  indexDuplicate,
  obsIdUnique,
  obsIdBoth,
  obsIdHeader,
  observationIncomplete,
  pathOutside,
  pathCase,
  fileMissing,
  fileSize,
  fileMd5,
  hduMissing,
  hduClass,
  fitsUnreadable,
  fitsMandatoryCards,
  fitsCards,
  fitsDuplicateCard,
  fitsColumns,
  fitsCells,
  fitsFill,
  fitsTrailingBytes,
  fitsDuplicateHdu,
  fitsChecksum,
  gadfKeywords,
  gadfColumns,
  gadfUnits,
  gadfClasses,
  gadfVersion,
  indexValues,
  indexQuantities,
  obsMode,
  eventCount,
  timeReference,
  timeReferenceMismatch,
  time32Bit,
  timeOffset,
  timeSpan,
  dateObs,
  telapse,
  gtiIntervals,
  gtiOverlap,
  gtiOutside,
  ontimeSum,
  livetime,
  deadTime,
  eventsOutsideGti,
  eventsUnordered,
  coordinateRange,
  coordinateFrame,
  galactic,
  zenith,
  horizon,
  site,
  eventValues,
  eventId,
  eventField,
  responseShape,
  responseAxes,
  responseValues,
  responseThresholds,
  migrationSum,
  psfSum,
  psfParameters,
  radMax,
  pointingTable,
  tableTooLarge,
];
