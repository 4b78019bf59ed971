import { type ErrorCode, type ErrorDetails, IactError } from '../core/index.ts';
import { copyOnDisk, type DiskCopyRequest, type DiskCopyResult } from './disk-copy.ts';

/** Files that are copied one after the other. */
export type CopyBatch = readonly DiskCopyRequest[];

/** An error as plain data: an instance of a class does not survive the way between threads. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** What became of each file of a batch. */
export type BatchResult = readonly (DiskCopyResult | PlainError)[];

/** Copies files; the failure of one does not keep the others from being copied. */
export function copyBatch(requests: CopyBatch): BatchResult {
  return requests.map((request) => {
    try {
      return copyOnDisk(request);
    } catch (error) {
      if (!(error instanceof IactError)) throw error;
      const { code, message, retryable, uri } = error;
      return { code, message, details: { retryable, ...(uri !== undefined && { uri }) } };
    }
  });
}

/** The error that was made plain. */
export function errorOf({ code, message, details }: PlainError): IactError {
  return new IactError(code, message, details);
}
