/** What is needed to get at a store besides its location. */
export interface AccessOptions {
  /** The process environment: credentials, proxies, configuration files. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  /**
   * Asks the person at the terminal for a password or to confirm something; absent where nobody can be asked. Resolves
   * to `undefined` if there is no answer.
   */
  readonly ask?: ((question: string, hidden: boolean) => Promise<string | undefined>) | undefined;
  /** Base URL of an S3 service other than that of AWS. */
  readonly s3Endpoint?: string | undefined;
  /** Requests to S3 without a signature. */
  readonly s3Anonymous?: boolean | undefined;
}
